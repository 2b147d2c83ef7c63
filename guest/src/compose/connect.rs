//! Connects inputs without a document: each import is met by the one export of another input that
//! fits. In: what meets each import. Out: wac's graph, or the error that says why there is none. Not
//! its job: guessing; where the inputs leave a choice, that is an error.

use super::composition::Composition;
use super::exports::exports;
use super::matching::{Matching, Met, Part, PartExport, name_of, package_name};
use super::near;
use super::wording::{SETTLE, chain, file_name};
use crate::error::{Code, Error, Result};
use indexmap::IndexSet;
use std::collections::HashMap;
use wac_graph::{CompositionGraph, NodeId};

impl Matching {
    /// The graph in which each import is met by the export that fits; where there is none, it stays an
    /// import. Errors: `AmbiguousImport`, `IncompatibleTypes`, `ImportCycle` and `NothingInCommon`.
    pub fn connect(self) -> Result<Composition> {
        let Matching { mut graph, parts, stubs, in_order } = self;
        if !in_order {
            distinct(&graph, &parts)?;
        }
        settled(&parts)?;
        acyclic(&parts)?;
        let inputs = parts.get(..stubs.unwrap_or(parts.len())).unwrap_or_default();
        connected(&graph, inputs)?;
        instantiate(&mut graph, &parts, stubs, in_order)?;
        let packages = (0..parts.len()).map(|index| (package_name(index), index)).collect();
        let shapes = parts.into_iter().map(|part| part.shape).collect();
        Ok(Composition { graph, packages, shapes, stubs })
    }
}

/// No component may be given twice: each of its exports would be ambiguous.
fn distinct(graph: &CompositionGraph, parts: &[Part]) -> Result<()> {
    let mut seen: HashMap<&[u8], &Part> = HashMap::new();
    for part in parts {
        if let Some(earlier) = seen.insert(graph[part.package].bytes(), part) {
            let message = match earlier.name == part.name {
                true => format!("`{}` is given twice", part.name),
                false => format!("`{}` and `{}` are the same component", earlier.name, part.name),
            };
            return Err(Error::new(Code::AmbiguousImport, message)
                .in_input(&part.name)
                .hint("give it once; for several instances of one component, write a WAC document"));
        }
    }
    Ok(())
}

/// No import may leave a choice, or be met by what does not fit.
fn settled(parts: &[Part]) -> Result<()> {
    for (importer, part) in parts.iter().enumerate() {
        for (import, met) in &part.met {
            match met {
                Met::Ambiguous(exports) => return Err(ambiguous(parts, importer, import, exports)),
                Met::Misfit(export, why) => return Err(misfitting(parts, importer, import, export, why)),
                Met::Export(_) | Met::Host | Met::Follows { .. } => {}
            }
        }
    }
    Ok(())
}

fn ambiguous(parts: &[Part], importer: usize, import: &str, exports: &[PartExport]) -> Error {
    let exports: Vec<_> = exports
        .iter()
        .map(|export| match *export.name == *import {
            true => format!("`{}`", name_of(parts, export.part)),
            false => format!("`{}` (as `{}`)", name_of(parts, export.part), export.name),
        })
        .collect();
    let importer = name_of(parts, importer);
    let message =
        format!("the import `{import}` of `{importer}` is exported by {}", exports.join(" and by "));
    Error::new(Code::AmbiguousImport, message).in_input(importer).hint(SETTLE)
}

fn misfitting(parts: &[Part], importer: usize, import: &str, export: &PartExport, why: &str) -> Error {
    let importer = name_of(parts, importer);
    let (exporter, name) = (name_of(parts, export.part), &export.name);
    let message = format!(
        "the export `{name}` of `{exporter}` does not fit the import `{import}` of `{importer}`: {why}"
    );
    Error::new(Code::IncompatibleTypes, message).in_input(importer).hint(
        "build both against one version of the interface, or leave the import to the host in a WAC document",
    )
}

/// No input may wait for itself, be it through others.
fn acyclic(parts: &[Part]) -> Result<()> {
    let mut seen = vec![Seen::Not; parts.len()];
    for start in 0..parts.len() {
        let mut way = Vec::new();
        visit(parts, start, &mut way, &mut seen)?;
    }
    Ok(())
}

/// Whether an input has been visited.
#[derive(Clone, Copy)]
enum Seen {
    Not,
    OnTheWay,
    Done,
}

/// Recursion is as deep as the longest chain of inputs, of which there are `limits::INPUTS` at most.
fn visit<'p>(
    parts: &'p [Part],
    index: usize,
    way: &mut Vec<(usize, &'p str)>,
    seen: &mut [Seen],
) -> Result<()> {
    let (Some(part), Some(this @ Seen::Not)) = (parts.get(index), seen.get_mut(index)) else {
        return Ok(());
    };
    *this = Seen::OnTheWay;
    for (import, export) in part.sources() {
        way.push((index, import));
        if let Some(Seen::OnTheWay) = seen.get(export.part) {
            let first = way.iter().position(|(part, _)| *part == export.part).unwrap_or_default();
            let steps = way
                .iter()
                .skip(first)
                .map(|(part, import)| format!("`{}`, which imports `{import}`", name_of(parts, *part)));
            let steps = steps.collect::<Vec<_>>().join(" from ");
            let back = name_of(parts, export.part);
            let message = format!("the inputs wait for each other in a circle: {steps} from `{back}`");
            return Err(Error::new(Code::ImportCycle, message).in_input(back).hint(
                "a component cannot be instantiated before what it imports: \
                 leave one of the imports to the host in a WAC document, or split a component",
            ));
        }
        visit(parts, export.part, way, seen)?;
        way.pop();
    }
    if let Some(this) = seen.get_mut(index) {
        *this = Seen::Done;
    }
    Ok(())
}

/// Every input has to be connected with every other, if only through others. What is stubbed connects
/// nothing, as little as the host would.
fn connected(graph: &CompositionGraph, parts: &[Part]) -> Result<()> {
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); parts.len()];
    for (index, part) in parts.iter().enumerate() {
        for (_, export) in part.sources().filter(|(_, export)| export.part < parts.len()) {
            for (one, other) in [(index, export.part), (export.part, index)] {
                neighbours.get_mut(one).into_iter().for_each(|of| of.push(other));
            }
        }
    }
    let mut group: IndexSet<usize> = IndexSet::from([0]);
    let mut next = 0;
    while let Some(index) = group.get_index(next).copied() {
        group.extend(neighbours.get(index).into_iter().flatten());
        next += 1;
    }
    let names = |inside: bool| -> Vec<String> {
        let members = parts.iter().enumerate().filter(|(index, _)| group.contains(index) == inside);
        members.map(|(_, part)| format!("`{}`", part.name)).collect()
    };
    let (inside, outside) = (names(true), names(false));
    if outside.is_empty() {
        return Ok(());
    }
    let mut message = format!(
        "nothing connects {} with {}: no import of the one is an export of the other",
        inside.join(", "),
        outside.join(", ")
    );
    let apart = |one: usize, other: usize| group.contains(&one) != group.contains(&other);
    let misses = near::misses(graph.types(), parts, apart);
    if !misses.is_empty() {
        message += &format!(", though {}", misses.join("; "));
    }
    Err(Error::new(Code::NothingInCommon, message).hint(
        "fuse them one by one, leave an input out, or write in a WAC document what the composition shall export",
    ))
}

/// Instances, arguments and exports, in the order of the inputs.
fn instantiate(
    graph: &mut CompositionGraph,
    parts: &[Part],
    stubs: Option<usize>,
    in_order: bool,
) -> Result<()> {
    let mut instances = Vec::new();
    for part in parts {
        let instance = graph.instantiate(part.package);
        // `inspect` shows this name. Directories are left out: where a file lies says nothing about the
        // composition.
        graph.set_node_name(instance, file_name(&part.name));
        instances.push(instance);
    }
    let instance = |index: usize| {
        instances.get(index).copied().ok_or_else(|| Error::internal("an instance without an input"))
    };
    for (index, part) in parts.iter().enumerate() {
        for (import, export) in part.sources() {
            let argument = alias(graph, instance(export.part)?, &export.name)?;
            argue(graph, instance(index)?, import, argument)?;
        }
        for (import, met) in &part.met {
            let Met::Follows { instance: from, ty } = met else { continue };
            let Some(export) = part.source(from) else { continue };
            let from = alias(graph, instance(export.part)?, &export.name)?;
            let argument = alias(graph, from, ty)?;
            argue(graph, instance(index)?, import, argument)?;
        }
    }
    for export in exports(parts, stubs, in_order)? {
        let node = alias(graph, instance(export.part)?, &export.name)?;
        graph.export(node, &*export.name).map_err(|e| Error::new(Code::Unsupported, chain(&e)))?;
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
