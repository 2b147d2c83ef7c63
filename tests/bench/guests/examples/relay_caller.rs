//! Has a resource of one component, and lends it to another.

wit_bindgen::generate!({ path: "wit", world: "relay-caller" });

use bench::calls::handing_on;
use bench::calls::ops::Counter;
use std::hint::black_box;

struct Component;
export!(Component);

impl Guest for Component {
    fn run_pass(n: u32) -> u64 {
        let counter = Counter::new(black_box(1));
        (0..n).map(|_| u64::from(handing_on::pass(black_box(&counter)))).sum()
    }
}
