use exports::test::reexport_statics::api::{self, Guest, GuestFactory};
use test::base::shapes::Shape;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-statics/world.wit"],
    world: "test:reexport-statics/intermediate",
    generate_all,
});

struct Component;
export!(Component);

struct Factory;

impl Guest for Component {
    type Factory = Factory;
}

impl GuestFactory for Factory {
    fn make(n: u32) -> Vec<Shape> {
        (0..n).map(|i| Shape::new(&i.to_string(), f64::from(i * 7 % 5))).collect()
    }
    fn largest(of: Vec<Shape>) -> Option<Shape> {
        of.into_iter().reduce(Shape::larger)
    }
    fn measure(v: &Shape, by: &Shape) -> f64 {
        v.size() / by.size()
    }
    fn itself() -> api::Factory {
        api::Factory::new(Factory)
    }
}
