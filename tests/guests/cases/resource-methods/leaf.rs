use exports::test::resource_methods::counters::{self, CounterBorrow, Guest, GuestCounter};
use std::cell::Cell;

wit_bindgen::generate!({ path: "cases/resource-methods/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static LIVE: Cell<u32> = const { Cell::new(0) });

struct Counter {
    name: String,
    value: Cell<i32>,
}

impl Drop for Counter {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

impl Guest for Component {
    type Counter = Counter;

    fn live() -> u32 {
        LIVE.get()
    }
}

impl GuestCounter for Counter {
    fn new(name: String, start: i32) -> Counter {
        LIVE.set(LIVE.get() + 1);
        Counter { name, value: Cell::new(start) }
    }
    fn name(&self) -> String {
        self.name.clone()
    }
    fn add(&self, by: i32) -> i32 {
        self.value.set(self.value.get() + by);
        self.value.get()
    }
    fn merge(&self, other: CounterBorrow<'_>) {
        self.add(other.get::<Counter>().value.get());
    }
    fn from_text(text: String) -> Result<counters::Counter, String> {
        let start = text.parse().map_err(|_| format!("not a number: {text}"))?;
        Ok(counters::Counter::new(Counter::new(text, start)))
    }
    fn total(of: Vec<CounterBorrow<'_>>) -> i64 {
        of.iter().map(|c| i64::from(c.get::<Counter>().value.get())).sum()
    }
    fn consume(counter: counters::Counter) -> (String, i32) {
        let counter = counter.into_inner::<Counter>();
        (counter.name.clone(), counter.value.get())
    }
}
