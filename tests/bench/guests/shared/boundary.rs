//! One step of the limit, from a caller to `next`: the functions that the bindings would give the
//! caller, without a component in between. As there, an argument is lent, and the callee owns its own
//! copy; a resource is one allocation of the callee's. What is called is never inlined: it is another
//! unit's.

use super::next;
use crate::types::{Person, Point, Shape};
use std::mem::ManuallyDrop;

macro_rules! calls {
    ($($name:ident($($argument:ident: $lent:ty => $owned:ty),*) -> $result:ty;)*) => {
        mod callee {
            use super::{Person, Point, Shape, next};
            $(
                #[inline(never)]
                pub fn $name($($argument: $owned),*) -> $result {
                    next::$name($($argument),*)
                }
            )*
        }
        $(
            pub fn $name($($argument: $lent),*) -> $result {
                callee::$name($($argument.to_owned()),*)
            }
        )*
    };
}

calls! {
    scalar(a: u32 => u32, b: u32 => u32) -> u32;
    string_in(s: &str => String) -> u32;
    string_in_out(s: &str => String) -> String;
    bytes(b: &[u8] => Vec<u8>) -> u32;
    points(p: &[Point] => Vec<Point>) -> f64;
    people(p: &[Person] => Vec<Person>) -> u32;
    shapes(s: &[Shape] => Vec<Shape>) -> u32;
    live() -> u32;
}

pub struct Counter(ManuallyDrop<Box<next::Counter>>);

impl Counter {
    #[inline(never)]
    pub fn new(start: u32) -> Counter {
        Counter(ManuallyDrop::new(Box::new(next::Counter::new(start))))
    }

    #[inline(never)]
    pub fn add(&self, n: u32) -> u32 {
        self.0.add(n)
    }
}

#[inline(never)]
pub fn peek(c: &Counter) -> u32 {
    c.0.peek()
}

impl Drop for Counter {
    /// The callee's destructor.
    #[inline(never)]
    fn drop(&mut self) {
        // SAFETY: nothing comes after.
        unsafe { ManuallyDrop::drop(&mut self.0) }
    }
}
