//! A component that exports `wasi:http/incoming-handler`. It answers with what `test:serving/texts` makes of
//! the request's path and body: status 200, or 422 for an error.

wit_bindgen::generate!({ path: "../wit", world: "front" });

use test::serving::texts;
use wasip2::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasip2::io::streams::StreamError;

struct Front;

impl wasip2::exports::http::incoming_handler::Guest for Front {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        let (status, text) = match texts::answer(&path, &read(request)) {
            Ok(text) => (200, text),
            Err(error) => (422, error),
        };
        let response = OutgoingResponse::new(Fields::new());
        response.set_status_code(status).expect("the status is one");
        let body = response.body().expect("the body is taken once");
        ResponseOutparam::set(out, Ok(response));
        write(body, text.as_bytes());
    }
}

fn read(request: IncomingRequest) -> Vec<u8> {
    let body = request.consume().expect("the body is taken once");
    let stream = body.stream().expect("its stream is taken once");
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(65536) {
            Ok(more) => bytes.extend(more),
            Err(StreamError::Closed) => return bytes,
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn write(body: OutgoingBody, bytes: &[u8]) {
    let stream = body.write().expect("the stream is taken once");
    for part in bytes.chunks(4096) {
        stream.blocking_write_and_flush(part).expect("the client listens");
    }
    drop(stream);
    OutgoingBody::finish(body, None).expect("all is written");
}

wasip2::http::proxy::export!(Front);
