//! Core names that no two items share. In: the name that an item would have alone. Out: the one that it
//! gets. Not its job: what names mean: the `Boundary` says what each stands for.

use crate::read::limits;
use std::collections::{HashMap, HashSet};

/// The names of one space, no two alike.
#[derive(Default)]
pub struct UniqueNames {
    taken: HashSet<String>,
    /// For each name that was asked for again, the last number that it got.
    numbers: HashMap<String, u64>,
}

impl UniqueNames {
    /// `name`, or `name-2`, `name-3`, …: the first that is free. A name that is too long is cut.
    pub fn claim(&mut self, name: String) -> String {
        let name = shortened(name);
        if self.taken.insert(name.clone()) {
            return name;
        }
        let number = self.numbers.entry(name.clone()).or_insert(1);
        loop {
            *number = number.saturating_add(1);
            let numbered = format!("{name}-{number}");
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}

/// A name as long as engines take, with room for a number. Names are made of names, so that they can
/// grow past that; they carry no meaning.
pub fn shortened(mut name: String) -> String {
    if let Some(room) = limits::NAME_BYTES.checked_sub(32).filter(|room| *room < name.len()) {
        let end = name.char_indices().map(|(at, _)| at).take_while(|at| *at <= room).last();
        name.truncate(end.unwrap_or_default());
    }
    name
}
