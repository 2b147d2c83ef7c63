use exports::test::reexport_forward_borrow::api::Guest;
use test::base::shapes::{self, Shape};

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-forward-borrow/world.wit"],
    world: "test:reexport-forward-borrow/intermediate",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn size(v: &Shape) -> f64 {
        v.size()
    }
    fn total(a: &Shape, b: (&Shape, u8), extra: Option<&Shape>) -> f64 {
        let mut all = vec![a];
        all.extend(vec![b.0; b.1.into()]);
        all.extend(extra);
        shapes::total(&all)
    }
    fn grow_both(a: &Shape, b: Result<&Shape, String>, by: f64) {
        a.grow(by);
        match b {
            Ok(b) => b.grow(by),
            Err(text) => assert_eq!(text, "none"),
        }
    }
}
