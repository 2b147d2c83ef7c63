//! The composition, from graph to bytes. In: wac's graph, and which input each of its packages is. Out:
//! `Composed`, one component that has been seen to fit together, and where each input stands in it. Not
//! its job: making the graph (`connect`, `document`).

use super::screen;
use super::shape::Shape;
use super::wording::STUBS;
use crate::error::{Error, Result};
use std::ops::Range;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};
use wasmparser::{Parser, Payload};

/// What `connect` and `document` make.
pub struct Composition {
    pub graph: CompositionGraph,
    /// A package as wac writes its name and version, and the input's number.
    pub packages: Vec<(String, usize)>,
    /// Those of the inputs, by number; the provider of stubs has a number behind theirs, if there is one.
    pub shapes: Vec<Shape>,
    pub stubs: Option<usize>,
}

impl Composition {
    /// The component; `names` are the inputs'. Errors: `Unsupported` for imports that wac cannot write,
    /// `IncompatibleTypes` where those of one name do not fit each other.
    pub fn encode(&mut self, names: &[String]) -> Result<Composed> {
        self.keep_labels_apart();
        screen::screen(&self.graph)?;
        let imports = self.attributes_of_imports(names)?;
        let options = EncodeOptions { define_components: true, validate: false, processor: None };
        let bytes = self.graph.encode(options).map_err(|e| self.unencodable(&e, names))?;
        let bytes = self.with_attributes(bytes, &imports)?;
        let origins = self.origins(&bytes, names)?;
        Ok(Composed { bytes, origins })
    }

    /// Finds the inputs in the encoded composition: they are the components right inside it, in order.
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
            let input = self.input_of(bytes.get(range.clone()).unwrap_or_default())?;
            let stubs = || (self.stubs == Some(input)).then_some(STUBS);
            let name = names.get(input).map(String::as_str).or_else(stubs);
            let name = name.ok_or_else(|| Error::internal("an input without a name"))?;
            origins.push((range, name.to_string()));
        }
        Ok(origins)
    }

    fn input_of(&self, bytes: &[u8]) -> Result<usize> {
        let package = self.graph.packages().find(|package| package.bytes() == bytes);
        self.input(package.ok_or_else(|| Error::internal("a component that is no package"))?)
    }

    /// Which input a package is: each is one.
    pub fn input(&self, package: &Package) -> Result<usize> {
        let key = package.key().to_string();
        let found = self.packages.iter().find(|(package, _)| *package == key);
        found.map(|(_, input)| *input).ok_or_else(|| Error::internal(format!("{key} is no input")))
    }
}

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
