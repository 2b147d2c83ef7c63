//! What can go wrong, in one type. In: a code, a message and what is known of the place. Out: the
//! error that every room returns and that the WIT interface and the command lines show. Not its
//! job: how it is shown.

use serde::{Serialize, Serializer};
use std::fmt;

/// What kind of thing went wrong. The names are stable: they are the WIT enum `error-code` and
/// the `code` of the JSON form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The bytes are not a WebAssembly binary, or end too early, or the text does not parse.
    Malformed,
    /// A well-formed binary that validation rejects.
    Invalid,
    /// A core module or a WIT package where a component is needed.
    NotAComponent,
    /// Valid, and outside what meld fuses.
    Unsupported,
    /// Past one of the budgets that keep a hostile input from using up the machine.
    LimitExceeded,
    /// Several inputs: one import can be met by more than one export, or two inputs export one name.
    AmbiguousImport,
    /// Several inputs wait for each other in a circle.
    ImportCycle,
    /// Several inputs: nothing connects them.
    NothingInCommon,
    /// Several inputs: an import and an export of one name whose types do not fit.
    IncompatibleTypes,
    /// The WAC document does not parse or does not resolve.
    InvalidWac,
    /// An option names something that the inputs do not have, options contradict each other, or the
    /// methods of a session are called out of order.
    InvalidOption,
    /// A defect of meld's own.
    Internal,
}

impl Code {
    /// The stable kebab-case name.
    pub fn name(self) -> &'static str {
        match self {
            Code::Malformed => "malformed",
            Code::Invalid => "invalid",
            Code::NotAComponent => "not-a-component",
            Code::Unsupported => "unsupported",
            Code::LimitExceeded => "limit-exceeded",
            Code::AmbiguousImport => "ambiguous-import",
            Code::ImportCycle => "import-cycle",
            Code::NothingInCommon => "nothing-in-common",
            Code::IncompatibleTypes => "incompatible-types",
            Code::InvalidWac => "invalid-wac",
            Code::InvalidOption => "invalid-option",
            Code::Internal => "internal",
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// An error: what, where, why, and what to do. Serialized, what is not known is null.
///
/// ```
/// use meld_fuser::{Code, Input, Options, fuse};
///
/// let error = fuse(vec![Input::new("module.wat", "(module)")], Options::default()).unwrap_err();
/// assert_eq!(error.code, Code::NotAComponent);
/// assert_eq!(error.input.as_deref(), Some("module.wat"));
/// assert!(error.hint.unwrap().contains("wasm-tools component new"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Error {
    /// What kind of thing went wrong.
    pub code: Code,
    /// One sentence without a full stop: what is wrong and why.
    pub message: String,
    /// The name of the input, as the caller gave it.
    pub input: Option<String>,
    /// Where in that input, in bytes from its start. Of an input that is text: in the text for
    /// `Malformed`, and for the other codes in the binary that the text stands for.
    pub offset: Option<u64>,
    /// The way from the root component to the place, outermost first, each step as a reader would
    /// write it (`component 2`, `instance "a"`, `core module 0`).
    pub path: Vec<String>,
    /// What to do about it, where that is known. In words that hold for every caller: `a WAC document`,
    /// `which package it is`, `as a component`. The command adds what its arguments call these.
    pub hint: Option<String>,
}

/// A result whose error is meld's.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of which nothing but this is known.
    pub fn new(code: Code, message: impl Into<String>) -> Error {
        Error { code, message: message.into(), input: None, offset: None, path: Vec::new(), hint: None }
    }

    /// A valid construct outside the supported set; `construct` names it.
    pub fn unsupported(construct: impl fmt::Display) -> Error {
        Error::new(Code::Unsupported, format!("{construct} cannot be fused"))
    }

    /// A budget that the input goes past.
    pub fn limit(what: impl fmt::Display, limit: u64) -> Error {
        Error::new(Code::LimitExceeded, format!("{what}: the limit is {limit}"))
    }

    /// What the validator finds wrong with what was made: one of its limits, since what is made says some of
    /// the input's types and names more than once, or a defect. `what` is what was made, such as "fused module".
    pub fn of_what_was_made(what: &str, message: &str) -> Error {
        if message.contains(" exceeds limit of ") || message.contains(" exceeds the limit of ") {
            return Error::new(Code::LimitExceeded, format!("the {what} is too large: {message}"));
        }
        Error::internal(format!("the {what} is not valid: {message}"))
    }

    /// A defect of meld's own, in a place that a valid plan never reaches.
    pub fn internal(message: impl fmt::Display) -> Error {
        Error::new(Code::Internal, message.to_string())
            .hint("this is a defect of meld: please report it with the input")
    }

    /// Sets the offset, unless a place nearer to the fault has.
    pub fn at(mut self, offset: usize) -> Error {
        self.offset.get_or_insert(offset as u64);
        self
    }

    /// Sets the input's name, unless a place nearer to the fault has.
    pub fn in_input(mut self, name: &str) -> Error {
        self.input.get_or_insert_with(|| name.to_string());
        self
    }

    /// An error about the binary that a text input has become. `Malformed` is kept for the text
    /// itself, whose offsets are others: what the text stands for is not a valid component.
    pub fn in_binary_of_text(mut self) -> Error {
        if self.code == Code::Malformed {
            self.code = Code::Invalid;
        }
        self
    }

    /// Puts `step` before the path: called on the way out of a nested place.
    pub fn within(mut self, step: impl Into<String>) -> Error {
        self.path.insert(0, step.into());
        self
    }

    /// What to do about it, unless a place nearer to the fault has already said so.
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }
}

/// A name from outside as it can be put on a terminal: characters that would act there, or cannot be
/// seen, are written as escapes.
pub fn shown(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' | '\'' | '\\' => text.push(c),
            _ => text.extend(c.escape_debug()),
        }
    }
    text
}

impl fmt::Display for Error {
    /// One line: message, then the place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if let Some(input) = &self.input {
            write!(f, " (in {input}")?;
            if let Some(offset) = self.offset {
                write!(f, " at offset {offset:#x}")?;
            }
            write!(f, ")")?;
        } else if let Some(offset) = self.offset {
            write!(f, " (at offset {offset:#x})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
