//! The composition: wac's graph, and which input each of its packages is. In and out: these types, and
//! what the graph says of the inputs' instances. Not its job: making the graph (`connect`, `document`), and
//! writing it (`encode`).

use super::shape::Shape;
use crate::error::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, NodeId, NodeKind};

/// What `connect` and `document` make.
pub struct Composition {
    pub graph: CompositionGraph,
    /// The input's number, for a package as wac writes its name and version.
    pub packages: HashMap<String, usize>,
    /// Those of the inputs, by number; the provider of stubs has a number behind theirs, if there is one.
    pub shapes: Vec<Shape>,
    pub stubs: Option<usize>,
}

impl Composition {
    /// The instances of inputs, in the order in which they were made.
    pub fn instantiations(&self) -> Vec<NodeId> {
        let graph = &self.graph;
        graph.node_ids().filter(|node| matches!(graph[*node].kind(), NodeKind::Instantiation(_))).collect()
    }

    /// Whether an instance is that of the provider of stubs.
    pub fn is_stubs(&self, node: NodeId) -> bool {
        self.stubs.is_some() && self.shape_of(node).map(|(input, _)| input) == self.stubs
    }

    /// Which input an instance is of, and that input's shape.
    pub fn shape_of(&self, node: NodeId) -> Option<(usize, &Shape)> {
        let package = self.graph[node].package()?;
        let index = self.input(&self.graph[package]).ok()?;
        Some((index, self.shapes.get(index)?))
    }

    /// The imports of an instance that nothing meets.
    pub fn left_to_the_host(&self, node: NodeId) -> Vec<&str> {
        let Some(package) = self.graph[node].package() else { return Vec::new() };
        let met: HashSet<&str> = self.graph.get_instantiation_arguments(node).map(|(name, _)| name).collect();
        let imports = &self.graph.types()[self.graph[package].ty()].imports;
        imports.keys().map(String::as_str).filter(|name| !met.contains(name)).collect()
    }

    /// Which input a package is: each is one.
    pub fn input(&self, package: &Package) -> Result<usize> {
        let key = package.key().to_string();
        self.packages.get(&key).copied().ok_or_else(|| Error::internal(format!("{key} is no input")))
    }
}

/// One component made of several.
#[derive(Debug)]
pub struct Composed {
    pub bytes: Vec<u8>,
    /// Where each input stands in `bytes`, in order.
    pub origins: Vec<Placed>,
}

/// A component right inside a composition.
#[derive(Debug)]
pub struct Placed {
    pub range: Range<usize>,
    /// The input's name, or what was added is called.
    pub name: String,
    /// Which input it is; of those that are the same bytes, the first. None: it was added.
    pub input: Option<usize>,
}

impl Placed {
    /// The one that a byte of the composition is in, its number, and the byte's offset there.
    pub fn find(origins: &[Placed], offset: usize) -> Option<(usize, &Placed, usize)> {
        let mut all = origins.iter().enumerate();
        let (nth, found) = all.find(|(_, placed)| placed.range.contains(&offset))?;
        Some((nth, found, offset.saturating_sub(found.range.start)))
    }
}

/// Says of an error about a composition where it is in the input that it comes from; `origins` are
/// those of `Composed`.
pub fn place(origins: &[Placed], mut error: Error) -> Error {
    let offset = error.offset.and_then(|o| usize::try_from(o).ok());
    let Some(offset) = offset else { return error };
    if error.input.is_some() {
        return error;
    }
    let Some((index, placed, inside)) = Placed::find(origins, offset) else {
        // In what composing has written around the inputs: a place in no file.
        error.offset = None;
        return error;
    };
    error.input = Some(placed.name.clone());
    error.offset = Some(inside as u64);
    // The step from the composition into the input.
    if error.path.first().is_some_and(|step| *step == format!("component {index}")) {
        error.path.remove(0);
    }
    error
}
