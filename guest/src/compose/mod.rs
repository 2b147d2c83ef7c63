//! Several inputs to one component, on wac-graph. In: binary inputs, and how to put them together. Out:
//! `Composed`, one component in which each input stands unchanged, and where; or `Wiring`, which tells
//! what meets each import. Not its job: validating function bodies (`read` does, on the composition),
//! and fusing.
//!
//! `docs/COMPOSING.md` is the reference of the rules. In reading order:
//!
//! - `shape`: what an input imports and exports, and whose types that uses
//! - `track`: which versions are compatible
//! - `matching`: for each import, what meets it
//! - `stubs`: the provider of what the host lacks
//! - `exports`: what a composition without a document exports
//! - `connect`, `near`: without a document, all of this as wac's graph, or why it cannot be
//! - `document`: wac's graph as a document describes it
//! - `budget`, `screen`: what wac would take too long for, and what its encoder might panic on
//! - `composition`: that graph, and which input is what in it
//! - `encode`, `attributes`: the graph to bytes, with what the inputs attach to names
//! - `platform`: a component with meld's platform of WASI 0.1 under it
//! - `explain`: why inputs do not fit together
//! - `wiring`: how inputs connect, told
//! - `wording`: what errors say alike

mod attributes;
#[cfg(test)]
mod attributes_tests;
mod budget;
#[cfg(test)]
mod budget_tests;
mod composition;
mod connect;
mod document;
mod encode;
mod explain;
mod exports;
mod matching;
mod near;
mod platform;
mod screen;
mod shape;
mod stubs;
#[cfg(test)]
mod stubs_tests;
#[cfg(test)]
mod tests;
mod track;
mod wiring;
#[cfg(test)]
mod wiring_tests;
#[cfg(test)]
mod wit_tests;
mod wording;

pub use composition::{Composed, Placed, place};
pub use platform::on_platform;
pub use wiring::wire;

use crate::error::{Code, Error, Result};
use crate::interface::{Composing, Input};
use matching::Matching;

/// The component that `inputs` make together. Errors: what a single input can have wrong, with its
/// name; `AmbiguousImport`, `ImportCycle`, `NothingInCommon` and `IncompatibleTypes` without a
/// document; `InvalidWac` with one; `InvalidOption` for options that say nothing or contradict each
/// other; `Unsupported` for imports that a composition cannot share; `LimitExceeded` past a budget.
pub fn compose(inputs: Vec<Input>, composing: &Composing) -> Result<Composed> {
    consistent(composing)?;
    budget::inputs(inputs.len())?;
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let shapes = shape::of_all(&inputs)?;
    let mut composition = match &composing.wac {
        Some(wac) => document::resolve(inputs, shapes, wac, &composing.stub)?,
        None => Matching::of(inputs, shapes, composing)?.connect()?,
    };
    let composed = composition.encode(&names)?;
    composition.check(&composed, &names)?;
    Ok(composed)
}

/// A document says all that the order of the inputs could.
fn consistent(composing: &Composing) -> Result<()> {
    match (&composing.wac, composing.in_order) {
        (Some(_), true) => {
            let message = "inputs are put together in order or as a document says, not both";
            Err(Error::new(Code::InvalidOption, message))
        }
        _ => Ok(()),
    }
}
