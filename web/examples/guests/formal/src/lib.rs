//! A second component that exports `demo:greeting/greeter`: what imports it has a choice.

use std::cell::RefCell;

wit_bindgen::generate!({ path: "../../../../tests/demo/wit", world: "library" });

use exports::demo::greeting::greeter::{Guest, GuestGuestBook, Visitor};

struct Formal;

struct Book(RefCell<Vec<String>>);

impl Guest for Formal {
    type GuestBook = Book;
}

impl GuestGuestBook for Book {
    fn new() -> Book {
        Book(RefCell::new(Vec::new()))
    }

    fn greet(&self, visitor: Visitor) -> Result<String, String> {
        let words = visitor.languages.iter().find_map(|language| match language.as_str() {
            "English" => Some("How do you do"),
            "français" => Some("Enchanté"),
            _ => None,
        });
        let words = words.ok_or_else(|| String::from("we have not been introduced"))?;
        self.0.borrow_mut().push(visitor.name.clone());
        Ok(format!("{words}, {}.", visitor.name))
    }

    fn names(&self) -> Vec<String> {
        self.0.borrow().clone()
    }
}

export!(Formal);
