//! Puts the core module into its wrapping. In: the module, and a component that has an empty module
//! in its place. Out: the component. Not its job: what the component consists of (`component`).
//!
//! The module is nearly all of the output. It is moved up to make room for what comes before it, so
//! that there is never a second copy.

use super::shim::{START, Unstarted};
use crate::error::{Code, Error, Result};
use std::ops::Range;
use wasm_encoder::{ComponentSectionId, Encode, Module};
use wasmparser::{Parser, Payload, ValidPayload, Validator, WasmFeatures};

/// `wrapping` with `core` in place of its empty core module. `start`: what `core` begins with instead. Out: the
/// component, and where in it the core module is.
///
/// Errors: `internal` where the wrapping has no place for it, or both are too large together.
pub(super) fn enclose(
    mut core: Vec<u8>,
    start: Option<Unstarted>,
    wrapping: &[u8],
) -> Result<(Vec<u8>, Range<usize>)> {
    let place = place(wrapping).map_err(|e| invalid(&e))?;
    let place = place.ok_or_else(|| Error::internal("the core module has no place"))?.module;
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
    Ok((core, module))
}

/// What a wrapping has for the core module.
pub(super) struct Place {
    /// The section with the empty core module.
    pub module: Range<usize>,
    /// Whether a core module follows: the fixup, which fills the shim's table.
    pub fixup: bool,
    /// Whether that runs what was the start function.
    pub start: bool,
}

/// Where the core module belongs. None: there is no empty core module of the component itself.
pub(super) fn place(wrapping: &[u8]) -> wasmparser::Result<Option<Place>> {
    let mut found: Option<Place> = None;
    let mut depth = 0usize;
    for payload in Parser::new(0).parse_all(wrapping) {
        match payload? {
            Payload::ModuleSection { unchecked_range: range, .. } => {
                let inner = range.start as usize..range.end as usize;
                match &mut found {
                    Some(place) => place.fixup |= depth == 0,
                    None if depth == 0 && wrapping.get(inner.clone()) == Some(&Module::HEADER) => {
                        // The section's id and its length, a byte each, come before.
                        let module = inner.start.saturating_sub(2)..inner.end;
                        let head = [u8::from(ComponentSectionId::CoreModule), Module::HEADER.len() as u8];
                        if wrapping.get(module.start..inner.start) == Some(&head) {
                            found = Some(Place { module, fixup: false, start: false });
                        }
                    }
                    None => {}
                }
                depth += 1;
            }
            Payload::ImportSection(section) => {
                if let Some(place) = found.as_mut().filter(|place| place.fixup && depth == 1) {
                    for import in section.into_imports() {
                        place.start |= import?.name == START;
                    }
                }
            }
            Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(found)
}

/// Whether the component is valid, as far as this room has made it: the function bodies in `module`
/// have been validated where they come from, and copied.
pub(super) fn check(component: &[u8], module: &Range<usize>) -> Result<()> {
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
