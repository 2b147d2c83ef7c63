//! The caller: an export for each of `loops`.

wit_bindgen::generate!({ path: "wit", world: "caller" });

#[path = "../shared/loops.rs"]
mod loops;

use bench::calls::ops as api;

struct Component;
export!(Component);

impl Guest for Component {
    fn run_scalar(n: u32) -> u64 {
        loops::scalar(n)
    }
    fn run_string_in(n: u32) -> u64 {
        loops::string_in(n)
    }
    fn run_string_in_out(n: u32) -> u64 {
        loops::string_in_out(n)
    }
    fn run_bytes(n: u32) -> u64 {
        loops::bytes(n)
    }
    fn run_points(n: u32) -> u64 {
        loops::points(n)
    }
    fn run_people(n: u32) -> u64 {
        loops::people(n)
    }
    fn run_shapes(n: u32) -> u64 {
        loops::shapes(n)
    }
    fn run_method(n: u32) -> u64 {
        loops::method(n)
    }
    fn run_borrow(n: u32) -> u64 {
        loops::borrow(n)
    }
    fn run_construct(n: u32) -> u64 {
        loops::construct(n)
    }
}
