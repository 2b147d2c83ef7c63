use exports::test::chain_lists::inner::{self, Guest, GuestItem};
use std::cell::Cell;

wit_bindgen::generate!({ path: "cases/chain-lists/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static LIVE: Cell<u32> = const { Cell::new(0) });

struct Item(Vec<String>);

impl Drop for Item {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

impl GuestItem for Item {
    fn new(data: Vec<String>) -> Item {
        LIVE.set(LIVE.get() + 1);
        Item(data)
    }
    fn data(&self) -> Vec<String> {
        self.0.clone()
    }
}

impl Guest for Component {
    type Item = Item;

    fn concat(v: Vec<inner::Item>) -> inner::Item {
        inner::Item::new(Item::new(v.iter().flat_map(|item| item.get::<Item>().0.clone()).collect()))
    }
    fn live() -> u32 {
        LIVE.get()
    }
}
