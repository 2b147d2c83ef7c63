//! Fuses again what a result says that it came from. In: what went in, and the result. Out: nothing, where they
//! belong together; else what differs. Not its job: fusing (`session`), and what a result says (`provenance`).

use crate::error::{Code, Error, Result, shown};
use crate::interface::{Input, OutputKind};
use crate::provenance::{self, Found, Meld, Provenance, SECTION, Untold};
use crate::read;
use crate::session::fuse;
use std::borrow::Cow;
use wasmparser::{Encoding, Parser, Payload};

/// Fuses `inputs`, in the order in which they went in, by the options that `fused` tells, and compares. Their names
/// and packages are those that it tells: it does not matter where they are now.
///
/// Errors: `Malformed` for a result that is no binary; `Unsupported` for one that does not tell what it came from,
/// tells it in a way that is not known here, or was made by another version; `Invalid` for one that is not what
/// comes out, with what differs: an input, or the byte of the result. And those of fusing.
pub fn verify(inputs: Vec<Input>, fused: Input) -> Result<()> {
    let name = fused.name.clone();
    let bytes = read::to_binary(fused)?.bytes;
    compare(inputs, &bytes).map_err(|error| error.in_input(&name))
}

fn compare(inputs: Vec<Input>, fused: &[u8]) -> Result<()> {
    let (output, found) = told(fused)?;
    let found = found.ok_or_else(|| {
        let message = format!("it does not tell what it came from: it has no section `{SECTION}`");
        Error::new(Code::Unsupported, message).hint("fuse with `provenance`, and compare that")
    })?;
    let Found { provenance, functions } = found.map_err(|why| match why {
        Untold::Unreadable(why) => unreadable(&why),
        Untold::Changed => Error::internal("what a section says has changed"),
    })?;
    let this = Meld::this();
    if provenance.meld != this {
        let message = format!(
            "it was made by meld {}, and this is {}: the same bytes are not to be expected",
            called(&provenance.meld),
            called(&this)
        );
        return Err(Error::new(Code::Unsupported, message));
    }
    let inputs = same(inputs, &provenance)?;
    let options = provenance.options.again(output).ok_or_else(|| unreadable("it has unknown options"))?;
    // Errors about the inputs are about what is not what the result came from: they have their names.
    let again = fuse(inputs, options)?.bytes;
    if again == fused {
        return Ok(());
    }
    let message = match functions {
        Err(Untold::Changed) => "its code has been changed since it was made".to_string(),
        _ => {
            let same = again.iter().zip(fused).take_while(|(a, b)| a == b).count();
            format!("what comes out is another: it differs from byte {same:#x} on")
        }
    };
    Err(Error::new(Code::Invalid, message))
}

fn called(meld: &Meld) -> String {
    let version = shown(&meld.version);
    match &meld.sha256 {
        Some(sha256) => format!("{version} (SHA-256 {})", shown(sha256)),
        None => format!("{version} (not as meld.wasm)"),
    }
}

fn unreadable(why: &str) -> Error {
    Error::new(Code::Unsupported, format!("the section `{SECTION}` cannot be read: {}", shown(why)))
}

/// What a core module, or the first core module of a component that tells it, says of where it came from.
fn told(fused: &[u8]) -> Result<(OutputKind, Option<Result<Found, Untold>>)> {
    let mut end = 0;
    for payload in Parser::new(0).parse_all(fused) {
        let payload = payload.map_err(|e| {
            Error::new(Code::Malformed, read::without_debug_forms(e.message())).at(e.offset() as usize)
        })?;
        let inner = match payload {
            Payload::Version { encoding: Encoding::Module, range, .. } if range.start == 0 => {
                return Ok((OutputKind::CoreModule, provenance::find(fused)));
            }
            Payload::ModuleSection { unchecked_range, .. } => unchecked_range,
            Payload::ComponentSection { unchecked_range, .. } => {
                // What is in another component is not about this one.
                end = end.max(unchecked_range.end);
                continue;
            }
            _ => continue,
        };
        if inner.start < end {
            continue;
        }
        let module = fused.get(inner.start as usize..inner.end as usize).unwrap_or_default();
        if let Some(found) = provenance::find(module) {
            return Ok((OutputKind::Component, Some(found)));
        }
    }
    Ok((OutputKind::Component, None))
}

/// The inputs, if they are those that the result came from, under the names that they had.
fn same(inputs: Vec<Input>, provenance: &Provenance) -> Result<Vec<Input>> {
    let told = &provenance.inputs;
    if told.len() != inputs.len() {
        let message = format!("it came from {} inputs, and {} are given", told.len(), inputs.len());
        return Err(Error::new(Code::Invalid, message));
    }
    let mut same = Vec::new();
    for (nth, (input, told)) in inputs.into_iter().zip(told).enumerate() {
        let given = provenance::Input::of(&input);
        if given.sha256 != told.sha256 {
            let called = match input.name == told.name {
                true => Cow::Borrowed(""),
                false => Cow::Owned(format!(", then called {}", shown(&told.name))),
            };
            let message = format!(
                "input {} is another: {} has the SHA-256 {}, and what it came from{called}, had {}",
                nth.saturating_add(1),
                shown(&input.name),
                given.sha256,
                shown(&told.sha256),
            );
            return Err(Error::new(Code::Invalid, message));
        }
        same.push(Input { name: told.name.clone(), bytes: input.bytes, package: told.package.clone() });
    }
    Ok(same)
}
