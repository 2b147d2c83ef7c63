use exports::test::options::options::Guest;

wit_bindgen::generate!({ path: "cases/options/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn number(v: Option<u32>) -> Option<u32> {
        v.map(|n| n + 1)
    }
    fn text(v: Option<String>) -> Option<String> {
        v.map(|t| t + "!")
    }
    fn nested(v: Option<Option<Option<u8>>>) -> Option<Option<Option<u8>>> {
        v
    }
    fn list(v: Option<Vec<Option<String>>>) -> Option<Vec<Option<String>>> {
        v
    }
    fn wide(a: Option<u64>, b: Option<f32>, c: Option<char>) -> (Option<u64>, Option<f32>, Option<char>) {
        (a, b, c)
    }
}
