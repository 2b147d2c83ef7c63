use exports::test::chain_use::inner::{Guest, GuestThing};
use std::cell::Cell;

wit_bindgen::generate!({ path: "cases/chain-use/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static LIVE: Cell<u32> = const { Cell::new(0) });

struct Thing(u32);

impl Drop for Thing {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

impl Guest for Component {
    type Thing = Thing;

    fn live() -> u32 {
        LIVE.get()
    }
}

impl GuestThing for Thing {
    fn new(value: u32) -> Thing {
        LIVE.set(LIVE.get() + 1);
        Thing(value)
    }
    fn value(&self) -> u32 {
        self.0
    }
}
