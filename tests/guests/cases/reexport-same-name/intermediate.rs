use exports::test::reexport_same_name::api::{self, Guest, GuestShape, ShapeBorrow};
use test::base::shapes::Shape as Plain;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-same-name/world.wit"],
    world: "test:reexport-same-name/intermediate",
    generate_all,
});

struct Component;
export!(Component);

struct Shape(Plain);

impl GuestShape for Shape {
    fn new(v: Plain) -> Shape {
        Shape(v)
    }
    fn name(&self) -> String {
        format!("not {}", self.0.name())
    }
    fn plain(v: api::Shape) -> Plain {
        v.into_inner::<Shape>().0
    }
}

impl Guest for Component {
    type Shape = Shape;

    fn both(a: &Plain, b: ShapeBorrow<'_>) -> String {
        format!("{} and {}", a.name(), b.get::<Shape>().name())
    }
    fn exchange(a: Plain, b: api::Shape) -> (api::Shape, Plain) {
        (api::Shape::new(Shape(a)), b.into_inner::<Shape>().0)
    }
}
