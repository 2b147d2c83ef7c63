//! Several inputs to one component, on wac-graph. In: binary inputs, and a WAC document or none. Out:
//! `Composed`, one component in which each input stands unchanged, and where; or `Wiring`, which tells
//! what meets each import. Not its job: validating function bodies (`read` does, on the composition),
//! and fusing.
//!
//! `docs/COMPOSING.md` is the reference of the rules. In reading order:
//!
//! - `shape`: what an input imports and exports, and whose types that uses
//! - `matching`: for each import, what meets it
//! - `exports`: what a composition without a document exports
//! - `connect`: without a document, all of this as wac's graph, or why it cannot be
//! - `document`: wac's graph as a document describes it
//! - `screen`: what wac's encoder might panic on
//! - `composition`: the graph to bytes
//! - `wiring`: how inputs connect, told
//! - `wording`: what errors say alike

mod composition;
mod connect;
mod document;
mod exports;
mod matching;
mod screen;
mod shape;
#[cfg(test)]
mod tests;
mod wiring;
#[cfg(test)]
mod wiring_tests;
#[cfg(test)]
mod wit_tests;
mod wording;

pub use composition::{Composed, place};
pub use wiring::wire;

use crate::error::Result;
use crate::interface::{Input, WacSource};
use matching::Matching;

/// The component that `inputs` make together. Errors: what a single input can have wrong, with its
/// name; `AmbiguousImport`, `ImportCycle`, `NothingInCommon` and `IncompatibleTypes` without a
/// document; `InvalidWac` and `InvalidOption` with one; `Unsupported` for imports that a
/// composition cannot share.
pub fn compose(inputs: Vec<Input>, wac: Option<&WacSource>) -> Result<Composed> {
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let shapes = shape::of_all(&inputs)?;
    let composition = match wac {
        Some(wac) => document::resolve(inputs, wac)?,
        None => Matching::of(inputs, &shapes)?.connect()?,
    };
    let composed = composition.encode(&names)?;
    drop(composition);
    composed.check(&names)?;
    Ok(composed)
}
