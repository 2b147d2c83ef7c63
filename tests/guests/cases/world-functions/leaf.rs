wit_bindgen::generate!({ path: "cases/world-functions/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn bare(v: u32) -> u32 {
        v * 2
    }
    fn text(v: String) -> Vec<String> {
        vec![v.clone(), v]
    }
    fn both(v: (String, u64)) -> (u64, String) {
        (v.1, v.0)
    }
}

impl exports::inline::Guest for Component {
    fn add(a: i64, b: i64) -> i64 {
        a + b
    }
}
