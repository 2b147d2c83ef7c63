//! Makes a stream upper case.

use wit_bindgen::{StreamReader, StreamResult, spawn_local};

wit_bindgen::generate!({ path: "../text", world: "upper-text" });
export!(Upper);

struct Upper;

impl exports::test::text::filter::Guest for Upper {
    async fn upper(mut input: StreamReader<u8>) -> StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            loop {
                let (result, mut bytes) = input.read(Vec::with_capacity(4096)).await;
                bytes.make_ascii_uppercase();
                let left = writer.write_all(bytes).await;
                if !left.is_empty() || result == StreamResult::Dropped {
                    break;
                }
            }
        });
        reader
    }
}
