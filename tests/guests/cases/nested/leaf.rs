use exports::test::nested::nested::*;

wit_bindgen::generate!({ path: "cases/nested/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn echo(v: Box) -> Box {
        v
    }
    fn flip(v: Vec<Result<Box, Vec<Item>>>) -> Option<Vec<Result<Box, Vec<Item>>>> {
        (!v.is_empty()).then(|| v.into_iter().rev().collect())
    }
}
