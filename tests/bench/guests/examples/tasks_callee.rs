//! The callee of async calls.

wit_bindgen::generate!({ path: "tasks", world: "tasks-callee" });

use exports::bench::tasks::ops::{Guest, Person};
use wit_bindgen::{FutureReader, StreamReader, spawn_local, yield_async};

struct Component;
export!(Component);

impl Guest for Component {
    async fn at_once(a: u32) -> u32 {
        a.wrapping_mul(3)
    }
    async fn waiting(a: u32) -> u32 {
        yield_async().await;
        a.wrapping_mul(3)
    }
    async fn bytes(writes: u32, size: u32) -> StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            for n in 0..writes {
                writer.write_all(vec![n as u8; size as usize]).await;
            }
        });
        reader
    }
    async fn people(writes: u32, size: u32) -> StreamReader<Person> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            for n in 0..writes {
                let person = |m: u32| Person {
                    name: format!("person {m}"),
                    age: n + m,
                    tags: vec!["some".to_string(), "tags".to_string()],
                };
                writer.write_all((0..size).map(person).collect()).await;
            }
        });
        reader
    }
    async fn answer(a: u32) -> FutureReader<u32> {
        let (writer, reader) = wit_future::new(|| 0);
        spawn_local(async move {
            let _ = writer.write(a.wrapping_mul(3)).await;
        });
        reader
    }
}
