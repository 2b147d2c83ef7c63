//! Answers with the body of the request, as it comes.

use wasip3::http::types::{ErrorCode, Fields, Request, Response};
use wasip3::wit_future;

wasip3::http::service::export!(Echo);

struct Echo;

impl wasip3::exports::http::handler::Guest for Echo {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let headers = Fields::new();
        let path = request.get_path_with_query().unwrap_or_default();
        headers.append("x-path", path.as_bytes()).map_err(|_| ErrorCode::HttpProtocolError)?;
        let (_done, read) = wit_future::new(|| Ok(()));
        let (body, trailers) = Request::consume_body(request, read);
        let (response, _sent) = Response::new(headers, Some(body), trailers);
        Ok(response)
    }
}
