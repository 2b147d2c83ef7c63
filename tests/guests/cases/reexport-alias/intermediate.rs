use exports::test::reexport_alias::{api, forms};
use test::base::shapes::Shape;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-alias/world.wit"],
    world: "test:reexport-alias/intermediate",
    generate_all,
});

struct Component;
export!(Component);

impl forms::Guest for Component {
    fn rename(v: forms::Form, name: String) -> forms::Form {
        Shape::new(&name, v.size())
    }
}

impl api::Guest for Component {
    fn collect(a: api::Form, b: api::Shape) -> api::Many {
        vec![b, a]
    }
    fn names(a: &api::Form, b: &api::Shape) -> String {
        format!("{},{}", a.name(), b.name())
    }
}
