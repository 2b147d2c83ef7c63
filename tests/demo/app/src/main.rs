//! A program whose greetings come from another component.

wit_bindgen::generate!({ path: "../wit", world: "program" });

use demo::greeting::greeter::{GuestBook, Visitor};

fn main() {
    let book = GuestBook::new();
    for (name, languages) in [
        ("Ada", vec!["English"]),
        ("Grace", vec!["COBOL", "English"]),
        ("Blaise", vec!["latin", "français"]),
        ("Yukihiro", vec!["日本語"]),
        ("Linear B", vec!["Mycenaean"]),
    ] {
        let languages = languages.into_iter().map(String::from).collect();
        match book.greet(&Visitor { name: name.to_string(), languages }) {
            Ok(greeting) => println!("{greeting}"),
            Err(reason) => println!("{name}: {reason}"),
        }
    }
    println!("In the book: {}", book.names().join(", "));
}
