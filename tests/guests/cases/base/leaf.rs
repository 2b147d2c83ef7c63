use exports::test::base::shapes::{self, Guest, GuestShape, ShapeBorrow};
use std::cell::Cell;

wit_bindgen::generate!({ path: "cases/base/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static LIVE: Cell<u32> = const { Cell::new(0) });

struct Shape {
    name: String,
    size: Cell<f64>,
}

impl Drop for Shape {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

impl GuestShape for Shape {
    fn new(name: String, size: f64) -> Shape {
        LIVE.set(LIVE.get() + 1);
        Shape { name, size: Cell::new(size) }
    }
    fn name(&self) -> String {
        self.name.clone()
    }
    fn size(&self) -> f64 {
        self.size.get()
    }
    fn grow(&self, by: f64) {
        self.size.set(self.size.get() + by);
    }
    fn larger(a: shapes::Shape, b: shapes::Shape) -> shapes::Shape {
        if size(&a) < size(&b) { b } else { a }
    }
}

fn size(shape: &shapes::Shape) -> f64 {
    shape.get::<Shape>().size.get()
}

impl Guest for Component {
    type Shape = Shape;

    fn total(v: Vec<ShapeBorrow<'_>>) -> f64 {
        v.iter().map(|shape| shape.get::<Shape>().size.get()).sum()
    }
    fn sorted(mut v: Vec<shapes::Shape>) -> Vec<shapes::Shape> {
        v.sort_by(|a, b| size(a).total_cmp(&size(b)));
        v
    }
    fn live() -> u32 {
        LIVE.get()
    }
}
