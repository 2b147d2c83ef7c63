//! How inputs connect, for people to look at. In: binary inputs, and a WAC document or none. Out:
//! `Wiring`, which tells what `matching` has found or what a document's graph says; nothing is decided
//! here. Not its job: composing; but if that is refused, the reason is told too.

use super::composition::{Composed, Composition};
use super::document;
use super::matching::{Matching, Met, PartExport};
use super::shape::{self, RootItem, Shape};
use crate::error::{Error, Result};
use crate::interface::{Connection, ExportOf, MetBy, Misfit, WiredExport, WiredInstance, Wiring};
use crate::interface::{Input, WacSource};
use crate::read::Reader;
use indexmap::{IndexMap, IndexSet};
use wac_graph::{CompositionGraph, NodeId, NodeKind};
use wasmparser::{Parser, Payload};

/// Tells what meets each import of each input. Errors: what a single input can have wrong, with its name; `Unsupported` for an input whose types
/// wac cannot hold; `InvalidWac` and `InvalidOption` about a document. What else `compose` would
/// refuse is in the result.
pub fn wire(inputs: Vec<Input>, wac: Option<&WacSource>) -> Result<Wiring> {
    if let ([input], None) = (inputs.as_slice(), wac) {
        return single(input);
    }
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let shapes = shape::of_all(&inputs)?;
    let (mut wiring, composition) = match wac {
        Some(wac) => {
            let composition = document::resolve(inputs, wac)?;
            (of_graph(&composition, &names, &shapes)?, Ok(composition))
        }
        None => {
            let matching = Matching::of(inputs, &shapes)?;
            (of_matching(&matching), matching.connect())
        }
    };
    wiring.refused = composition.and_then(|composition| finish(composition, &names, &mut wiring)).err();
    Ok(wiring)
}

/// Composes, as far as that goes, to see what the composition exports.
fn finish(composition: Composition, names: &[String], wiring: &mut Wiring) -> Result<()> {
    let composed = composition.encode(names)?;
    wiring.exports = exports(&composition.graph, &composed)?;
    drop(composition);
    composed.check(names)
}

/// One input by itself: all that it imports is the host's.
fn single(input: &Input) -> Result<Wiring> {
    let tree = Reader::outline(&input.bytes).map_err(|e| e.in_input(&input.name))?;
    let (mut connections, mut exports) = (Vec::new(), Vec::new());
    for item in shape::items(&tree) {
        match item {
            RootItem::Import(import) => {
                connections.push(Connection { instance: 0, import, met_by: MetBy::Host })
            }
            RootItem::Export(name) => {
                let of = Some(ExportOf { instance: 0, name: name.clone() });
                exports.push(WiredExport { r#as: name, of });
            }
        }
    }
    let instances = vec![WiredInstance { name: input.name.clone(), input: 0 }];
    Ok(Wiring { instances, connections, exports, refused: None })
}

/// Without a document, each input is one instance.
fn of_matching(matching: &Matching<'_>) -> Wiring {
    let (mut instances, mut connections) = (Vec::new(), Vec::new());
    for (index, part) in matching.parts.iter().enumerate() {
        instances.push(WiredInstance { name: part.name.clone(), input: number(index) });
        connections.extend(part.met.iter().map(|(import, met)| Connection {
            instance: number(index),
            import: import.clone(),
            met_by: met_by(met),
        }));
    }
    Wiring { instances, connections, exports: Vec::new(), refused: None }
}

fn met_by(met: &Met) -> MetBy {
    let export_of =
        |export: &PartExport| ExportOf { instance: number(export.part), name: export.name.clone() };
    match met {
        Met::Export(export) => MetBy::Export(export_of(export)),
        Met::Host => MetBy::Host,
        Met::Ambiguous(exports) => MetBy::Ambiguous(exports.iter().map(export_of).collect()),
        Met::Misfit(export, why) => MetBy::Misfit(Misfit { export: export_of(export), why: why.clone() }),
        Met::Follows { instance, .. } => MetBy::Follows(instance.clone()),
    }
}

/// With a document, the instances are those that it makes.
fn of_graph(composition: &Composition, names: &[String], shapes: &[Shape]) -> Result<Wiring> {
    let graph = &composition.graph;
    let nodes = instantiations(graph);
    let (mut instances, mut connections) = (Vec::new(), Vec::new());
    for (index, node) in nodes.iter().enumerate() {
        let package = graph[*node].package().map(|id| &graph[id]);
        let package = package.ok_or_else(|| Error::internal("an instance of no package"))?;
        let input = composition.input(package)?;
        let name = graph[*node].name().or_else(|| names.get(input).map(String::as_str));
        let name = name.unwrap_or_default().to_string();
        instances.push(WiredInstance { name, input: number(input) });
        let arguments: IndexMap<&str, NodeId> = graph.get_instantiation_arguments(*node).collect();
        // What the document gives a type import, it takes from wherever it says; what it leaves open
        // is the host's, with the instance that the type is from.
        let follows = |import: &str| {
            let (instance, _) = shapes.get(input)?.follows.get(import)?;
            (!arguments.contains_key(instance.as_str())).then(|| MetBy::Follows(instance.clone()))
        };
        for import in graph.types()[package.ty()].imports.keys() {
            let met_by = match arguments.get(import.as_str()) {
                Some(argument) => export_of(graph, &nodes, *argument).map(MetBy::Export),
                None => follows(import),
            };
            let (instance, import) = (number(index), import.clone());
            connections.push(Connection { instance, import, met_by: met_by.unwrap_or(MetBy::Host) });
        }
    }
    Ok(Wiring { instances, connections, exports: Vec::new(), refused: None })
}

/// The instances of inputs, in the order in which they were made.
fn instantiations(graph: &CompositionGraph) -> IndexSet<NodeId> {
    graph.node_ids().filter(|node| matches!(graph[*node].kind(), NodeKind::Instantiation(_))).collect()
}

/// Which export of which instance a node is; none if it comes from an import or is a type of the
/// document's own.
fn export_of(graph: &CompositionGraph, instances: &IndexSet<NodeId>, node: NodeId) -> Option<ExportOf> {
    let (mut source, mut names) = (node, Vec::new());
    while let Some((instance, name)) = graph.get_alias_source(source) {
        names.push(name);
        source = instance;
    }
    names.reverse();
    let instance = instances.get_index_of(&source)?;
    Some(ExportOf { instance: number(instance), name: names.join("#") })
}

/// The names come from the encoded composition: the graph's nodes know one name each, and may be
/// exported under several.
fn exports(graph: &CompositionGraph, composed: &Composed) -> Result<Vec<WiredExport>> {
    let instances = instantiations(graph);
    let mut exports = Vec::new();
    let mut nested: usize = 0;
    for payload in Parser::new(0).parse_all(&composed.bytes) {
        let unreadable = |e| Error::internal(format!("composition: {e}"));
        match payload.map_err(unreadable)? {
            Payload::ComponentSection { .. } | Payload::ModuleSection { .. } => nested += 1,
            Payload::End(_) => nested = nested.saturating_sub(1),
            Payload::ComponentExportSection(section) if nested == 0 => {
                for export in section {
                    let name = export.map_err(unreadable)?.name.name;
                    let node = graph.get_export(name);
                    let of = node.and_then(|node| export_of(graph, &instances, node));
                    exports.push(WiredExport { r#as: name.to_string(), of });
                }
            }
            _ => {}
        }
    }
    Ok(exports)
}

/// An index as the interface has it. There are fewer than 2^32 of anything that is in memory.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
