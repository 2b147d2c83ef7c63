use exports::test::async_calls::calls::{Counter, CounterBorrow, Guest, GuestCounter, Note};
use std::cell::{Cell, RefCell};

wit_bindgen::generate!({ path: "cases/async-calls/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });

fn log(text: String) {
    LOG.with_borrow_mut(|log| log.push(text));
}

async fn turns(count: u32) {
    for _ in 0..count {
        wit_bindgen::yield_async().await;
    }
}

struct Count(Cell<u32>);

impl GuestCounter for Count {
    fn new(first: u32) -> Count {
        Count(Cell::new(first))
    }
    async fn next(&self, count: u32) -> u32 {
        turns(count).await;
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
    fn total(&self) -> u32 {
        self.0.get()
    }
}

impl Guest for Component {
    type Counter = Count;

    async fn now(v: u32) -> u32 {
        v + 1
    }
    async fn later(count: u32, text: String) -> String {
        log(format!("begin {text}"));
        turns(count).await;
        log(format!("end {text}"));
        format!("{text} after {count}")
    }
    async fn many(
        a: u64,
        b: String,
        c: f64,
        d: Vec<u16>,
        e: Option<String>,
        f: f32,
    ) -> (u64, Vec<u16>, String) {
        turns(1).await;
        (a + 1, d.iter().rev().copied().collect(), format!("{b} {c} {e:?} {f}"))
    }
    async fn notes(mut notes: Vec<Note>, count: u32) -> Vec<Note> {
        turns(count).await;
        for note in &mut notes {
            note.id *= 2;
            note.text.push('!');
            note.marks.push(note.marks.len() as u16);
        }
        notes.reverse();
        notes
    }
    async fn fails(count: u32, fail: bool) -> Result<u32, String> {
        turns(count).await;
        if fail { Err(format!("failed after {count}")) } else { Ok(count) }
    }
    async fn lent(counter: CounterBorrow<'_>, count: u32) -> u32 {
        turns(count).await;
        counter.get::<Count>().0.get() * 10
    }
    async fn given(counter: Counter, count: u32) -> Counter {
        turns(count).await;
        let value = &counter.get::<Count>().0;
        value.set(value.get() + 100);
        counter
    }
    async fn nothing() {}
    fn blocking(v: u32) -> u32 {
        v * 3
    }
    fn log() -> Vec<String> {
        LOG.take()
    }
}
