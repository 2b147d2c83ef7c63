//! The runtime modules: handle tables and string transcoders, written as text in `runtime/`. In:
//! the parameters of one. Out: a core module as bytes. Not its job: calling them (`adapter`).

use crate::error::{Error, Result};
use crate::link::StringEncoding;

/// The handle runtime with `tables` handle tables (see `runtime/handles.wat`).
pub fn handles(tables: usize) -> Result<Vec<u8>> {
    let _ = tables;
    Err(Error::internal("the handle runtime is not built yet"))
}

/// The transcoder from one encoding to another (see `runtime/transcode/`). The flags say whether
/// the source's and the destination's addresses are i64.
pub fn transcoder(from: StringEncoding, from64: bool, to: StringEncoding, to64: bool) -> Result<Vec<u8>> {
    let _ = (from, from64, to, to64);
    Err(Error::internal("transcoders are not built yet"))
}
