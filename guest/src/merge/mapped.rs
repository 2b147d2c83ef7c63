//! The result of giving one thing new indices. In: what wasm-encoder's `Reencode` reports. Out: meld's
//! errors. Not its job: mapping.

use crate::error::{Code, Error, Result};
use std::fmt;
use wasm_encoder::reencode;

/// An index that means nothing in its module. Small, because every mapped index returns a `Result`.
#[derive(Debug, Clone, Copy)]
pub struct Unmapped {
    pub what: &'static str,
    pub index: u32,
}

/// The result of mapping one thing.
pub type Mapped<T = u32> = Result<T, reencode::Error<Unmapped>>;

impl fmt::Display for Unmapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} does not exist", self.what, self.index)
    }
}

/// What `Reencode` reports, as an error of meld's.
pub fn convert(error: reencode::Error<Unmapped>) -> Error {
    match error {
        reencode::Error::ParseError(e) => {
            Error::new(Code::Malformed, e.message().to_string()).at(e.offset() as usize)
        }
        other => Error::internal(other),
    }
}
