//! What runs inside the result beside the guests. In: how many handle tables there are; which encodings
//! and address types a string goes between. Out: core modules as bytes, put together from the texts in
//! this directory, and the names and types of what they export. Not its job: calling them (`adapter`),
//! instantiating them (`assemble`).
//!
//! In reading order:
//!
//! - [`Trap`]: why these modules and the adapters trap, and the functions that do
//! - [`handles`](handles()): the handle runtime (`handles.wat`): handle tables, borrow scopes, and the
//!   memory in which values lie on their way across the outer boundary
//! - [`RuntimeFunction`]: the functions that it exports
//! - [`SCHEDULER`]: tasks, waitables, streams and futures (`scheduler/`, in Rust)
//! - [`transcoder`](transcoder()): string transcoders (`transcode/*.wat`, `common.wat` first)

mod function;
mod handles;
mod scheduler;
mod transcoder;
mod trap;

pub use function::RuntimeFunction;
pub use handles::{BORROWS, HandleTables, Scopes, descriptor, handles};
pub use scheduler::{SCHEDULER, SchedulerFunction, task};
pub use transcoder::{Manner, StringForm, TRANSCODER_BYTES, transcoder};
pub use trap::{PREFIX as TRAP_PREFIX, Trap, traps};

use crate::error::{Error, Result};

/// `text` with each placeholder replaced.
fn fill(text: &str, placeholders: &[(&str, &str)]) -> String {
    placeholders.iter().fold(text.to_string(), |text, (name, value)| text.replace(name, value))
}

/// Text to binary. The texts are part of meld, so none fails to parse (`tests/tests/runtime` makes
/// each of them).
fn assemble(text: &str) -> Result<Vec<u8>> {
    wat::parse_str(text).map_err(|e| Error::internal(format!("a runtime module does not parse: {e}")))
}
