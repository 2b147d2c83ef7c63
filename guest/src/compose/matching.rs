//! Finds for each import of each input what meets it. In: inputs and their shapes. Out: `Matching`,
//! with an outcome for every import, good or bad. Not its job: what a bad outcome means for the
//! composition (`connect`), or for whoever looks at it (`wiring`).

use super::shape::Shape;
use super::wording::chain;
use crate::error::{Code, Error, Result};
use crate::interface::Input;
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
pub struct Part<'s> {
    /// What errors call it.
    pub name: String,
    pub shape: &'s Shape,
    pub package: PackageId,
    pub imports: IndexMap<String, ItemKind>,
    pub exports: IndexMap<String, ItemKind>,
    /// What meets each import.
    pub met: IndexMap<String, Met>,
}

impl Part<'_> {
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
pub fn name_of<'p>(parts: &'p [Part<'_>], index: usize) -> &'p str {
    parts.get(index).map_or("", |part| part.name.as_str())
}

/// All inputs, registered with wac's graph, in which there is nothing else yet.
pub struct Matching<'s> {
    pub graph: CompositionGraph,
    pub parts: Vec<Part<'s>>,
}

impl<'s> Matching<'s> {
    /// Errors: `Unsupported` for an input that wac cannot take.
    pub fn of(inputs: Vec<Input>, shapes: &'s [Shape]) -> Result<Matching<'s>> {
        let mut graph = CompositionGraph::new();
        let mut parts = Vec::new();
        for (index, (input, shape)) in inputs.into_iter().zip(shapes).enumerate() {
            parts.push(register(&mut graph, index, input, shape)?);
        }
        let met: Vec<_> = (0..parts.len()).map(|index| meet(graph.types(), &parts, index)).collect();
        for (part, met) in parts.iter_mut().zip(met) {
            part.met = met;
        }
        Ok(Matching { graph, parts })
    }
}

/// The name under which wac knows an input.
pub fn package_name(index: usize) -> String {
    format!("input:i{index}")
}

fn register<'s>(
    graph: &mut CompositionGraph,
    index: usize,
    input: Input,
    shape: &'s Shape,
) -> Result<Part<'s>> {
    let Input { name, bytes, .. } = input;
    let package = Package::from_bytes(&package_name(index), None, bytes, graph.types_mut())
        .map_err(|e| Error::new(Code::Unsupported, chain(e.as_ref())).in_input(&name))?;
    let world = &graph.types()[package.ty()];
    let (imports, exports) = (world.imports.clone(), world.exports.clone());
    let package = graph.register_package(package).map_err(|e| Error::internal(chain(&e)))?;
    Ok(Part { name, shape, package, imports, exports, met: IndexMap::new() })
}

fn meet(types: &Types, parts: &[Part<'_>], importer: usize) -> IndexMap<String, Met> {
    let Some(part) = parts.get(importer) else { return IndexMap::new() };
    let met = part.imports.iter().map(|(name, kind)| {
        let met = match part.shape.follows.get(name) {
            Some((instance, ty)) => Met::Follows { instance: instance.clone(), ty: ty.clone() },
            None => export_for(types, parts, importer, name, *kind),
        };
        (name.clone(), met)
    });
    met.collect()
}

/// The one export of another input that fits the import: of the same name if there is any such,
/// else of a version that is compatible by semver.
fn export_for(types: &Types, parts: &[Part<'_>], importer: usize, name: &str, kind: ItemKind) -> Met {
    let mut misfit = None;
    for exact in [true, false] {
        let mut fitting = Vec::new();
        for (index, part) in parts.iter().enumerate().filter(|(index, _)| *index != importer) {
            let named = part.exports.iter().filter(|(export, _)| match exact {
                true => export.as_str() == name,
                false => export.as_str() != name && are_semver_compatible(export, name),
            });
            for (export, export_kind) in named {
                let export = PartExport { part: index, name: export.clone() };
                let mut cache = Default::default();
                match SubtypeChecker::new(&mut cache).is_subtype(*export_kind, types, kind, types) {
                    Ok(()) => fitting.push(export),
                    Err(why) => {
                        misfit.get_or_insert((export, chain(why.as_ref())));
                    }
                }
            }
        }
        match (fitting.pop(), fitting.is_empty()) {
            (Some(export), true) => return Met::Export(export),
            (Some(last), false) => {
                fitting.push(last);
                return Met::Ambiguous(fitting);
            }
            (None, _) => {}
        }
    }
    match misfit {
        None => Met::Host,
        Some((export, why)) => Met::Misfit(export, why),
    }
}
