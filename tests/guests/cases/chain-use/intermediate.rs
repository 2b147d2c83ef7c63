use exports::test::chain_use::{last, outer};
use test::chain_use::inner::Thing;

wit_bindgen::generate!({ path: "cases/chain-use/world.wit", world: "intermediate" });

struct Component;
export!(Component);

struct Holder(Thing);

impl outer::Guest for Component {
    type Holder = Holder;

    fn make(value: u32) -> Thing {
        Thing::new(value)
    }
    fn next(v: Thing) -> Option<Thing> {
        v.value().checked_add(1).map(Thing::new)
    }
    fn sum(a: &Thing, b: &Thing, c: Option<&Thing>) -> u32 {
        a.value() + b.value() + c.map_or(0, Thing::value)
    }
}

impl outer::GuestHolder for Holder {
    fn new(v: Thing) -> Holder {
        Holder(v)
    }
    fn release(v: outer::Holder) -> Thing {
        v.into_inner::<Holder>().0
    }
}

impl last::Guest for Component {
    fn hold(v: Vec<Thing>) -> Vec<outer::Holder> {
        v.into_iter().rev().map(|thing| outer::Holder::new(Holder(thing))).collect()
    }
}
