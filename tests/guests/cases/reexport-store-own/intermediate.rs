use exports::test::reexport_store_own::api::{self, Guest, GuestStore};
use std::cell::RefCell;
use test::base::shapes::Shape;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-store-own/world.wit"],
    world: "test:reexport-store-own/intermediate",
    generate_all,
});

struct Component;
export!(Component);

struct Store(RefCell<Vec<Shape>>);

impl Guest for Component {
    type Store = Store;
}

impl GuestStore for Store {
    fn new() -> Store {
        Store(RefCell::new(Vec::new()))
    }
    fn put(&self, v: Shape) -> u32 {
        let mut shapes = self.0.borrow_mut();
        shapes.push(v);
        shapes.len() as u32 - 1
    }
    fn size(&self, at: u32) -> Option<f64> {
        self.0.borrow().get(at as usize).map(Shape::size)
    }
    fn swap(&self, at: u32, with: Shape) -> Result<Shape, Shape> {
        match self.0.borrow_mut().get_mut(at as usize) {
            Some(place) => Ok(std::mem::replace(place, with)),
            None => Err(with),
        }
    }
    fn drain(v: api::Store) -> Vec<Shape> {
        v.into_inner::<Store>().0.into_inner()
    }
}
