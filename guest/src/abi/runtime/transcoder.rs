//! String transcoders, put together from the texts in `transcode/`. In: encodings and address
//! types. Out: a core module as bytes. Not its job: calling it (`adapter`).

use crate::error::{Error, Result};
use crate::link::StringEncoding;

/// The transcoder from one encoding to another (see `runtime/transcode/`). The flags say whether
/// the source's and the destination's addresses are i64.
pub fn transcoder(from: StringEncoding, from64: bool, to: StringEncoding, to64: bool) -> Result<Vec<u8>> {
    let _ = (from, from64, to, to64);
    Err(Error::internal("transcoders are not built yet"))
}
