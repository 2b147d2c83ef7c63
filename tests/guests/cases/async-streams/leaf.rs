use exports::test::async_streams::source::{Guest, GuestTicket, Item, Ticket};
use wit_bindgen::{FutureReader, StreamReader, StreamResult, spawn_local, yield_async};

wit_bindgen::generate!({ path: "cases/async-streams/world.wit", world: "leaf" });

struct Component;
export!(Component);

struct Number(u32);

impl GuestTicket for Number {
    fn new(id: u32) -> Number {
        Number(id)
    }
    fn id(&self) -> u32 {
        self.0
    }
}

impl Guest for Component {
    type Ticket = Number;

    async fn bytes(count: u32, chunk: u32) -> StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let all: Vec<u8> = (0..count).map(|n| n as u8).collect();
            for part in all.chunks(chunk as usize) {
                if !writer.write_all(part.to_vec()).await.is_empty() {
                    return;
                }
            }
        });
        reader
    }
    async fn items(count: u32) -> StreamReader<Item> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let item = |n: u32| {
                let next = (n % 2 == 1).then(|| vec![n as u8; n as usize]);
                Item { id: n, name: "x".repeat(n as usize), next }
            };
            let rest = writer.write_all((0..count).map(item).collect()).await;
            assert!(rest.is_empty());
        });
        reader
    }
    async fn tickets(count: u32) -> StreamReader<Ticket> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            for n in 0..count {
                writer.write_one(Ticket::new(Number(n * 7))).await;
                yield_async().await;
            }
        });
        reader
    }
    async fn ticks(count: u32) -> StreamReader<()> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            writer.write_all(vec![(); count as usize]).await;
        });
        reader
    }
    async fn answer(turns: u32, text: String) -> FutureReader<String> {
        let (writer, reader) = wit_future::new(|| "nothing".to_string());
        spawn_local(async move {
            for _ in 0..turns {
                yield_async().await;
            }
            writer.write(format!("{text} {turns}")).await.expect("somebody reads");
        });
        reader
    }
    async fn answers(count: u32) -> StreamReader<FutureReader<u32>> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            for n in 0..count {
                let (answer, future) = wit_future::new(|| 0);
                writer.write_one(future).await;
                answer.write(n * n).await.expect("somebody reads");
            }
        });
        reader
    }
    async fn both(
        mut input: StreamReader<String>,
    ) -> (StreamReader<String>, FutureReader<Result<u32, String>>) {
        let (mut writer, reader) = wit_stream::new();
        let (done, future) = wit_future::new(|| Err("never".to_string()));
        spawn_local(async move {
            let mut count = 0;
            while let Some(text) = input.next().await {
                count += 1;
                if writer.write_one(text.to_uppercase()).await.is_some() {
                    break;
                }
            }
            drop(writer);
            let result = if count == 3 { Ok(count) } else { Err(format!("{count} lines")) };
            done.write(result).await.expect("somebody reads");
        });
        (reader, future)
    }
    async fn sum(input: StreamReader<u8>) -> u64 {
        input.collect().await.into_iter().map(u64::from).sum()
    }
    async fn take(mut input: StreamReader<u8>, count: u32) -> Vec<u8> {
        let (result, bytes) = input.read(Vec::with_capacity(count as usize)).await;
        assert!(matches!(result, StreamResult::Complete(_)));
        bytes
    }
    async fn later(input: FutureReader<String>) -> String {
        format!("got {}", input.await)
    }
}
