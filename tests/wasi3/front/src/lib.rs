//! Makes a request of the request, and adds a header to the answer.

use wasip3::http::types::{ErrorCode, Fields, Request, Response};
use wasip3::wit_future;

wit_bindgen::generate!({
    path: "../../../target/wasi3/wit",
    world: "middle",
    with: {
        "wasi:http/types@0.3.2": wasip3::http::types,
        "wasi:clocks/types@0.3.2": wasip3::clocks::types,
    },
    generate_all,
});
export!(Front);

struct Front;

impl exports::wasi::http::handler::Guest for Front {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let (method, path) = (request.get_method(), request.get_path_with_query());
        let (_done, read) = wit_future::new(|| Ok(()));
        let (body, trailers) = Request::consume_body(request, read);
        let (inner, _sent) = Request::new(Fields::new(), Some(body), trailers, None);
        inner.set_method(&method).map_err(|()| ErrorCode::HttpProtocolError)?;
        inner.set_path_with_query(path.as_deref()).map_err(|()| ErrorCode::HttpProtocolError)?;
        let response = wasi::http::handler::handle(inner).await?;
        let (status, headers) = (response.get_status_code(), response.get_headers().copy_all());
        let headers = Fields::from_list(&headers).map_err(|_| ErrorCode::HttpProtocolError)?;
        headers.append("x-front", b"yes").map_err(|_| ErrorCode::HttpProtocolError)?;
        let (_done, read) = wit_future::new(|| Ok(()));
        let (body, trailers) = Response::consume_body(response, read);
        let (outer, _sent) = Response::new(headers, Some(body), trailers);
        outer.set_status_code(status).map_err(|()| ErrorCode::HttpProtocolError)?;
        Ok(outer)
    }
}
