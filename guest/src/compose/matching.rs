//! Finds for each import of each input what meets it. In: inputs and their shapes. Out: `Matching`,
//! with an outcome for every import, good or bad. Not its job: what a bad outcome means for the
//! composition (`connect`), or for whoever looks at it (`wiring`).

use super::shape::{RootItem, Shape};
use super::stubs::Imports;
use super::wording::chain;
use crate::error::{Code, Error, Result};
use crate::interface::{Composing, Input};
use indexmap::IndexMap;
use wac_graph::types::{ItemKind, Package, SubtypeChecker, Types, are_semver_compatible};
use wac_graph::{CompositionGraph, PackageId};

/// An export of an input.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PartExport {
    /// Index into `Matching::parts`, which is the number of the input.
    pub part: usize,
    pub name: String,
}

/// What meets an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    /// The one export that fits.
    Export(PartExport),
    /// No export has its name.
    Host,
    /// Several exports fit.
    Ambiguous(Vec<PartExport>),
    /// The first export that has the name, and how its type differs: none fits.
    Misfit(PartExport, String),
    /// It repeats a type of an imported instance, and comes from where that comes from.
    Follows { instance: String, ty: String },
}

/// One input.
pub struct Part {
    /// What errors call it.
    pub name: String,
    pub shape: Shape,
    pub package: PackageId,
    pub imports: IndexMap<String, ItemKind>,
    pub exports: IndexMap<String, ItemKind>,
    /// What meets each import.
    pub met: IndexMap<String, Met>,
}

impl Part {
    /// The export of another input that meets `import`, if one does.
    pub fn source(&self, import: &str) -> Option<&PartExport> {
        match self.met.get(import) {
            Some(Met::Export(export)) => Some(export),
            _ => None,
        }
    }

    /// The imports that an export of another input meets.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &PartExport)> {
        self.met.keys().filter_map(|import| Some((import.as_str(), self.source(import)?)))
    }
}

/// What errors call the input of this number.
pub fn name_of(parts: &[Part], index: usize) -> &str {
    parts.get(index).map_or("", |part| part.name.as_str())
}

/// All inputs, registered with wac's graph, in which there is nothing else yet.
pub struct Matching {
    pub graph: CompositionGraph,
    /// The inputs, and behind them the provider of what the host lacks, if there is one: stubs, or the
    /// platform.
    pub parts: Vec<Part>,
    /// Which part that is.
    pub stubs: Option<usize>,
    /// Whether the order of the inputs says what meets what.
    pub in_order: bool,
}

impl Matching {
    /// Errors: `Unsupported` for an input that wac cannot take, and those of `Imports::stubs`.
    pub fn of(inputs: Vec<Input>, shapes: Vec<Shape>, composing: &Composing) -> Result<Matching> {
        let mut graph = CompositionGraph::new();
        let mut parts = Vec::new();
        for (index, (input, shape)) in inputs.into_iter().zip(shapes).enumerate() {
            parts.push(register(&mut graph, index, input, shape)?);
        }
        let in_order = composing.in_order;
        let mut matching = Matching { graph, parts, stubs: None, in_order };
        for index in 0..matching.parts.len() {
            matching.meet(index);
        }
        if !composing.stub.is_empty() {
            matching.stub(&composing.stub)?;
        }
        Ok(matching)
    }

    fn meet(&mut self, importer: usize) {
        let Some(part) = self.parts.get(importer) else { return };
        let met = part.imports.iter().map(|(name, kind)| {
            let met = match part.shape.follows.get(name) {
                Some((instance, ty)) => Met::Follows { instance: instance.clone(), ty: ty.clone() },
                None => {
                    let candidates = candidates(self, importer, name, *kind);
                    match self.in_order && self.stubs != Some(importer) {
                        true => nearest(&self.parts, candidates),
                        false => only(&self.parts, candidates),
                    }
                }
            };
            (name.clone(), met)
        });
        let met = met.collect();
        if let Some(part) = self.parts.get_mut(importer) {
            part.met = met;
        }
    }

    /// Gives what the host lacks to those that import it.
    fn stub(&mut self, patterns: &[String]) -> Result<()> {
        let mut imports = Imports::default();
        for part in &self.parts {
            for (name, kind) in
                part.imports.iter().filter(|(name, _)| part.met.get(*name) == Some(&Met::Host))
            {
                imports = imports.add(self.graph.types(), name, *kind)?;
            }
        }
        let stubs = imports.stubs(patterns)?;
        let index = self.parts.len();
        let (input, shape) = stubs.input()?;
        self.parts.push(register(&mut self.graph, index, input, shape)?);
        self.stubs = Some(index);
        self.meet(index);
        for part in self.parts.iter_mut().take(index) {
            for (name, met) in part.met.iter_mut().filter(|(_, met)| **met == Met::Host) {
                if let Some(export) = stubs.export_for(name) {
                    *met = Met::Export(PartExport { part: index, name: export.to_string() });
                }
            }
        }
        Ok(())
    }
}

/// The name under which wac knows an input.
pub fn package_name(index: usize) -> String {
    format!("input:i{index}")
}

fn register(graph: &mut CompositionGraph, index: usize, input: Input, shape: Shape) -> Result<Part> {
    let Input { name, bytes, .. } = input;
    let package = Package::from_bytes(&package_name(index), None, bytes, graph.types_mut())
        .map_err(|e| Error::new(Code::Unsupported, chain(e.as_ref())).in_input(&name))?;
    let world = &graph.types()[package.ty()];
    let (imports, exports) = (world.imports.clone(), world.exports.clone());
    let package = graph.register_package(package).map_err(|e| Error::internal(chain(&e)))?;
    Ok(Part { name, shape, package, imports, exports, met: IndexMap::new() })
}

/// An export that has an import's name, or that of a compatible version.
struct Candidate {
    export: PartExport,
    exact: bool,
    /// Why its type does not fit.
    misfit: Option<String>,
}

/// Those of other inputs; in order, of the inputs behind. Of one input, the one of that very name comes
/// first.
fn candidates(matching: &Matching, importer: usize, name: &str, kind: ItemKind) -> Vec<Candidate> {
    let types = matching.graph.types();
    let mut candidates = Vec::new();
    for (index, part) in matching.parts.iter().enumerate() {
        let behind = matching.stubs == Some(importer) || index > importer;
        if index == importer || (matching.in_order && !behind) {
            continue;
        }
        for exact in [true, false] {
            let named = part.exports.iter().filter(|(export, _)| match exact {
                true => export.as_str() == name,
                false => export.as_str() != name && are_semver_compatible(export, name),
            });
            for (export, export_kind) in named {
                let misfit = differ(matching, importer, name, part, export)
                    .or_else(|| misfit(types, *export_kind, kind));
                let export = PartExport { part: index, name: export.clone() };
                candidates.push(Candidate { export, exact, misfit });
            }
        }
    }
    candidates
}

fn misfit(types: &Types, export: ItemKind, import: ItemKind) -> Option<String> {
    let mut cache = Default::default();
    let fits = SubtypeChecker::new(&mut cache).is_subtype(export, types, import, types);
    fits.err().map(|why| chain(why.as_ref()))
}

/// Two labels that implement different interfaces are alike by accident.
fn differ(matching: &Matching, importer: usize, import: &str, part: &Part, export: &str) -> Option<String> {
    let of = |part: &Part, item: RootItem| part.shape.attributes.get(&item)?.implements.clone();
    let wanted = of(matching.parts.get(importer)?, RootItem::Import(import.to_string()))?;
    let given = of(part, RootItem::Export(export.to_string()))?;
    let differ = !are_semver_compatible(&wanted, &given);
    differ.then(|| {
        format!("expected an instance that implements `{wanted}`, found one that implements `{given}`")
    })
}

/// The one that fits: of the very name if there is any such, else of a compatible version.
fn only(parts: &[Part], candidates: Vec<Candidate>) -> Met {
    let (exact, compatible): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|c| c.exact);
    if exact.is_empty() {
        return the_one(compatible);
    }
    match (the_one(exact), the_one(compatible)) {
        (Met::Misfit(export, why), Met::Export(other)) => gives_way(parts, export, why, &other),
        (met, _) => met,
    }
}

fn the_one(candidates: Vec<Candidate>) -> Met {
    let (mut fitting, mut misfit) = (Vec::new(), None);
    for Candidate { export, misfit: why, .. } in candidates {
        match why {
            None => fitting.push(export),
            Some(why) => _ = misfit.get_or_insert((export, why)),
        }
    }
    match (fitting.pop(), misfit) {
        (Some(export), _) if fitting.is_empty() => Met::Export(export),
        (Some(last), _) => {
            fitting.push(last);
            Met::Ambiguous(fitting)
        }
        (None, Some((export, why))) => Met::Misfit(export, why),
        (None, None) => Met::Host,
    }
}

/// The first that fits; of one input, only one may.
fn nearest(parts: &[Part], candidates: Vec<Candidate>) -> Met {
    let mut misfit: Option<(PartExport, bool, String)> = None;
    let mut candidates = candidates.into_iter().peekable();
    while let Some(Candidate { export, exact, misfit: why }) = candidates.next() {
        match (why, &misfit) {
            (Some(why), None) => misfit = Some((export, exact, why)),
            (Some(why), Some((_, false, _))) if exact => misfit = Some((export, exact, why)),
            (Some(_), Some(_)) => {}
            (None, Some((wrong, true, why))) if !exact => {
                return gives_way(parts, wrong.clone(), why.clone(), &export);
            }
            (None, _) => {
                let here = export.part;
                let mut fitting = vec![export];
                while let Some(next) = candidates.next_if(|next| !exact && next.export.part == here) {
                    if next.misfit.is_none() {
                        fitting.push(next.export);
                    }
                }
                return match (fitting.pop(), fitting.is_empty()) {
                    (Some(export), true) => Met::Export(export),
                    (last, _) => Met::Ambiguous(fitting.into_iter().chain(last).collect()),
                };
            }
        }
    }
    misfit.map_or(Met::Host, |(export, _, why)| Met::Misfit(export, why))
}

/// What has the very name is meant, and if it does not fit nothing else is taken for it.
fn gives_way(parts: &[Part], export: PartExport, why: String, other: &PartExport) -> Met {
    let of = parts.get(other.part).map_or("", |part| part.name.as_str());
    let why = format!("{why}; the export `{}` of `{of}` would fit, and has another name", other.name);
    Met::Misfit(export, why)
}
