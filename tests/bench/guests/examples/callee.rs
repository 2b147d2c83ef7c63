//! The callee: it implements the interface by `work`.

wit_bindgen::generate!({ path: "wit", world: "callee" });

#[path = "../shared/work.rs"]
mod work;

use exports::bench::calls::ops as types;
use types::{CounterBorrow, Guest, GuestCounter, Person, Point, Shape};

struct Component;
export!(Component);

impl Guest for Component {
    type Counter = work::Counter;

    fn scalar(a: u32, b: u32) -> u32 {
        work::scalar(a, b)
    }
    fn string_in(s: String) -> u32 {
        work::string_in(s)
    }
    fn string_in_out(s: String) -> String {
        work::string_in_out(s)
    }
    fn bytes(b: Vec<u8>) -> u32 {
        work::bytes(b)
    }
    fn points(p: Vec<Point>) -> f64 {
        work::points(p)
    }
    fn people(p: Vec<Person>) -> u32 {
        work::people(p)
    }
    fn shapes(s: Vec<Shape>) -> u32 {
        work::shapes(s)
    }
    fn live() -> u32 {
        work::live()
    }
    fn peek(c: CounterBorrow<'_>) -> u32 {
        c.get::<work::Counter>().peek()
    }
}

impl GuestCounter for work::Counter {
    fn new(start: u32) -> work::Counter {
        work::Counter::new(start)
    }
    fn add(&self, n: u32) -> u32 {
        self.add(n)
    }
}
