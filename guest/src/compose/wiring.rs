//! How inputs connect, for people to look at. In: binary inputs, and a WAC document or none. Out:
//! `Wiring`, which tells what `matching` has found or what a document's graph says; nothing is decided
//! here. Not its job: composing; but if that is refused, the reason is told too.

use super::composition::{Composed, Composition};
use super::matching::{Matching, Met, PartExport};
use super::shape::{self, RootItem};
use super::{budget, consistent, document};
use crate::error::{Error, Result};
use crate::interface::{
    Composing, Connection, ExportOf, Input, MetBy, Misfit, WiredExport, WiredInstance, Wiring,
};
use crate::read::Reader;
use indexmap::{IndexMap, IndexSet};
use wac_graph::{CompositionGraph, NodeId};
use wasmparser::{Parser, Payload};

/// Tells what meets each import of each input. Errors: what a single input can have wrong, with its name;
/// `Unsupported` for an input whose types wac cannot hold; `InvalidWac` and `InvalidOption` about a
/// document; `InvalidOption` about stubs; `LimitExceeded` past a budget. What else `compose` would refuse is in the result.
pub fn wire(inputs: Vec<Input>, composing: &Composing) -> Result<Wiring> {
    consistent(composing)?;
    if let ([input], false) = (inputs.as_slice(), composing.is_needed(1)) {
        return single(input);
    }
    budget::inputs(inputs.len())?;
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let shapes = shape::of_all(&inputs)?;
    let (mut wiring, composition) = match &composing.wac {
        Some(wac) => {
            let composition = document::resolve(inputs, shapes, wac, &composing.stub)?;
            (of_graph(&composition, &names)?, Ok(composition))
        }
        None => {
            let matching = Matching::of(inputs, shapes, composing)?;
            (of_matching(&matching), matching.connect())
        }
    };
    wiring.refused = composition.and_then(|composition| finish(composition, &names, &mut wiring)).err();
    Ok(wiring)
}

/// Composes, as far as that goes, to see what the composition exports.
fn finish(mut composition: Composition, names: &[String], wiring: &mut Wiring) -> Result<()> {
    let composed = composition.encode(names)?;
    wiring.exports = exports(&composition, &composed)?;
    composition.check(&composed, names)
}

/// One input by itself: all that it imports is the host's.
fn single(input: &Input) -> Result<Wiring> {
    let tree = Reader::outline(&input.bytes).map_err(|e| e.in_input(&input.name))?;
    let (mut connections, mut exports) = (Vec::new(), Vec::new());
    for item in shape::items(&tree) {
        match item {
            RootItem::Import(import) => {
                connections.push(Connection { instance: 0, import: import.to_string(), met_by: MetBy::Host })
            }
            RootItem::Export(name) => {
                let of = Some(ExportOf { instance: 0, name: name.to_string() });
                exports.push(WiredExport { r#as: name.to_string(), of });
            }
        }
    }
    let instances = vec![WiredInstance { name: input.name.clone(), input: 0 }];
    Ok(Wiring { instances, connections, exports, refused: None })
}

/// Without a document, each input is one instance.
fn of_matching(matching: &Matching) -> Wiring {
    let (mut instances, mut connections) = (Vec::new(), Vec::new());
    let inputs = matching.stubs.unwrap_or(matching.parts.len());
    for (index, part) in matching.parts.iter().enumerate().take(inputs) {
        instances.push(WiredInstance { name: part.name.clone(), input: number(index) });
        connections.extend(part.met.iter().map(|(import, met)| Connection {
            instance: number(index),
            import: import.clone(),
            met_by: met_by(met, inputs),
        }));
    }
    Wiring { instances, connections, exports: Vec::new(), refused: None }
}

/// `inputs` is how many there are: behind them is the provider of stubs.
fn met_by(met: &Met, inputs: usize) -> MetBy {
    let export_of =
        |export: &PartExport| ExportOf { instance: number(export.part), name: export.name.to_string() };
    match met {
        Met::Export(export) if export.part >= inputs => MetBy::Stub,
        Met::Export(export) => MetBy::Export(export_of(export)),
        Met::Host => MetBy::Host,
        Met::Ambiguous(exports) => MetBy::Ambiguous(exports.iter().map(export_of).collect()),
        Met::Misfit(export, why) => MetBy::Misfit(Misfit { export: export_of(export), why: why.clone() }),
        Met::Follows { instance, .. } => MetBy::Follows(instance.to_string()),
    }
}

/// With a document, the instances are those that it makes.
fn of_graph(composition: &Composition, names: &[String]) -> Result<Wiring> {
    let graph = &composition.graph;
    let nodes = instantiations(composition);
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
            let (instance, _) = composition.shapes.get(input)?.follows.get(import)?;
            (!arguments.contains_key(&**instance)).then(|| MetBy::Follows(instance.to_string()))
        };
        for import in graph.types()[package.ty()].imports.keys() {
            let met_by = match arguments.get(import.as_str()) {
                Some(argument) => {
                    let export = export_of(graph, &nodes, *argument).map(MetBy::Export);
                    export.or_else(|| is_stub(composition, *argument).then_some(MetBy::Stub))
                }
                None => follows(import),
            };
            let (instance, import) = (number(index), import.clone());
            connections.push(Connection { instance, import, met_by: met_by.unwrap_or(MetBy::Host) });
        }
    }
    Ok(Wiring { instances, connections, exports: Vec::new(), refused: None })
}

/// The instances of inputs, in the order in which they were made.
fn instantiations(composition: &Composition) -> IndexSet<NodeId> {
    let is_input = |node: &NodeId| !composition.is_stubs(*node);
    composition.instantiations().into_iter().filter(is_input).collect()
}

/// Whether a node is an export of the provider of stubs, or in one.
fn is_stub(composition: &Composition, node: NodeId) -> bool {
    let mut source = node;
    while let Some((instance, _)) = composition.graph.get_alias_source(source) {
        source = instance;
    }
    composition.is_stubs(source)
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
fn exports(composition: &Composition, composed: &Composed) -> Result<Vec<WiredExport>> {
    let graph = &composition.graph;
    let instances = instantiations(composition);
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
