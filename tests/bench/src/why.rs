//! Why a cell of a table has no figure: a word for the cell, and the rest for a note below. In: errors.
//! Out: what can be kept in a file. Not its job: the table.

use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Word {
    /// There is no such thing, or no such program on this machine.
    Nothing,
    /// It was not fused.
    Refused,
    /// What was made is no module or component that wasmtime takes.
    Invalid,
    Traps,
    Wrong,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    pub word: Word,
    pub detail: String,
}

impl Why {
    pub fn new(word: Word, error: &anyhow::Error) -> Why {
        Why { word, detail: essence(&format!("{error:?}")) }
    }
}

/// An error is one of these from within, or it is about what could not be compiled or instantiated.
impl From<anyhow::Error> for Why {
    fn from(error: anyhow::Error) -> Why {
        let why = error.downcast_ref::<Why>().cloned();
        why.or_else(|| Some(Why { word: *error.downcast_ref()?, detail: String::new() }))
            .unwrap_or_else(|| Why::new(Word::Invalid, &error))
    }
}

/// The last line of a chain of causes that says something.
fn essence(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let causes = lines.take_while(|line| !line.starts_with("Stack backtrace"));
    let last = causes.last().unwrap_or_default();
    last.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':').trim().to_string()
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Word::Nothing => "–",
            Word::Refused => "refused",
            Word::Invalid => "invalid",
            Word::Traps => "traps",
            Word::Wrong => "wrong",
        })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.word, self.detail)
    }
}

impl std::error::Error for Word {}
impl std::error::Error for Why {}
