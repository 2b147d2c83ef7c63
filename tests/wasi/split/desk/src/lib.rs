//! A component of three: standard input, environment, clocks and random numbers. It keeps what it reads in
//! documents of `shelf`.

wit_bindgen::generate!({ path: "../wit", world: "desks" });

use exports::test::split::desk::{Guest, GuestReader};
use std::cell::RefCell;
use std::collections::hash_map::RandomState;
use std::env;
use std::hash::BuildHasher;
use std::io::{self, BufRead, Read};
use std::thread;
use std::time::{Duration, Instant};
use test::split::shelf::{Document, Folder};

struct Desk;

struct Reader;

thread_local! {
    static DIARY: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn note(what: String) {
    DIARY.with_borrow_mut(|diary| diary.push(what));
}

impl Guest for Desk {
    type Reader = Reader;

    fn variables() -> Vec<(String, String)> {
        let mut variables: Vec<_> = env::vars().collect();
        variables.sort();
        variables
    }

    fn wait(milliseconds: u32) -> bool {
        let (time, before) = (Duration::from_millis(u64::from(milliseconds)), Instant::now());
        thread::sleep(time);
        note(format!("waited {milliseconds}"));
        before.elapsed() >= time
    }

    fn draw() -> bool {
        RandomState::new().hash_one(1) != RandomState::new().hash_one(1)
    }

    fn copy(document: Document, into: &Folder, name: String) -> Result<Folder, String> {
        let folder = into.make(&name)?;
        let size = document.size()?;
        let bytes = document.read(0, u32::try_from(size).map_err(|error| error.to_string())?)?;
        folder.create(&name, &bytes)?;
        note(format!("copied {size} bytes to {name}"));
        Ok(folder)
    }

    fn diary() -> Vec<String> {
        DIARY.take()
    }
}

impl GuestReader for Reader {
    fn new() -> Reader {
        Reader
    }

    fn line(&self) -> Result<String, String> {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(|error| error.to_string())?;
        note(format!("read {} bytes", line.len()));
        Ok(line)
    }

    fn save(&self, to: &Document) -> Result<u64, String> {
        let mut rest = Vec::new();
        io::stdin().lock().read_to_end(&mut rest).map_err(|error| error.to_string())?;
        for part in rest.chunks(10_000) {
            to.append(part)?;
        }
        to.size()
    }
}

export!(Desk);
