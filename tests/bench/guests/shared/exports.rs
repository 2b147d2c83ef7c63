//! The exports of the limit: the names and core types that the caller has as a component.

use crate::loops;

macro_rules! exports {
    ($($export:literal $name:ident)*) => {
        $(
            #[unsafe(export_name = $export)]
            pub extern "C" fn $name(n: u32) -> u64 {
                loops::$name(n)
            }
        )*
    };
}

exports! {
    "run-scalar" scalar
    "run-string-in" string_in
    "run-string-in-out" string_in_out
    "run-bytes" bytes
    "run-points" points
    "run-people" people
    "run-shapes" shapes
    "run-method" method
    "run-borrow" borrow
    "run-construct" construct
}
