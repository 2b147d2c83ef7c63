use exports::test::resource_destructors::things::{self, Guest, GuestThing, GuestToken};
use std::cell::RefCell;

wit_bindgen::generate!({ path: "cases/resource-destructors/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });

fn log(text: String) {
    LOG.with_borrow_mut(|log| log.push(text));
}

struct Thing {
    name: String,
    inner: RefCell<Vec<things::Thing>>,
}

impl Drop for Thing {
    fn drop(&mut self) {
        log(format!("drop {}", self.name));
    }
}

impl GuestThing for Thing {
    fn new(name: String) -> Thing {
        log(format!("new {name}"));
        Thing { name, inner: RefCell::new(Vec::new()) }
    }
    fn nest(&self, inner: things::Thing) {
        self.inner.borrow_mut().push(inner);
    }
}

struct Token;

impl GuestToken for Token {}

impl Drop for Token {
    fn drop(&mut self) {
        log("drop token".into());
    }
}

impl Guest for Component {
    type Thing = Thing;
    type Token = Token;

    fn issue() -> things::Token {
        things::Token::new(Token)
    }
    fn log() -> Vec<String> {
        LOG.take()
    }
}
