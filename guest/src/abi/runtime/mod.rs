//! The runtime modules: handle tables and string transcoders, written as text in this directory.
//! In: the parameters of one. Out: a core module as bytes. Not its job: calling them (`adapter`).

mod transcoder;

pub use transcoder::{StringForm, transcoder};

use crate::error::{Error, Result};

/// The handle runtime's text.
const HANDLES: &str = include_str!("handles.wat");

/// Where the table descriptors begin, the size of one, and the size of a page: as `handles.wat`.
const DESCRIPTORS: usize = 0x80;
const DESCRIPTOR_SIZE: usize = 16;
const PAGE: usize = 0x10000;

/// The handle runtime with `tables` handle tables (see `runtime/handles.wat`). Errors: an internal
/// one for more tables than 32-bit memory holds, which is past every budget.
pub fn handles(tables: usize) -> Result<Vec<u8>> {
    let heap = tables
        .checked_mul(DESCRIPTOR_SIZE)
        .and_then(|size| size.checked_add(DESCRIPTORS))
        .filter(|heap| i32::try_from(*heap).is_ok())
        .ok_or_else(|| Error::internal("too many handle tables"))?;
    let pages = heap.div_ceil(PAGE);
    assemble(&fill(HANDLES, &[("{HEAP}", &heap.to_string()), ("{PAGES}", &pages.to_string())]))
}

/// `text` with each placeholder replaced.
fn fill(text: &str, placeholders: &[(&str, &str)]) -> String {
    placeholders.iter().fold(text.to_string(), |text, (name, value)| text.replace(name, value))
}

/// Text to binary. The texts are part of meld, so none fails to parse (`tests/tests/runtime.rs`
/// makes each of them).
fn assemble(text: &str) -> Result<Vec<u8>> {
    wat::parse_str(text).map_err(|e| Error::internal(format!("a runtime module does not parse: {e}")))
}
