//! The caller: a loop for each row, over the functions and types of `crate::api`, which are the
//! bindings', or those of the limit. What is passed is made once, and `black_box` hides in each turn
//! that it stays the same; for numbers, what came back goes in again instead, which costs nothing.

use crate::api::{self, Counter, Person, Point, Shape};
use std::hint::black_box;

pub fn scalar(n: u32) -> u64 {
    u64::from((0..n).fold(1, api::scalar))
}

pub fn string_in(n: u32) -> u64 {
    let text = text();
    (0..n).map(|_| u64::from(api::string_in(black_box(&text)))).sum()
}

pub fn string_in_out(n: u32) -> u64 {
    let text = text();
    (0..n).map(|_| ends(black_box(api::string_in_out(black_box(&text))).as_bytes())).sum()
}

pub fn bytes(n: u32) -> u64 {
    let bytes: Vec<u8> = (0..64 << 10).map(|i: u32| (i.wrapping_mul(0x9e37_79b1) >> 24) as u8).collect();
    (0..n).map(|_| u64::from(api::bytes(black_box(&bytes)))).sum()
}

pub fn points(n: u32) -> u64 {
    let point = |i: u32| Point { x: f64::from(i), y: f64::from(i * i % 1009) / 8.0 };
    let points: Vec<Point> = (0..4096).map(point).collect();
    (0..n).map(|_| api::points(black_box(&points)).to_bits() >> 32).sum()
}

pub fn people(n: u32) -> u64 {
    let person = |i: u32| Person {
        name: format!("person number {i}"),
        age: i % 100,
        tags: (0..i % 4).map(|tag| format!("tag {tag} of {i}")).collect(),
    };
    let people: Vec<Person> = (0..256).map(person).collect();
    (0..n).map(|_| u64::from(api::people(black_box(&people)))).sum()
}

pub fn shapes(n: u32) -> u64 {
    let shape = |i: u32| match i % 4 {
        0 => Shape::Empty,
        1 => Shape::Circle(f64::from(i)),
        2 => Shape::Rectangle((i, i + 1)),
        _ => Shape::Label(format!("label {i}")),
    };
    let shapes: Vec<Shape> = (0..1024).map(shape).collect();
    (0..n).map(|_| u64::from(api::shapes(black_box(&shapes)))).sum()
}

pub fn method(n: u32) -> u64 {
    let counter = Counter::new(black_box(1));
    (0..n).map(|i| u64::from(black_box(&counter).add(i))).sum()
}

pub fn borrow(n: u32) -> u64 {
    let counter = Counter::new(black_box(1));
    (0..n).map(|_| u64::from(api::peek(black_box(&counter)))).sum()
}

pub fn construct(n: u32) -> u64 {
    (0..n).for_each(|i| drop(black_box(Counter::new(i))));
    u64::from(n) | u64::from(api::live()) << 32
}

/// 100 bytes of ASCII.
fn text() -> String {
    "0123456789".repeat(10)
}

fn ends(bytes: &[u8]) -> u64 {
    let byte = |b: Option<&u8>| b.map_or(0, |b| u64::from(*b));
    bytes.len() as u64 ^ byte(bytes.first()) << 8 ^ byte(bytes.last()) << 16
}
