use exports::test::resource_ownership::things::{self, Choice, Guest, GuestThing, Labelled};
use std::cell::{Cell, RefCell};

wit_bindgen::generate!({ path: "cases/resource-ownership/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local! {
    static LIVE: Cell<u32> = const { Cell::new(0) };
    static KEPT: RefCell<Vec<things::Thing>> = const { RefCell::new(Vec::new()) };
}

struct Thing(u32);

impl Drop for Thing {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
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

fn value(thing: &things::Thing) -> u32 {
    thing.get::<Thing>().0
}

impl Guest for Component {
    type Thing = Thing;

    fn take(v: things::Thing) -> u32 {
        value(&v)
    }
    fn give(value: u32) -> things::Thing {
        things::Thing::new(Thing::new(value))
    }
    fn pass(v: things::Thing) -> things::Thing {
        v
    }
    fn in_record(v: Labelled) -> Labelled {
        let Labelled { label, thing, spare } = v;
        match spare {
            Some(spare) => Labelled { label, thing: spare, spare: Some(thing) },
            None => Labelled { label, thing, spare: None },
        }
    }
    fn in_list(mut v: Vec<things::Thing>) -> Vec<things::Thing> {
        v.sort_by_key(value);
        v
    }
    fn in_option(v: Option<things::Thing>) -> Option<things::Thing> {
        v.filter(|thing| value(thing) != 0)
    }
    fn in_result(v: Result<things::Thing, String>) -> Result<String, things::Thing> {
        match v {
            Ok(thing) => Err(thing),
            Err(text) => Ok(text),
        }
    }
    fn in_tuple(v: (u8, things::Thing, things::Thing)) -> (things::Thing, u64, things::Thing) {
        (v.2, v.0.into(), v.1)
    }
    fn in_variant(v: Choice) -> Choice {
        match v {
            Choice::None => Choice::None,
            Choice::One(thing) => Choice::Many(vec![thing]),
            Choice::Two((a, b)) => Choice::Two((b, a)),
            Choice::Many(mut things) => Choice::One(things.swap_remove(0)),
        }
    }
    fn in_list_of_records(v: Vec<Labelled>) -> Vec<Option<Labelled>> {
        v.into_iter().map(|l| (value(&l.thing) % 2 == 0).then_some(l)).collect()
    }
    fn keep(v: things::Thing) {
        KEPT.with_borrow_mut(|kept| kept.push(v));
    }
    fn back() -> Vec<things::Thing> {
        KEPT.take()
    }
    fn live() -> u32 {
        LIVE.get()
    }
}
