//! What is left out. In: what cannot be translated, and why. Out: notes. Not its job: finding out.

use crate::optimizations::{DEBUG_INFO, Note};
use std::collections::BTreeMap;

/// Why something is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// It is not as DWARF says.
    Malformed,
    /// An attribute's form, or a version, that is not known here.
    Form,
    /// It is a section that is not carried over.
    Kind,
    /// The rest of it is in another file.
    Split,
    /// An expression that reads a memory which debuggers do not look at: they know the first alone.
    OtherMemory,
    /// An expression that refers to what it cannot refer to in the result.
    Expression,
    /// An address inside of what merging has changed, or a range over several functions.
    Changed,
    /// It would be read more often than its size allows.
    Budget,
}

/// The result of translating something.
pub type Translated<T> = Result<T, Left>;

impl From<gimli::Error> for Left {
    fn from(_: gimli::Error) -> Left {
        Left::Malformed
    }
}

impl Left {
    fn why(self) -> &'static str {
        match self {
            Left::Malformed => "not well-formed",
            Left::Form => "of an unknown form or version",
            Left::Kind => "of a kind that is not carried over",
            Left::Split => "split, with the rest in another file",
            Left::OtherMemory => "in a memory that is not the first of the result",
            Left::Expression => "that nothing in the result is",
            Left::Changed => "inside of what has changed, or over several functions",
            Left::Budget => "shared too often, or longer than it may get",
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Section,
    Unit,
    LineProgram,
    LineSequence,
    Range,
    Address,
    Location,
    Reference,
}

impl What {
    fn name(self, count: u64) -> &'static str {
        match (self, count) {
            (What::Section, 1) => "section",
            (What::Section, _) => "sections",
            (What::Unit, 1) => "unit",
            (What::Unit, _) => "units",
            (What::LineProgram, 1) => "line program",
            (What::LineProgram, _) => "line programs",
            (What::LineSequence, 1) => "part of a line program",
            (What::LineSequence, _) => "parts of line programs",
            (What::Range, 1) => "range",
            (What::Range, _) => "ranges",
            (What::Address, 1) => "address",
            (What::Address, _) => "addresses",
            (What::Location, 1) => "location",
            (What::Location, _) => "locations",
            (What::Reference, 1) => "reference",
            (What::Reference, _) => "references",
        }
    }
}

/// How much of what is left out of one instance, and why.
#[derive(Debug, Default)]
pub struct Counts {
    counts: BTreeMap<(What, Left), u64>,
}

impl Counts {
    pub fn add(&mut self, what: What, why: Left) {
        let count = self.counts.entry((what, why)).or_default();
        *count = count.saturating_add(1);
    }

    /// A note for each.
    pub fn notes<'c>(&'c self, label: &'c str) -> impl Iterator<Item = Note> + 'c {
        self.counts.iter().map(move |((what, why), count)| {
            let text = format!("left out: {count} {} {}", what.name(*count), why.why());
            Note::new(DEBUG_INFO.0, text, label)
        })
    }
}
