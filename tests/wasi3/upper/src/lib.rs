//! Makes the body of the answer upper case, as it comes.

use wasip3::http::types::{ErrorCode, Request, Response};
use wasip3::{wit_future, wit_stream};
use wit_bindgen::{StreamResult, spawn_local};

wit_bindgen::generate!({
    path: "../../../target/wasi3/wit",
    world: "middle",
    with: {
        "wasi:http/types@0.3.2": wasip3::http::types,
        "wasi:clocks/types@0.3.2": wasip3::clocks::types,
    },
    generate_all,
});
export!(Upper);

struct Upper;

impl exports::wasi::http::handler::Guest for Upper {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let response = wasi::http::handler::handle(request).await?;
        let (status, headers) = (response.get_status_code(), response.get_headers());
        let (_done, read) = wit_future::new(|| Ok(()));
        let (mut body, trailers) = Response::consume_body(response, read);
        let (mut writer, reader) = wit_stream::new();
        let (upper, _sent) = Response::new(headers, Some(reader), trailers);
        upper.set_status_code(status).map_err(|()| ErrorCode::HttpProtocolError)?;
        spawn_local(async move {
            loop {
                let (result, mut bytes) = body.read(Vec::with_capacity(16384)).await;
                bytes.make_ascii_uppercase();
                let left = writer.write_all(bytes).await;
                if !left.is_empty() || result == StreamResult::Dropped {
                    break;
                }
            }
        });
        Ok(upper)
    }
}
