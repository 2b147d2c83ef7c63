//! What the callee does with what it gets, over the types of `crate::types`: the bindings', or those
//! of the limit. It reads enough of its argument to have needed it, and no more: what is measured is
//! the way there.

use crate::types::{Person, Point, Shape};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

pub fn scalar(a: u32, b: u32) -> u32 {
    (a ^ b).wrapping_mul(0x9e37_79b1).rotate_left(7)
}

pub fn string_in(s: String) -> u32 {
    ends(s.as_bytes())
}

pub fn string_in_out(s: String) -> String {
    s
}

pub fn bytes(b: Vec<u8>) -> u32 {
    let far_apart = b.iter().step_by(8192).map(|b| u32::from(*b));
    far_apart.fold(ends(&b), |sum, b| sum.wrapping_mul(31).wrapping_add(b))
}

pub fn points(p: Vec<Point>) -> f64 {
    p.iter().step_by(64).map(|p| p.x - p.y).sum::<f64>() + p.last().map_or(0.0, |p| p.x)
}

pub fn people(p: Vec<Person>) -> u32 {
    p.iter().fold(0, |sum: u32, p| {
        let tags = p.tags.last().map_or(0, |tag| ends(tag.as_bytes()));
        sum.wrapping_mul(31).wrapping_add(p.age ^ ends(p.name.as_bytes()) ^ tags)
    })
}

pub fn shapes(s: Vec<Shape>) -> u32 {
    s.iter().fold(0, |sum: u32, s| {
        let one = match s {
            Shape::Empty => 1,
            Shape::Circle(radius) => *radius as u32,
            Shape::Rectangle((width, height)) => width ^ height,
            Shape::Label(text) => ends(text.as_bytes()),
        };
        sum.wrapping_mul(31).wrapping_add(one)
    })
}

static LIVE: AtomicU32 = AtomicU32::new(0);

pub fn live() -> u32 {
    LIVE.load(Relaxed)
}

pub struct Counter(Cell<u32>);

impl Counter {
    pub fn new(start: u32) -> Counter {
        LIVE.fetch_add(1, Relaxed);
        Counter(Cell::new(start))
    }

    pub fn add(&self, n: u32) -> u32 {
        self.0.set(self.0.get().wrapping_add(n));
        self.0.get()
    }

    /// Turned a little: a call of what only loads is one that rustc does without in the limit.
    pub fn peek(&self) -> u32 {
        self.0.get().rotate_left(1)
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Relaxed);
    }
}

/// The length, the first and the last byte.
fn ends(bytes: &[u8]) -> u32 {
    let byte = |b: Option<&u8>| b.map_or(0, |b| u32::from(*b));
    bytes.len() as u32 ^ byte(bytes.first()) << 8 ^ byte(bytes.last()) << 16
}
