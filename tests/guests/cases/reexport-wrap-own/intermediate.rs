use exports::test::base::shapes as outer;
use test::base::shapes as inner;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-wrap-own/world.wit"],
    world: "test:reexport-wrap-own/intermediate",
    generate_all,
});

struct Component;
export!(Component);

/// Every name gets a prefix, to tell the two apart.
struct Shape(inner::Shape);

impl outer::GuestShape for Shape {
    fn new(name: String, size: f64) -> Shape {
        Shape(inner::Shape::new(&format!("wrapped {name}"), size))
    }
    fn name(&self) -> String {
        self.0.name()
    }
    fn size(&self) -> f64 {
        self.0.size()
    }
    fn grow(&self, by: f64) {
        self.0.grow(by * 2.0);
    }
    fn larger(a: outer::Shape, b: outer::Shape) -> outer::Shape {
        outer::Shape::new(Shape(inner::Shape::larger(a.into_inner::<Shape>().0, b.into_inner::<Shape>().0)))
    }
}

impl outer::Guest for Component {
    type Shape = Shape;

    fn total(v: Vec<outer::ShapeBorrow<'_>>) -> f64 {
        inner::total(&v.iter().map(|shape| &shape.get::<Shape>().0).collect::<Vec<_>>())
    }
    fn sorted(v: Vec<outer::Shape>) -> Vec<outer::Shape> {
        let sorted = inner::sorted(v.into_iter().map(|shape| shape.into_inner::<Shape>().0).collect());
        sorted.into_iter().map(|shape| outer::Shape::new(Shape(shape))).collect()
    }
    fn live() -> u32 {
        inner::live() + 1000
    }
}
