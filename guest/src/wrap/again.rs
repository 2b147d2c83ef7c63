//! `meld wrap`. In: a core module that meld has fused, after an optimiser has been at it. Out: the component of
//! it, the same that fusing to a component gives where nothing was changed. Not its job: what is put around the
//! module (`component`): that comes along in a custom section.
//!
//! The module is read as any input is: hostile. What the section holds decides what the result means, and never
//! whether it is valid.

use super::enclose::{Place, enclose, place};
use super::fit;
use super::sections::{COMPONENT as SECTION, COMPONENT_TYPE};
use super::shim::without_start;
use super::with_start::with_start;
use crate::assemble::boundary::{Boundary, SECTION as BOUNDARY, VERSION, VERSION_2};
use crate::error::{Code, Error, Result};
use crate::interface::Input;
use crate::metadata::is_about_the_whole;
use crate::read::{self, Reader, limits};
use std::ops::Range;
use wasm_encoder::{ComponentSection, CustomSection};
use wasmparser::types::Types;
use wasmparser::{Encoding, Parser, Payload, ValidPayload, Validator, WasmFeatures};

/// Makes the component of a core module that meld fused, binary or text. It may have been changed by whatever
/// keeps its imports, exports and custom sections; one that was not changed becomes what `fuse` makes with
/// `OutputKind::Component`.
///
/// Errors: `Malformed` and `Invalid` for what is no valid core module, and for one whose imports, exports or
/// types are not those that it was fused to, with the name; `Unsupported` for one that carries nothing of a
/// component; `LimitExceeded` where the component is too large.
pub fn wrap(module: Input) -> Result<Vec<u8>> {
    let text = read::is_text(&module.bytes);
    let Input { name, bytes, .. } = read::to_binary(module)?;
    again(bytes).map_err(|error| {
        let error = error.in_input(&name);
        if text { error.in_binary_of_text() } else { error }
    })
}

fn again(module: Vec<u8>) -> Result<Vec<u8>> {
    let Sections { wrapping, boundary, about, whole, types } = Sections::read(&module)?;
    fit::check(types.as_ref(), &boundary)?;
    let place = place(&wrapping).map_err(|e| unfit(e.message()))?;
    let Place { fixup, start: starts, .. } = place.ok_or_else(|| unfit("it has no place for the module"))?;

    let mut core = without(module, &about);
    // Without a fixup nothing waits for imports, and the module begins as it is.
    let start = match (fixup, starts) {
        (false, _) => None,
        (true, true) => {
            if !has_start(&core)? {
                core = with_start(&core, types.as_ref())?;
            }
            without_start(&core)?
        }
        (true, false) if has_start(&core)? => {
            let message = "the module has a start function, which it had not when it was fused";
            return Err(Error::new(Code::Invalid, message));
        }
        (true, false) => None,
    };
    let moved = start.as_ref().map_or(0, |start| start.head.len());
    let replaced = start.as_ref().map_or(0, |start| start.replaces);
    let (mut component, inside) = enclose(core, start, &wrapping)?;
    for (name, data) in whole {
        CustomSection { name: name.into(), data: data.into() }.append_to_component(&mut component);
    }
    validate(&component).map_err(|error| {
        let offset = error.offset.and_then(|offset| usize::try_from(offset).ok());
        match offset.filter(|offset| inside.contains(offset)) {
            Some(offset) => {
                let in_core = offset.saturating_sub(inside.start);
                let rest = in_core.checked_sub(moved).map(|rest| rest.saturating_add(replaced));
                let offset = rest.map(|offset| original(offset, &about) as u64);
                Error { path: Vec::new(), offset, ..error }
            }
            None if error.code == Code::LimitExceeded => Error { path: Vec::new(), offset: None, ..error },
            None => match Error::of_what_was_made("component", &error.message) {
                limit if limit.code == Code::LimitExceeded => limit,
                _ => unfit(&error.message),
            },
        }
    })?;
    Ok(component)
}

fn validate(component: &[u8]) -> Result<()> {
    let mut reader = Reader::new(component);
    while reader.step()? {}
    reader.finish().map(|_| ())
}

fn unfit(why: &str) -> Error {
    let message = format!("the section `{SECTION}` does not fit the module: {why}");
    Error::new(Code::Invalid, message)
}

/// What a fused module says of itself.
struct Sections {
    wrapping: Vec<u8>,
    boundary: Boundary,
    /// Where the sections are that do not stay in the core module, with their heads: those about a module that
    /// stands alone, and `whole`.
    about: Vec<Range<usize>>,
    /// Those that are about the component: names and contents.
    whole: Vec<(String, Vec<u8>)>,
    types: Types,
}

impl Sections {
    /// Reads and validates the module but for its function bodies.
    fn read(module: &[u8]) -> Result<Sections> {
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let (mut wrapping, mut boundary, mut about, mut whole) = (None, None, Vec::new(), Vec::new());
        let mut types = None;
        let mut end = 0usize;
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.map_err(|e| fault(Code::Malformed, &e))?;
            if let Payload::Version { encoding: Encoding::Component, .. } = payload {
                let error =
                    Error::new(Code::Unsupported, "a component, where a core module is to be wrapped");
                return Err(error.at(0).hint("it needs no wrapping"));
            }
            if let ValidPayload::End(found) =
                validator.payload(&payload).map_err(|e| fault(Code::Invalid, &e))?
            {
                types = Some(found);
            }
            if let Payload::Version { range, .. } = &payload {
                end = range.end as usize;
            }
            let Some((_, range)) = payload.as_section() else { continue };
            let head = end;
            end = range.end as usize;
            let Payload::CustomSection(section) = payload else { continue };
            let slot = match section.name() {
                SECTION => Some(&mut wrapping),
                BOUNDARY => Some(&mut boundary),
                COMPONENT_TYPE => None,
                name if is_about_the_whole(name) => {
                    whole.push((name.to_string(), section.data().to_vec()));
                    None
                }
                _ => continue,
            };
            about.push(head..end);
            if let Some(slot) = slot
                && slot.replace(section.data()).is_some()
            {
                let message = format!("the module has two sections `{}`", section.name());
                return Err(Error::new(Code::Invalid, message).at(head));
            }
        }
        let types = types.ok_or_else(|| Error::new(Code::Malformed, "the module has no end"))?;
        let wrapping = wrapping.ok_or_else(|| missing(SECTION))?.to_vec();
        let boundary = parsed(boundary.ok_or_else(|| missing(BOUNDARY))?)?;
        Ok(Sections { wrapping, boundary, about, whole, types })
    }
}

fn parsed(json: &[u8]) -> Result<Boundary> {
    // Read, it can take many times its size.
    if json.len() > limits::WRAPPING_BYTES {
        let limit = limits::WRAPPING_BYTES as u64;
        return Err(Error::limit(format!("bytes of the section `{BOUNDARY}`"), limit));
    }
    let boundary: Boundary = serde_json::from_slice(json)
        .map_err(|e| Error::new(Code::Invalid, format!("the section `{BOUNDARY}` cannot be read: {e}")))?;
    match boundary.version {
        VERSION | VERSION_2 => Ok(boundary),
        version => {
            Err(Error::new(Code::Unsupported, format!("version {version} of the section `{BOUNDARY}`")))
        }
    }
}

fn missing(section: &str) -> Error {
    let message = format!("the module has no section `{section}`, which it needs to become a component");
    Error::new(Code::Unsupported, message).hint(
        "modules that meld fused have it, unless they are for WASI 0.1 or their memories are parts of one; what is \
         done to them has to keep custom sections",
    )
}

fn fault(code: Code, error: &wasmparser::Error) -> Error {
    Error::new(code, read::without_debug_forms(error.message())).at(error.offset() as usize)
}

fn has_start(core: &[u8]) -> Result<bool> {
    for payload in Parser::new(0).parse_all(core) {
        match payload.map_err(|e| fault(Code::Malformed, &e))? {
            Payload::StartSection { .. } => return Ok(true),
            Payload::CodeSectionStart { .. } | Payload::DataSection(_) => break,
            _ => {}
        }
    }
    Ok(false)
}

/// `module` without what lies in `ranges`, which are in order and apart.
fn without(mut module: Vec<u8>, ranges: &[Range<usize>]) -> Vec<u8> {
    // Each byte moves once, however many ranges there are.
    let (mut from, mut to) = (0usize, 0usize);
    for range in ranges.iter().chain([&(module.len()..module.len())]) {
        let kept = from..range.start;
        if kept.start > kept.end || kept.end > module.len() {
            continue;
        }
        let count = kept.len();
        module.copy_within(kept, to);
        to = to.saturating_add(count);
        from = range.end;
    }
    module.truncate(to);
    module
}

/// Where that was which is at `offset` without `ranges`.
fn original(offset: usize, ranges: &[Range<usize>]) -> usize {
    ranges.iter().fold(offset, |offset, range| match range.start <= offset {
        true => offset.saturating_add(range.len()),
        false => offset,
    })
}
