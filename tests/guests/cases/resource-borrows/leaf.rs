use exports::test::resource_borrows::things::{self, Choice, Guest, GuestThing, Nested, Pair, ThingBorrow};
use std::cell::Cell;

wit_bindgen::generate!({ path: "cases/resource-borrows/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static LIVE: Cell<u32> = const { Cell::new(0) });

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
    fn same(&self, other: ThingBorrow<'_>) -> bool {
        std::ptr::eq(self, other.get::<Thing>())
    }
}

fn value(thing: &ThingBorrow<'_>) -> u32 {
    thing.get::<Thing>().0
}

fn sum(pair: &Pair<'_>) -> u32 {
    value(&pair.a) + pair.b.as_ref().map_or(0, value)
}

impl Guest for Component {
    type Thing = Thing;

    fn alone(v: ThingBorrow<'_>) -> u32 {
        value(&v)
    }
    fn both(a: ThingBorrow<'_>, b: ThingBorrow<'_>) -> u32 {
        value(&a) * 10 + value(&b)
    }
    fn with_own(a: ThingBorrow<'_>, b: things::Thing) -> things::Thing {
        things::Thing::new(Thing::new(value(&a) + b.get::<Thing>().0))
    }
    fn in_record(v: Pair<'_>) -> u32 {
        assert_eq!(v.label, "label");
        sum(&v)
    }
    fn in_list(v: Vec<ThingBorrow<'_>>) -> u32 {
        v.iter().map(value).sum()
    }
    fn in_tuple(v: (ThingBorrow<'_>, u8, ThingBorrow<'_>)) -> u32 {
        value(&v.0) * 100 + u32::from(v.1) * 10 + value(&v.2)
    }
    fn in_option(v: Option<ThingBorrow<'_>>) -> Option<u32> {
        v.as_ref().map(value)
    }
    fn in_variant(v: Choice<'_>) -> u32 {
        match v {
            Choice::None => 0,
            Choice::One(thing) => value(&thing),
            Choice::Many(things) => things.iter().map(value).sum(),
        }
    }
    fn in_aggregate(v: Nested<'_>, more: Vec<Pair<'_>>) -> Vec<String> {
        let nested = v.iter().map(|(a, b)| match b {
            Ok(b) => format!("{} {}", value(a), value(b)),
            Err(text) => format!("{} {text}", value(a)),
        });
        nested.chain(more.iter().map(|pair| format!("{} {}", pair.label, sum(pair)))).collect()
    }
    fn live() -> u32 {
        LIVE.get()
    }
}
