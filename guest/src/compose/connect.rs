//! Connects inputs by themselves: each import is met by the one export of another input that fits.
//! In: inputs and their shapes. Out: wac's graph. Not its job: guessing; where the inputs leave a
//! choice, the choice is an error.

use super::shape::{Item, Shape};
use super::{Composition, SETTLE, chain};
use crate::error::{Code, Error, Result};
use crate::session::Input;
use indexmap::{IndexMap, IndexSet};
use wac_graph::types::{ItemKind, Package, SubtypeChecker, Types, are_semver_compatible};
use wac_graph::{CompositionGraph, NodeId, PackageId};

/// An export of an input.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Export {
    part: usize,
    name: String,
}

struct Part<'s> {
    /// How errors call the input.
    name: String,
    shape: &'s Shape,
    package: PackageId,
    imports: IndexMap<String, ItemKind>,
    exports: IndexMap<String, ItemKind>,
    /// Which export meets which import.
    met: IndexMap<String, Export>,
}

/// The graph in which each import is met by the export that fits, if there is one.
pub fn connect(inputs: Vec<Input>, shapes: &[Shape]) -> Result<Composition> {
    distinct(&inputs)?;
    let mut graph = CompositionGraph::new();
    let mut parts = Vec::new();
    let mut packages = Vec::new();
    for (index, (input, shape)) in inputs.into_iter().zip(shapes).enumerate() {
        let part = register(&mut graph, index, input, shape)?;
        packages.push((package_name(index), part.name.clone()));
        parts.push(part);
    }
    meet(graph.types(), &mut parts)?;
    acyclic(&parts)?;
    connected(&parts)?;
    instantiate(&mut graph, &parts)?;
    Ok(Composition { graph, packages })
}

fn package_name(index: usize) -> String {
    format!("input:i{index}")
}

/// One component given twice would leave a choice at each of its exports.
fn distinct(inputs: &[Input]) -> Result<()> {
    for (index, input) in inputs.iter().enumerate() {
        let earlier = inputs.iter().take(index).find(|earlier| earlier.bytes == input.bytes);
        if let Some(earlier) = earlier {
            let message = match earlier.name == input.name {
                true => format!("`{}` is given twice", input.name),
                false => format!("`{}` and `{}` are the same component", earlier.name, input.name),
            };
            return Err(Error::new(Code::AmbiguousImport, message).in_input(&input.name).hint(
                "give it once; for several instances of one component, write a composition for `--wac FILE`",
            ));
        }
    }
    Ok(())
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

/// Finds for each import the export that meets it.
fn meet(types: &Types, parts: &mut [Part<'_>]) -> Result<()> {
    let mut all = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let mut met = IndexMap::new();
        for (name, kind) in &part.imports {
            if part.shape.follows.contains_key(name) {
                continue; // Goes where the instance goes that the type is from.
            }
            if let Some(export) = export_for(types, parts, index, name, *kind)? {
                met.insert(name.clone(), export);
            }
        }
        all.push(met);
    }
    for (part, met) in parts.iter_mut().zip(all) {
        part.met = met;
    }
    Ok(())
}

/// The one export of another input that fits the import: of the same name if there is any such,
/// else of a version that is compatible by semver.
fn export_for(
    types: &Types,
    parts: &[Part<'_>],
    importer: usize,
    name: &str,
    kind: ItemKind,
) -> Result<Option<Export>> {
    let mut misfit = None;
    for exact in [true, false] {
        let mut fitting = Vec::new();
        for (index, part) in parts.iter().enumerate().filter(|(index, _)| *index != importer) {
            let named = part.exports.iter().filter(|(export, _)| match exact {
                true => export.as_str() == name,
                false => export.as_str() != name && are_semver_compatible(export, name),
            });
            for (export, export_kind) in named {
                let export = Export { part: index, name: export.clone() };
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
            (Some(export), true) => return Ok(Some(export)),
            (Some(last), false) => {
                fitting.push(last);
                return Err(ambiguous(parts, importer, name, &fitting));
            }
            (None, _) => {}
        }
    }
    match misfit {
        None => Ok(None),
        Some((export, why)) => Err(misfitting(parts, importer, name, &export, &why)),
    }
}

fn name_of<'p>(parts: &'p [Part<'_>], index: usize) -> &'p str {
    parts.get(index).map_or("", |part| part.name.as_str())
}

fn ambiguous(parts: &[Part<'_>], importer: usize, import: &str, exports: &[Export]) -> Error {
    let exports: Vec<_> = exports
        .iter()
        .map(|export| match export.name == import {
            true => format!("`{}`", name_of(parts, export.part)),
            false => format!("`{}` (as `{}`)", name_of(parts, export.part), export.name),
        })
        .collect();
    let importer = name_of(parts, importer);
    let message =
        format!("the import `{import}` of `{importer}` is exported by {}", exports.join(" and by "));
    Error::new(Code::AmbiguousImport, message).in_input(importer).hint(SETTLE)
}

fn misfitting(parts: &[Part<'_>], importer: usize, import: &str, export: &Export, why: &str) -> Error {
    let importer = name_of(parts, importer);
    let (exporter, name) = (name_of(parts, export.part), &export.name);
    let message = format!(
        "the export `{name}` of `{exporter}` does not fit the import `{import}` of `{importer}`: {why}"
    );
    Error::new(Code::IncompatibleTypes, message).in_input(importer).hint(
        "build both against one version of the interface, or leave the import to the host with `--wac FILE`",
    )
}

/// No input may wait for itself.
fn acyclic(parts: &[Part<'_>]) -> Result<()> {
    let mut done = vec![false; parts.len()];
    for start in 0..parts.len() {
        let mut way = Vec::new();
        visit(parts, start, &mut way, &mut done)?;
    }
    Ok(())
}

/// The depth is that of the chain of inputs, each of which was given by name.
fn visit<'p>(
    parts: &'p [Part<'_>],
    index: usize,
    way: &mut Vec<(usize, &'p str)>,
    done: &mut [bool],
) -> Result<()> {
    let (Some(part), Some(false)) = (parts.get(index), done.get(index)) else { return Ok(()) };
    for (import, export) in &part.met {
        way.push((index, import));
        if let Some(first) = way.iter().position(|(part, _)| *part == export.part) {
            let steps = way
                .iter()
                .skip(first)
                .map(|(part, import)| format!("`{}`, which imports `{import}`", name_of(parts, *part)));
            let steps = steps.collect::<Vec<_>>().join(" from ");
            let back = name_of(parts, export.part);
            let message = format!("the inputs wait for each other in a circle: {steps} from `{back}`");
            return Err(Error::new(Code::ImportCycle, message).in_input(back).hint(
                "a component cannot be instantiated before what it imports: \
                 leave one of the imports to the host with `--wac FILE`, or split a component",
            ));
        }
        visit(parts, export.part, way, done)?;
        way.pop();
    }
    if let Some(done) = done.get_mut(index) {
        *done = true;
    }
    Ok(())
}

/// Every input has to be connected with every other, if only through others.
fn connected(parts: &[Part<'_>]) -> Result<()> {
    let mut group: IndexSet<usize> = IndexSet::from([0]);
    loop {
        let before = group.len();
        for (index, part) in parts.iter().enumerate() {
            for export in part.met.values() {
                if group.contains(&index) || group.contains(&export.part) {
                    group.extend([index, export.part]);
                }
            }
        }
        if group.len() == before {
            break;
        }
    }
    let names = |inside: bool| -> Vec<String> {
        let members = parts.iter().enumerate().filter(|(index, _)| group.contains(index) == inside);
        members.map(|(_, part)| format!("`{}`", part.name)).collect()
    };
    let (inside, outside) = (names(true), names(false));
    if outside.is_empty() {
        return Ok(());
    }
    let message = format!(
        "nothing connects {} with {}: no import of the one is an export of the other",
        inside.join(", "),
        outside.join(", ")
    );
    Err(Error::new(Code::NothingInCommon, message).hint(
        "fuse them one by one, leave an input out, or write with `--wac FILE` what the composition shall export",
    ))
}

/// Instances, arguments and exports, in the order of the inputs.
fn instantiate(graph: &mut CompositionGraph, parts: &[Part<'_>]) -> Result<()> {
    let instances: Vec<NodeId> = parts.iter().map(|part| graph.instantiate(part.package)).collect();
    let instance = |index: usize| {
        instances.get(index).copied().ok_or_else(|| Error::internal("an instance without an input"))
    };
    for (index, part) in parts.iter().enumerate() {
        for (import, export) in &part.met {
            let argument = alias(graph, instance(export.part)?, &export.name)?;
            argue(graph, instance(index)?, import, argument)?;
        }
        for (import, (from, ty)) in &part.shape.follows {
            let Some(export) = part.met.get(from) else { continue };
            let from = alias(graph, instance(export.part)?, &export.name)?;
            let argument = alias(graph, from, ty)?;
            argue(graph, instance(index)?, import, argument)?;
        }
    }
    for export in exports(parts)? {
        let node = alias(graph, instance(export.part)?, &export.name)?;
        graph.export(node, &export.name).map_err(|e| Error::new(Code::Unsupported, chain(&e)))?;
    }
    Ok(())
}

fn alias(graph: &mut CompositionGraph, instance: NodeId, name: &str) -> Result<NodeId> {
    graph.alias_instance_export(instance, name).map_err(|e| Error::internal(chain(&e)))
}

fn argue(graph: &mut CompositionGraph, instance: NodeId, import: &str, argument: NodeId) -> Result<()> {
    graph
        .set_instantiation_argument(instance, import, argument)
        .map_err(|e| Error::new(Code::IncompatibleTypes, chain(&e)).hint(SETTLE))
}

/// What the composition exports: what no input imports, and whatever that takes its types from,
/// which comes before it.
fn exports(parts: &[Part<'_>]) -> Result<Vec<Export>> {
    let consumed: IndexSet<&Export> = parts.iter().flat_map(|part| part.met.values()).collect();
    let mut exports = Exports { parts, chosen: IndexMap::new(), on_the_way: IndexSet::new() };
    for (index, part) in parts.iter().enumerate() {
        for name in part.exports.keys() {
            let export = Export { part: index, name: name.clone() };
            if !consumed.contains(&export) {
                exports.add(export)?;
            }
        }
    }
    Ok(exports.chosen.into_iter().map(|(name, part)| Export { part, name }).collect())
}

struct Exports<'p, 's> {
    parts: &'p [Part<'s>],
    /// The export's name and the input.
    chosen: IndexMap<String, usize>,
    on_the_way: IndexSet<Export>,
}

impl Exports<'_, '_> {
    fn add(&mut self, export: Export) -> Result<()> {
        match self.chosen.get(&export.name) {
            Some(part) if *part == export.part => return Ok(()),
            Some(part) => return Err(self.twice(&export, *part)),
            None => {}
        }
        if !self.on_the_way.insert(export.clone()) {
            return Ok(());
        }
        let Some(part) = self.parts.get(export.part) else { return Ok(()) };
        for need in part.shape.needs.get(&export.name).into_iter().flatten() {
            match need {
                Item::Export(name) => self.add(Export { part: export.part, name: name.clone() })?,
                Item::Import(name) => {
                    let from = part.shape.follows.get(name).map_or(name, |(instance, _)| instance);
                    if let Some(source) = part.met.get(from) {
                        self.add(source.clone())?;
                    }
                }
            }
        }
        // A need may have led back here under the same name.
        match self.chosen.insert(export.name.clone(), export.part) {
            Some(part) if part != export.part => Err(self.twice(&export, part)),
            _ => Ok(()),
        }
    }

    fn twice(&self, export: &Export, other: usize) -> Error {
        let (one, two) = (name_of(self.parts, other), name_of(self.parts, export.part));
        let message =
            format!("both `{one}` and `{two}` export `{}`, and the result can do so once", export.name);
        Error::new(Code::AmbiguousImport, message).in_input(two).hint(
            "leave an input out, or write with `--wac FILE` which one is exported, or each under a name of its own",
        )
    }
}
