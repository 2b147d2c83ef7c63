use test::base::shapes::{Shape, live};
use test::reexport_constructor::api::Frame;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-constructor/world.wit"],
    world: "test:reexport-constructor/runner",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let model = Shape::new("model", 1.0);
        let a = Frame::new(Shape::new("a", 2.0), "first", &model);
        let b = Frame::new(Shape::new("b", 3.0), "second", &model);
        assert_eq!((a.title(), b.size(), live()), ("first: a like model".to_string(), 3.0, 3));
        let inner = a.unwrap().unwrap();
        assert_eq!((inner.name().as_str(), a.size()), ("a", -1.0));
        assert!(a.unwrap().is_none());
        let c = Frame::new(inner, "third", &b.unwrap().unwrap());
        assert_eq!((c.title(), live()), ("third: a like b".to_string(), 2));
        drop((a, b, c));
        assert_eq!(live(), 1);
        drop(model);
        assert_eq!(live(), 0);
    }
}
