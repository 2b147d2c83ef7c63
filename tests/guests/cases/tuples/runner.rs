use test::tuples::tuples::*;

wit_bindgen::generate!({ path: "cases/tuples/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(one((7,)), (7,));
        assert_eq!(swap(("a", u64::MAX)), (u64::MAX, "a".to_string()));
        let tree = ((1, i64::MIN), (0.5, ('🐟', true)));
        assert_eq!(nested(tree), tree);
        assert_eq!(many(), (1, 2, 3, 4, -5, -6, -7, -8, 9.5, -10.5, "eleven".into()));
    }
}
