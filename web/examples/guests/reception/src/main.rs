//! A program that greets the names on its standard input, in the languages of its arguments.

wit_bindgen::generate!({ path: "../../../../tests/demo/wit", world: "program" });

use demo::greeting::greeter::{GuestBook, Visitor};
use std::process::ExitCode;

fn main() -> ExitCode {
    let languages: Vec<String> = std::env::args().skip(1).collect();
    if languages.is_empty() {
        eprintln!("usage: reception LANGUAGE...");
        return ExitCode::FAILURE;
    }
    let book = GuestBook::new();
    for name in std::io::stdin().lines().map_while(Result::ok) {
        match book.greet(&Visitor { name, languages: languages.clone() }) {
            Ok(greeting) => println!("{greeting}"),
            Err(reason) => eprintln!("{reason}"),
        }
    }
    println!("{} in the book", book.names().len());
    ExitCode::SUCCESS
}
