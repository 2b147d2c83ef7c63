use exports::test::strings::strings::Guest;

wit_bindgen::generate!({ path: "cases/strings/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn take(v: String, bytes: u32) {
        assert_eq!(v.len(), bytes as usize);
        assert!(std::str::from_utf8(v.as_bytes()).is_ok());
    }
    fn give() -> String {
        "given: \u{1f41f} ß".to_string()
    }
    fn echo(v: String) -> String {
        v
    }
    fn join(a: String, b: String, c: String) -> String {
        [a, b, c].join("|")
    }
    fn repeat(v: String, n: u32) -> String {
        v.repeat(n as usize)
    }
    fn split(v: String, by: char) -> Vec<String> {
        v.split(by).map(str::to_string).collect()
    }
}
