use exports::test::async_streams::pipe::Guest;
use test::async_streams::source::{self, Item, Ticket};
use wit_bindgen::{StreamReader, StreamResult, spawn_local};

wit_bindgen::generate!({ path: "cases/async-streams/world.wit", world: "intermediate" });

struct Component;
export!(Component);

impl Guest for Component {
    /// What it gets it gives on.
    async fn bytes(count: u32, chunk: u32) -> StreamReader<u8> {
        source::bytes(count, chunk).await
    }
    /// The same, with a stream of its own.
    async fn items(count: u32) -> StreamReader<Item> {
        let mut input = source::items(count).await;
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            loop {
                let (result, items) = input.read(Vec::with_capacity(3)).await;
                let items = items.into_iter().map(|item| Item { id: item.id + 1000, ..item }).collect();
                if !writer.write_all(items).await.is_empty() || result == StreamResult::Dropped {
                    return;
                }
            }
        });
        reader
    }
    async fn doubled(mut input: StreamReader<u8>) -> StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            loop {
                let (result, bytes) = input.read(Vec::with_capacity(16)).await;
                let doubled = bytes.into_iter().map(|byte| byte.wrapping_mul(2)).collect();
                if !writer.write_all(doubled).await.is_empty() || result == StreamResult::Dropped {
                    return;
                }
            }
        });
        reader
    }
    async fn tickets(count: u32) -> StreamReader<Ticket> {
        let mut input = source::tickets(count).await;
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            while let Some(ticket) = input.next().await {
                if writer.write_one(ticket).await.is_some() {
                    return;
                }
            }
        });
        reader
    }
}
