//! Several inputs to one component, on wac-graph. In: binary inputs, and how to put them together.
//! Out: `Composed`, one component in which each input stands unchanged, and where. Not its job:
//! validating function bodies (`read` does, on the composition), and fusing.
//!
//! `docs/COMPOSING.md` is the reference of the rules.

mod attributes;
#[cfg(test)]
mod attributes_tests;
mod connect;
mod document;
mod explain;
mod exports;
mod matching;
mod near;
mod screen;
mod shape;
mod stubs;
#[cfg(test)]
mod stubs_tests;
#[cfg(test)]
mod tests;
mod wiring;
#[cfg(test)]
mod wiring_tests;
#[cfg(test)]
mod wit_tests;

pub use wiring::wire;

use crate::error::{Code, Error, Result};
use crate::session::{Composing, Input};
use matching::Matching;
use shape::Shape;
use std::ops::Range;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};
use wasmparser::{Parser, Payload};

/// One component made of several.
#[derive(Debug)]
pub struct Composed {
    pub bytes: Vec<u8>,
    /// Where each input stands in `bytes`, in order: the range, and the input's name.
    pub origins: Vec<(Range<usize>, String)>,
}

/// Says of an error about a composition where it is in the input that it comes from; `origins` are
/// those of `Composed`.
pub fn place(origins: &[(Range<usize>, String)], mut error: Error) -> Error {
    let offset = error.offset.and_then(|o| usize::try_from(o).ok());
    let Some(offset) = offset else { return error };
    let found = origins.iter().enumerate().find(|(_, (range, _))| range.contains(&offset));
    let (Some((index, (range, name))), None) = (found, &error.input) else { return error };
    error.input = Some(name.clone());
    error.offset = Some(offset.saturating_sub(range.start) as u64);
    // The step from the composition into the input.
    if error.path.first().is_some_and(|step| *step == format!("component {index}")) {
        error.path.remove(0);
    }
    error
}

/// The component that `inputs` make together. Errors: what a single input can have wrong, with its
/// name; `AmbiguousImport`, `ImportCycle`, `NothingInCommon` and `IncompatibleTypes` without a
/// document; `InvalidWac` with one; `InvalidOption` for options that say nothing or contradict each
/// other; `Unsupported` for imports that a composition cannot share.
pub fn compose(inputs: Vec<Input>, composing: &Composing) -> Result<Composed> {
    settled(composing)?;
    let names = names(&inputs);
    let shapes = shapes(&inputs)?;
    let mut composition = match &composing.wac {
        Some(wac) => document::resolve(inputs, shapes, wac, &composing.stub)?,
        None => Matching::of(inputs, shapes, composing)?.connect()?,
    };
    let composed = composition.encode(&names)?;
    composition.check(&composed, &names)?;
    Ok(composed)
}

/// A document says all that the order of the inputs could.
fn settled(composing: &Composing) -> Result<()> {
    match (&composing.wac, composing.in_order) {
        (Some(_), true) => {
            let message = "inputs are put together in order or as a document says, not both";
            Err(Error::new(Code::InvalidOption, message))
        }
        _ => Ok(()),
    }
}

fn names(inputs: &[Input]) -> Vec<String> {
    inputs.iter().map(|input| input.name.clone()).collect()
}

fn shapes(inputs: &[Input]) -> Result<Vec<Shape>> {
    inputs.iter().map(Shape::of).collect()
}

/// What helps wherever meld will not choose.
const SETTLE: &str =
    "say which import is met by which export with `--wac FILE`, leave an input out, or compose in two steps";

/// What `connect` and `document` make: wac's graph, and which input each of its packages is.
struct Composition {
    graph: CompositionGraph,
    /// A package as wac writes its name and version, and the input's number.
    packages: Vec<(String, usize)>,
    /// Those of the inputs, by number; the provider of stubs has a number behind theirs, if there is one.
    shapes: Vec<Shape>,
    stubs: Option<usize>,
}

impl Composition {
    /// The component; `names` are the inputs'.
    fn encode(&mut self, names: &[String]) -> Result<Composed> {
        self.keep_labels_apart();
        screen::screen(&self.graph)?;
        let imports = self.attributes_of_imports(names)?;
        let options = EncodeOptions { define_components: true, validate: false, processor: None };
        let bytes = self.graph.encode(options).map_err(|e| self.unencodable(&e, names))?;
        let bytes = self.with_attributes(bytes, &imports)?;
        let origins = self.origins(&bytes, names)?;
        Ok(Composed { bytes, origins })
    }

    /// Finds the inputs in the encoded composition: they are its nested components, in order.
    fn origins(&self, bytes: &[u8], names: &[String]) -> Result<Vec<(Range<usize>, String)>> {
        let mut origins = Vec::new();
        let mut end = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(|e| Error::internal(format!("composition: {e}")))?;
            let Payload::ComponentSection { unchecked_range: range, .. } = payload else { continue };
            let range = range.start as usize..range.end as usize;
            if range.start < end {
                continue; // Inside an input.
            }
            end = range.end;
            let input = self.input_of(bytes.get(range.clone()).unwrap_or_default());
            let name = input.and_then(|input| names.get(input)).cloned();
            origins.push((range, name.unwrap_or_default()));
        }
        Ok(origins)
    }

    fn input_of(&self, bytes: &[u8]) -> Option<usize> {
        self.input(self.graph.packages().find(|package| package.bytes() == bytes)?)
    }

    /// Which input a package is.
    fn input(&self, package: &Package) -> Option<usize> {
        let key = package.key().to_string();
        self.packages.iter().find(|(package, _)| *package == key).map(|(_, input)| *input)
    }
}

/// The last part of what may be a path.
fn base(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}

/// An error with all its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(|error| error.to_string()).collect::<Vec<_>>().join(": ")
}
