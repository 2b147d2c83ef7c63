//! A component that exports `demo:greeting/greeter`.

use std::cell::RefCell;

wit_bindgen::generate!({ path: "../wit", world: "library" });

use exports::demo::greeting::greeter::{Guest, GuestGuestBook, Visitor};

struct Greeter;

struct Book(RefCell<Vec<String>>);

impl Guest for Greeter {
    type GuestBook = Book;
}

impl GuestGuestBook for Book {
    fn new() -> Book {
        Book(RefCell::new(Vec::new()))
    }

    fn greet(&self, visitor: Visitor) -> Result<String, String> {
        let words = visitor.languages.iter().find_map(|language| match language.as_str() {
            "English" => Some("Welcome"),
            "français" => Some("Bienvenue"),
            "日本語" => Some("ようこそ"),
            _ => None,
        });
        let words = words.ok_or_else(|| format!("no greeting for {}", visitor.languages.join(" or ")))?;
        self.0.borrow_mut().push(visitor.name.clone());
        Ok(format!("{words}, {}!", visitor.name))
    }

    fn names(&self) -> Vec<String> {
        self.0.borrow().clone()
    }
}

export!(Greeter);
