use exports::test::chars::chars::Guest;

wit_bindgen::generate!({ path: "cases/chars/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn echo(v: char) -> char {
        v
    }
    fn code(v: char) -> u32 {
        u32::from(v)
    }
    fn from_code(v: u32) -> Option<char> {
        char::from_u32(v)
    }
    fn reversed(v: Vec<char>) -> Vec<char> {
        v.into_iter().rev().collect()
    }
}
