wit_bindgen::generate!({ path: "cases/world-functions/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(bare(21), 42);
        assert_eq!(text("ä"), ["ä", "ä"]);
        assert_eq!(both(("x", u64::MAX)), (u64::MAX, "x".to_string()));
        assert_eq!(inline::add(-1, i64::MAX), i64::MAX - 1);
    }
}
