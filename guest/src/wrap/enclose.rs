//! Puts the core module into its wrapping. In: the module, and a component that has an empty module
//! in its place. Out: the component, checked. Not its job: what the component consists of
//! (`component`).
//!
//! The module is nearly all of the output. It is moved up to make room for what comes before it, so
//! that there is never a second copy.

use super::shim::Unstarted;
use crate::error::{Code, Error, Result};
use std::ops::Range;
use wasm_encoder::{ComponentSectionId, Encode, Module};
use wasmparser::{Parser, Payload, ValidPayload, Validator, WasmFeatures};

/// `wrapping` with `core` in place of its core module number `nth`, which is empty. `start`: what
/// `core` begins with instead.
pub(super) fn enclose(
    mut core: Vec<u8>,
    start: Option<Unstarted>,
    wrapping: &[u8],
    nth: usize,
) -> Result<Vec<u8>> {
    let place = place(wrapping, nth)?;
    let (head, replaces) = match start {
        Some(start) => (start.head, start.replaces),
        None => (Vec::new(), 0),
    };
    let len = core.len().checked_sub(replaces).and_then(|rest| rest.checked_add(head.len()));
    let len = len.ok_or_else(|| Error::internal("the core module has no end"))?;

    let mut front = wrapping.get(..place.start).unwrap_or_default().to_vec();
    front.push(ComponentSectionId::CoreModule.into());
    // Checked because wasm-encoder counts on it.
    u32::try_from(len).map_err(|_| Error::internal("the core module is too large"))?;
    len.encode(&mut front);
    let module = front.len()..front.len().saturating_add(len);
    front.extend(head);
    let back = wrapping.get(place.end..).unwrap_or_default();

    core.reserve_exact(front.len().saturating_add(back.len()));
    core.splice(..replaces, front);
    core.extend_from_slice(back);
    check(&core, &module)?;
    Ok(core)
}

/// Where the section is that holds core module number `nth`.
fn place(wrapping: &[u8], nth: usize) -> Result<Range<usize>> {
    let mut modules = 0;
    let mut depth = 0usize;
    for payload in Parser::new(0).parse_all(wrapping) {
        match payload.map_err(|e| invalid(&e))? {
            Payload::ModuleSection { unchecked_range: range, .. } => {
                if depth == 0 && modules == nth {
                    // Its length and the section's id, a byte each, come before.
                    let start = (range.start as usize).checked_sub(2);
                    let empty = Module::HEADER.len() as u64 == range.end.saturating_sub(range.start);
                    let start = start.filter(|_| empty);
                    let start = start.ok_or_else(|| Error::internal("the core module has no place"))?;
                    return Ok(start..range.end as usize);
                }
                modules += usize::from(depth == 0);
                depth += 1;
            }
            Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Err(Error::internal("the core module has no place"))
}

/// Whether the component is valid, as far as this room has made it: the function bodies in `module`
/// have been validated where they come from, and copied.
fn check(component: &[u8], module: &Range<usize>) -> Result<()> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(|e| invalid(&e))?;
        if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(|e| invalid(&e))?
            && !module.contains(&(body.range().start as usize))
        {
            function.into_validator(Default::default()).validate(&body).map_err(|e| invalid(&e))?;
        }
    }
    Ok(())
}

fn invalid(error: &wasmparser::Error) -> Error {
    let error = Error::of_what_was_made("fused component", error.message());
    match error.code {
        Code::LimitExceeded => error.hint("a core module has no such limit"),
        _ => error,
    }
}
