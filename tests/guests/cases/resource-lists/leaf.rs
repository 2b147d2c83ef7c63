use exports::test::resource_lists::shelf::{self, BookBorrow, Guest, GuestBook};
use std::cell::Cell;
use std::collections::BTreeMap;

wit_bindgen::generate!({ path: "cases/resource-lists/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static LIVE: Cell<u32> = const { Cell::new(0) });

struct Book {
    title: String,
    pages: Vec<String>,
}

impl Drop for Book {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

impl GuestBook for Book {
    fn new(title: String, pages: Vec<String>) -> Book {
        LIVE.set(LIVE.get() + 1);
        Book { title, pages }
    }
    fn pages(&self) -> Vec<String> {
        self.pages.clone()
    }
    fn title(&self) -> String {
        self.title.clone()
    }
}

fn title(book: &shelf::Book) -> String {
    book.get::<Book>().title.clone()
}

impl Guest for Component {
    type Book = Book;

    fn make(n: u32) -> Vec<shelf::Book> {
        (0..n)
            .map(|i| shelf::Book::new(Book::new(format!("{i:04}"), vec!["page".into(); i as usize % 3])))
            .collect()
    }
    fn sort(mut v: Vec<shelf::Book>) -> Vec<shelf::Book> {
        v.sort_by_key(title);
        v
    }
    fn titles(v: Vec<BookBorrow<'_>>) -> Vec<String> {
        v.iter().map(|book| book.get::<Book>().title.clone()).collect()
    }
    fn group(v: Vec<shelf::Book>) -> Vec<(char, Vec<shelf::Book>)> {
        let mut groups: BTreeMap<char, Vec<shelf::Book>> = BTreeMap::new();
        for book in v {
            groups.entry(title(&book).chars().next().unwrap_or('?')).or_default().push(book);
        }
        groups.into_iter().collect()
    }
    fn live() -> u32 {
        LIVE.get()
    }
}
