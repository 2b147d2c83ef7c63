//! Gets a borrow of another component's resource, and hands it on to that component.

wit_bindgen::generate!({ path: "wit", world: "relay" });

use bench::calls::ops;
use exports::bench::calls::handing_on::Guest;

struct Component;
export!(Component);

impl Guest for Component {
    fn pass(c: &ops::Counter) -> u32 {
        ops::peek(c)
    }
}
