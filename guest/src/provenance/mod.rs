//! Where a result came from. In: what was fused and how, and what each function of the merged module was. Out: the
//! custom section `meld:provenance` (docs/PROVENANCE.md), and what one says, read again. Not its job: fusing again
//! to compare (`verify`), and putting the section into the module (`session`).
//!
//! In reading order:
//!
//! - [`document`]: what the section holds
//! - `numbers`: which function was which, as text
//! - `write`: the section of a merged module
//! - `read`: that of any module, which is input and hostile

mod document;
mod numbers;
mod read;
mod write;

pub use document::{Becomes, Crossing, Input, Meld, MemoryOf, Options, Provenance};
pub use read::{Found, Function, Origin, Untold, find};
pub use write::{Part, Request, section};

/// The custom section.
pub const SECTION: &str = "meld:provenance";
