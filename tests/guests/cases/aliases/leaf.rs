use exports::test::aliases::api::*;

wit_bindgen::generate!({ path: "cases/aliases/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn pins(v: Way, side: Side) -> Places {
        v.into_iter().enumerate().map(|(i, p)| (p, format!("{side:?} {i}"))).collect()
    }
    fn mirror(v: Point) -> Location {
        Location { x: -v.x, y: -v.y }
    }
}
