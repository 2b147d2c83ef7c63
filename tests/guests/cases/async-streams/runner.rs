use guests::all;
use test::async_streams::pipe;
use test::async_streams::source::{self, Item};
use wit_bindgen::{StreamResult, spawn_local};

wit_bindgen::generate!({ path: "cases/async-streams/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    async fn run() {
        bytes().await;
        records().await;
        through().await;
        futures().await;
        early().await;
    }
}

async fn bytes() {
    for (count, chunk) in [(0, 1), (1, 1), (10, 3), (1000, 7), (300, 1000), (70_000, 65_536)] {
        let expected: Vec<u8> = (0..count).map(|n| n as u8).collect();
        assert_eq!(source::bytes(count, chunk).await.collect().await, expected);
        assert_eq!(pipe::bytes(count, chunk).await.collect().await, expected);
    }
    // Reads that are smaller than the writes, and larger.
    let mut stream = source::bytes(20, 6).await;
    let mut seen = Vec::new();
    for size in [1usize, 2, 3, 4, 5, 50, 50] {
        let (result, part) = stream.read(Vec::with_capacity(size)).await;
        assert!(part.len() <= size);
        seen.extend(part);
        if result == StreamResult::Dropped {
            break;
        }
    }
    seen.extend(stream.collect().await);
    assert_eq!(seen, (0..20).collect::<Vec<u8>>());
}

fn check(item: &Item, n: u32, id: u32) {
    assert_eq!((item.id, item.name.len()), (id, n as usize));
    assert_eq!(item.next.as_deref(), (n % 2 == 1).then(|| vec![n as u8; n as usize]).as_deref());
}

async fn records() {
    let items = source::items(20).await.collect().await;
    assert_eq!(items.len(), 20);
    for (n, item) in (0..).zip(&items) {
        check(item, n, n);
    }
    for (n, item) in (0..).zip(&pipe::items(10).await.collect().await) {
        check(item, n, n + 1000);
    }
    let mut ids = Vec::new();
    let mut tickets = source::tickets(4).await;
    while let Some(ticket) = tickets.next().await {
        ids.push(ticket.id());
    }
    assert_eq!(ids, [0, 7, 14, 21]);
    let tickets = pipe::tickets(3).await.collect().await;
    assert_eq!(tickets.iter().map(|ticket| ticket.id()).collect::<Vec<_>>(), [0, 7, 14]);
    assert_eq!(source::ticks(5).await.collect().await.len(), 5);
}

/// Streams that go there and come back.
async fn through() {
    let (mut writer, reader) = wit_stream::new();
    let sum = Box::pin(source::sum(reader));
    spawn_local(async move {
        for n in 1..=100u8 {
            writer.write_one(n).await;
        }
    });
    assert_eq!(sum.await, 5050);
    let (mut writer, reader) = wit_stream::new();
    let doubled = pipe::doubled(reader).await;
    spawn_local(async move {
        assert!(writer.write_all((0..100).collect()).await.is_empty());
    });
    assert_eq!(doubled.collect().await, (0..100).map(|n| n * 2).collect::<Vec<u8>>());
    for count in [0, 3, 5] {
        let (mut writer, reader) = wit_stream::new();
        let (upper, done) = source::both(reader).await;
        spawn_local(async move {
            for n in 0..count {
                writer.write_one(format!("line {n}")).await;
            }
        });
        assert_eq!(upper.collect().await, (0..count).map(|n| format!("LINE {n}")).collect::<Vec<_>>());
        assert_eq!(done.await, if count == 3 { Ok(3) } else { Err(format!("{count} lines")) });
    }
}

async fn futures() {
    for turns in [0, 1, 4] {
        assert_eq!(source::answer(turns, "after".into()).await.await, format!("after {turns}"));
    }
    let mut answers = source::answers(5).await;
    let mut seen = Vec::new();
    while let Some(answer) = answers.next().await {
        seen.push(answer.await);
    }
    assert_eq!(seen, [0, 1, 4, 9, 16]);
    let (writer, reader) = wit_future::new(|| "dropped".to_string());
    let later = Box::pin(source::later(reader));
    spawn_local(async move {
        writer.write("written".to_string()).await.expect("somebody reads");
    });
    assert_eq!(later.await, "got written");
    // A writer that is dropped writes what it was made with.
    let (writer, reader) = wit_future::new(|| "dropped".to_string());
    drop(writer);
    assert_eq!(source::later(reader).await, "got dropped");
    let streams: Vec<_> = (1..6u32)
        .map(|n| Box::pin(async move { source::bytes(n * 50, 9).await.collect().await.len() }) as _)
        .collect();
    assert_eq!(all(streams).await, [50usize, 100, 150, 200, 250]);
}

/// Readers that leave before the end.
async fn early() {
    let mut stream = source::bytes(1000, 10).await;
    assert_eq!(stream.next().await, Some(0));
    drop(stream);
    let (mut writer, reader) = wit_stream::new();
    let taken = Box::pin(source::take(reader, 5));
    spawn_local(async move {
        let rest = writer.write_all((0..100).collect()).await;
        assert_eq!(rest.len(), 95);
    });
    assert_eq!(taken.await, [0, 1, 2, 3, 4]);
    drop(source::answer(3, "nobody".into()));
}
