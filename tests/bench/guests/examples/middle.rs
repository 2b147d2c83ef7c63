//! The middle of a chain: it implements the interface by calling the next component, and changes a
//! little in each result: a fuser that leaves it out shows.

wit_bindgen::generate!({ path: "wit", world: "middle" });

use bench::calls::ops as next;
use exports::bench::calls::ops::{CounterBorrow, Guest, GuestCounter, Person, Point, Shape};

struct Component;
export!(Component);

struct Counter(next::Counter);

impl Guest for Component {
    type Counter = Counter;

    fn scalar(a: u32, b: u32) -> u32 {
        next::scalar(a, b).wrapping_add(1)
    }
    fn string_in(s: String) -> u32 {
        next::string_in(&s).wrapping_add(1)
    }
    fn string_in_out(s: String) -> String {
        let mut s = next::string_in_out(&s);
        s.pop();
        s.push('-');
        s
    }
    fn bytes(b: Vec<u8>) -> u32 {
        next::bytes(&b).wrapping_add(1)
    }
    fn points(p: Vec<Point>) -> f64 {
        -next::points(&p.into_iter().map(|p| next::Point { x: p.x, y: p.y }).collect::<Vec<_>>())
    }
    fn people(p: Vec<Person>) -> u32 {
        let person = |p: Person| next::Person { name: p.name, age: p.age, tags: p.tags };
        next::people(&p.into_iter().map(person).collect::<Vec<_>>()).wrapping_add(1)
    }
    fn shapes(s: Vec<Shape>) -> u32 {
        let shape = |s| match s {
            Shape::Empty => next::Shape::Empty,
            Shape::Circle(radius) => next::Shape::Circle(radius),
            Shape::Rectangle(sides) => next::Shape::Rectangle(sides),
            Shape::Label(text) => next::Shape::Label(text),
        };
        next::shapes(&s.into_iter().map(shape).collect::<Vec<_>>()).wrapping_add(1)
    }
    fn live() -> u32 {
        next::live() + 1
    }
    fn peek(c: CounterBorrow<'_>) -> u32 {
        next::peek(&c.get::<Counter>().0).wrapping_add(1)
    }
}

impl GuestCounter for Counter {
    fn new(start: u32) -> Counter {
        Counter(next::Counter::new(start))
    }
    fn add(&self, n: u32) -> u32 {
        self.0.add(n).wrapping_add(1)
    }
}
