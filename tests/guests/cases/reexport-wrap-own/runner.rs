use test::base::shapes::{Shape, live, sorted, total};

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-wrap-own/world.wit"],
    world: "test:reexport-wrap-own/runner",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let (a, b) = (Shape::new("a", 1.0), Shape::new("b", 2.0));
        assert_eq!(a.name(), "wrapped a");
        a.grow(3.0);
        assert_eq!((a.size(), total(&[&a, &b])), (7.0, 9.0));
        assert_eq!(live(), 1002);
        let all = sorted(vec![a, Shape::new("c", 0.5), b]);
        assert_eq!(all.iter().map(Shape::size).collect::<Vec<_>>(), [0.5, 2.0, 7.0]);
        let last = all.into_iter().reduce(Shape::larger).unwrap();
        assert_eq!((last.name().as_str(), live()), ("wrapped a", 1001));
        drop(last);
        assert_eq!(live(), 1000);
    }
}
