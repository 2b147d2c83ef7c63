use exports::test::results::results::{Detail, Guest, Reason};

wit_bindgen::generate!({ path: "cases/results/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn unit(fail: bool) -> Result<(), ()> {
        if fail { Err(()) } else { Ok(()) }
    }
    fn only_ok(v: u8) -> Result<u8, ()> {
        v.checked_add(1).ok_or(())
    }
    fn only_err(v: i32) -> Result<(), Reason> {
        match v {
            ..0 => Err(Reason::Negative),
            0..100 => Ok(()),
            100.. => Err(Reason::TooLarge),
        }
    }
    fn mixed(v: Result<f32, u64>) -> Result<f32, u64> {
        v
    }
    fn text(v: String) -> Result<String, Detail> {
        match v.find('!') {
            None => Ok(v.to_uppercase()),
            Some(at) => Err(Detail { what: v, at: at as u64 }),
        }
    }
    fn echo(v: Result<Vec<String>, Option<String>>) -> Result<Vec<String>, Option<String>> {
        v
    }
}
