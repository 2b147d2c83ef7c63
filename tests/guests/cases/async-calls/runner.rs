use guests::all;
use test::async_calls::calls::*;

wit_bindgen::generate!({ path: "cases/async-calls/world.wit", world: "runner" });

struct Component;
export!(Component);

fn note(id: u64, text: &str, marks: &[u16]) -> Note {
    Note { id, text: text.into(), marks: marks.to_vec() }
}

impl Guest for Component {
    async fn run() {
        assert_eq!(now(41).await, 42);
        nothing().await;
        assert_eq!(blocking(14), 42);
        assert_eq!(later(0, "a".into()).await, "a after 0");
        assert_eq!(later(3, "b".into()).await, "b after 3");
        assert_eq!(log(), ["begin a", "end a", "begin b", "end b"]);
        let (a, d, text) = many(7, "b".into(), 1.5, vec![1, 2, 3], Some("e".into()), 0.25).await;
        assert_eq!((a, d.as_slice(), text.as_str()), (8, &[3, 2, 1][..], "b 1.5 Some(\"e\") 0.25"));
        assert_eq!(fails(2, false).await, Ok(2));
        assert_eq!(fails(2, true).await, Err("failed after 2".into()));
        for turns in 0..3 {
            let notes = notes(vec![note(1, "one", &[]), note(2, "two", &[4, 5])], turns).await;
            let expected = [(4, "two!", vec![4, 5, 2]), (2, "one!", vec![0])];
            for (note, (id, text, marks)) in notes.iter().zip(expected) {
                assert_eq!((note.id, note.text.as_str(), &note.marks), (id, text, &marks));
            }
        }
        side_by_side().await;
        resources().await;
    }
}

/// Several calls at once: each sees its own arguments and gives its own result, in whatever order they end.
async fn side_by_side() {
    let calls: Vec<_> = (0..8u32).map(|n| Box::pin(later(8 - n, format!("{n}"))) as _).collect();
    let results = all(calls).await;
    for (n, result) in results.iter().enumerate() {
        assert_eq!(*result, format!("{n} after {}", 8 - n));
    }
    let mut seen = log();
    assert_eq!(seen.len(), 16);
    seen.sort();
    for n in 0..8 {
        assert_eq!((seen[n].clone(), seen[8 + n].clone()), (format!("begin {n}"), format!("end {n}")));
    }
    let calls: Vec<_> = (0..300u32).map(|n| Box::pin(now(n)) as _).collect();
    assert_eq!(all(calls).await, (1..301).collect::<Vec<u32>>());
}

async fn resources() {
    let counter = Counter::new(5);
    assert_eq!(counter.next(0).await, 6);
    assert_eq!(counter.next(2).await, 7);
    assert_eq!(lent(&counter, 0).await, 70);
    assert_eq!(lent(&counter, 2).await, 70);
    let calls: Vec<_> = (0..4u32).map(|n| Box::pin(counter.next(n)) as _).collect();
    let mut seen = all(calls).await;
    seen.sort();
    assert_eq!(seen, [8u32, 9, 10, 11]);
    let counter = given(counter, 2).await;
    assert_eq!(counter.total(), 111);
    let counter = given(counter, 0).await;
    assert_eq!(counter.total(), 211);
}
