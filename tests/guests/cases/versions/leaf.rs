use exports::test::library0_1_2::api::{Guest, GuestCounter, Pair};
use std::cell::Cell;

wit_bindgen::generate!({ path: "cases/versions/world.wit", world: "leaf", generate_all });

struct Component;
export!(Component);

struct Counter(Cell<u32>);

impl Guest for Component {
    type Counter = Counter;

    fn swap(v: Pair) -> (u32, String) {
        (v.b, v.a)
    }
    fn added() -> String {
        "0.1.2".into()
    }
}

impl GuestCounter for Counter {
    fn new(start: u32) -> Counter {
        Counter(Cell::new(start))
    }
    fn next(&self) -> u32 {
        self.0.replace(self.0.get() + 1)
    }
}

impl exports::test::other1_4_0::api::Guest for Component {
    fn f() -> u32 {
        140
    }
    fn g() {}
}
