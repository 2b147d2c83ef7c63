use exports::test::chain_lists::outer::{self, Guest, GuestItem, ItemBorrow};
use std::cell::Cell;
use test::chain_lists::inner;

wit_bindgen::generate!({ path: "cases/chain-lists/world.wit", world: "intermediate" });

struct Component;
export!(Component);

thread_local!(static LIVE: Cell<u32> = const { Cell::new(0) });

struct Item(inner::Item);

impl Item {
    fn wrap(item: inner::Item) -> outer::Item {
        LIVE.set(LIVE.get() + 1);
        outer::Item::new(Item(item))
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

impl GuestItem for Item {
    fn new(data: Vec<String>) -> Item {
        LIVE.set(LIVE.get() + 1);
        Item(inner::Item::new(&data))
    }
    fn data(&self) -> Vec<String> {
        self.0.data()
    }
    fn parts(&self) -> Vec<outer::Item> {
        self.0.data().into_iter().map(|text| Item::wrap(inner::Item::new(&[text]))).collect()
    }
}

impl Guest for Component {
    type Item = Item;

    fn concat(v: Vec<outer::Item>) -> outer::Item {
        // Taken out of the wrapper, which is dropped all the same.
        let parts = v.iter().map(|item| inner::Item::new(&item.get::<Item>().0.data())).collect();
        Item::wrap(inner::concat(parts))
    }
    fn lengths(v: Vec<ItemBorrow<'_>>) -> Vec<u32> {
        v.iter().map(|item| item.get::<Item>().0.data().len() as u32).collect()
    }
    fn live() -> (u32, u32) {
        (LIVE.get(), inner::live())
    }
}
