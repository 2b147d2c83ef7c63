use test::base::shapes::{Shape as Plain, live};
use test::reexport_same_name::api::{Shape, both, exchange};

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-same-name/world.wit"],
    world: "test:reexport-same-name/runner",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let (a, b) = (Plain::new("a", 1.0), Shape::new(Plain::new("b", 2.0)));
        assert_eq!((both(&a, &b), live()), ("a and not b".to_string(), 2));
        let (a, b) = exchange(a, b);
        assert_eq!((a.name().as_str(), b.name().as_str()), ("not a", "b"));
        assert_eq!(both(&b, &a), "b and not a");
        assert_eq!(Shape::plain(a).name(), "a");
        assert_eq!(live(), 1);
        drop(b);
        assert_eq!(live(), 0);
    }
}
