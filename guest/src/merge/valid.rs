//! Whether the merged module is valid. In: its bytes. Out: nothing, or an error. Not its job: what is
//! put around it (`wrap`).
//!
//! Everything is validated but those bodies that are certainly valid: they have been validated where
//! they come from, and copying changes nothing in them but indices, each to that of a definition of the
//! same type; and calls of functions that are one instruction, to that instruction (`accessors`). A body that
//! takes a reference to a function is not among them. Such an instruction is valid only where something
//! outside of all bodies names the function, and of a type that depends on who defines it.

use crate::error::{Error, Result};
use std::collections::BTreeSet;
use wasmparser::{FuncValidatorAllocations, Parser, ValidPayload, Validator, WasmFeatures};

/// Validates `module`, of its bodies those in `bodies`: places in the code section. Errors: `internal`,
/// or `limit-exceeded` where all that is exported is more than the validator takes.
pub fn check(module: &[u8], bodies: &BTreeSet<usize>) -> Result<()> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut allocations = FuncValidatorAllocations::default();
    let mut nth = 0usize;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(invalid)?;
        let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(invalid)? else {
            continue;
        };
        if bodies.contains(&nth) {
            let mut function = function.into_validator(std::mem::take(&mut allocations));
            function.validate(&body).map_err(invalid)?;
            allocations = function.into_allocations();
        }
        nth = nth.saturating_add(1);
    }
    Ok(())
}

fn invalid(error: wasmparser::Error) -> Error {
    Error::of_what_was_made("fused module", error.message())
}
