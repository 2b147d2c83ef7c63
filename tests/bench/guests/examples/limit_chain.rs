//! The limit of the chain: caller, middle and callee in one core module, linked by rustc.

#[path = "../shared/exports.rs"]
mod exports;
#[path = "../shared/loops.rs"]
mod loops;
#[path = "../shared/types.rs"]
mod types;
#[path = "../shared/work.rs"]
mod work;

/// From the middle to the callee.
#[path = "../shared"]
mod far {
    use crate::work as next;

    pub mod boundary;
}

/// The middle: it owns what it gets, and lends it to the callee.
mod middle {
    use crate::far::boundary as next;
    use crate::types::{Person, Point, Shape};
    pub fn live() -> u32 {
        next::live() + 1
    }
    pub fn scalar(a: u32, b: u32) -> u32 {
        next::scalar(a, b).wrapping_add(1)
    }

    pub fn string_in(s: String) -> u32 {
        next::string_in(&s).wrapping_add(1)
    }
    pub fn string_in_out(s: String) -> String {
        let mut s = next::string_in_out(&s);
        s.pop();
        s.push('-');
        s
    }
    pub fn bytes(b: Vec<u8>) -> u32 {
        next::bytes(&b).wrapping_add(1)
    }
    pub fn points(p: Vec<Point>) -> f64 {
        -next::points(&p)
    }
    pub fn people(p: Vec<Person>) -> u32 {
        next::people(&p).wrapping_add(1)
    }
    pub fn shapes(s: Vec<Shape>) -> u32 {
        next::shapes(&s).wrapping_add(1)
    }

    pub struct Counter(next::Counter);

    impl Counter {
        pub fn new(start: u32) -> Counter {
            Counter(next::Counter::new(start))
        }
        pub fn add(&self, n: u32) -> u32 {
            self.0.add(n).wrapping_add(1)
        }
        pub fn peek(&self) -> u32 {
            next::peek(&self.0).wrapping_add(1)
        }
    }
}

/// From the caller to the middle.
#[path = "../shared"]
mod near {
    use crate::middle as next;

    pub mod boundary;
}

mod api {
    pub use crate::near::boundary::*;
    pub use crate::types::*;
}
