use test::base::shapes::{Shape, live};
use test::reexport_forward_borrow::api;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-forward-borrow/world.wit"],
    world: "test:reexport-forward-borrow/runner",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let (a, b) = (Shape::new("a", 1.0), Shape::new("b", 2.0));
        assert_eq!(api::size(&a), 1.0);
        assert_eq!(api::total(&a, (&a, 3), Some(&b)), 6.0);
        assert_eq!(api::total(&b, (&a, 0), None), 2.0);
        api::grow_both(&a, Ok(&b), 0.5);
        api::grow_both(&a, Err("none".into()), 1.0);
        assert_eq!((a.size(), api::size(&b), live()), (2.5, 2.5, 2));
        drop((a, b));
        assert_eq!(live(), 0);
    }
}
