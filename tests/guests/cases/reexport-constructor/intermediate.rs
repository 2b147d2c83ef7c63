use exports::test::reexport_constructor::api::{Guest, GuestFrame};
use std::cell::RefCell;
use test::base::shapes::Shape;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-constructor/world.wit"],
    world: "test:reexport-constructor/intermediate",
    generate_all,
});

struct Component;
export!(Component);

struct Frame {
    inner: RefCell<Option<Shape>>,
    title: String,
}

impl Guest for Component {
    type Frame = Frame;
}

impl GuestFrame for Frame {
    fn new(inner: Shape, title: String, like: &Shape) -> Frame {
        let title = format!("{title}: {} like {}", inner.name(), like.name());
        Frame { inner: RefCell::new(Some(inner)), title }
    }
    fn title(&self) -> String {
        self.title.clone()
    }
    fn size(&self) -> f64 {
        self.inner.borrow().as_ref().map_or(-1.0, Shape::size)
    }
    fn unwrap(&self) -> Option<Shape> {
        self.inner.take()
    }
}
