use exports::test::reexport_return_own::api::{Found, Guest};
use test::base::shapes::Shape;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-return-own/world.wit"],
    world: "test:reexport-return-own/intermediate",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn make(name: String) -> Shape {
        Shape::new(&name, name.len() as f64)
    }
    fn try_make(name: String) -> Result<Shape, String> {
        if name.is_empty() { Err("no name".into()) } else { Ok(Shape::new(&name, 1.0)) }
    }
    fn find(name: String) -> Option<Found> {
        (name != "nobody").then(|| Found { shape: Shape::new(&name, 2.0), name })
    }
    fn all() -> (Shape, Vec<Found>, u64) {
        let found = ["x", "y"].into_iter().filter_map(|name| Self::find(name.into())).collect();
        (Shape::new("first", 0.0), found, u64::MAX)
    }
}
