use exports::test::reexport_list_of_owns::api::Guest;
use test::base::shapes::{self, Shape};

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-list-of-owns/world.wit"],
    world: "test:reexport-list-of-owns/intermediate",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn split(v: Vec<Shape>, at: f64) -> (Vec<Shape>, Vec<Shape>) {
        v.into_iter().partition(|shape| shape.size() < at)
    }
    fn sorted(v: Vec<Shape>) -> Vec<Shape> {
        shapes::sorted(v).into_iter().rev().collect()
    }
    fn nested(v: Vec<Vec<Shape>>) -> Vec<Vec<Option<Shape>>> {
        let keep = |shape: Shape| (shape.size() > 0.0).then_some(shape);
        v.into_iter().map(|inner| inner.into_iter().map(keep).collect()).collect()
    }
}
