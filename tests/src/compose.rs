//! Components put together the plain way, for comparison. In: components, providers first. Out:
//! one component that instantiates each once. Not its job: fusing; `meld_fuser::compose` finds out
//! by itself who provides what, this is told.

use anyhow::{Context, Result};
use wac_graph::types::{ItemKind, Package, are_semver_compatible};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

/// One part's import, and which part's which export meets it.
struct Link {
    consumer: usize,
    import: String,
    provider: usize,
    export: String,
}

/// A graph with every part instantiated and linked: each part's imports are met by the nearest part
/// before it that exports such a name, or else left to the host.
struct Chain {
    graph: CompositionGraph,
    instances: Vec<(PackageId, NodeId)>,
    links: Vec<Link>,
}

impl Chain {
    fn new(parts: &[(&str, &[u8])]) -> Result<Chain> {
        let mut chain = Chain { graph: CompositionGraph::new(), instances: Vec::new(), links: Vec::new() };
        for (name, bytes) in parts {
            chain.add(name, bytes)?;
        }
        Ok(chain)
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let graph = &mut self.graph;
        let package = Package::from_bytes(&format!("test:{name}"), None, bytes.to_vec(), graph.types_mut())?;
        let package = graph.register_package(package)?;
        let instance = graph.instantiate(package);
        for import in imports(graph, package) {
            let providers = self.instances.iter().enumerate().rev();
            let found = providers.filter_map(|(i, p)| Some((i, p.1, provided(graph, p.0, &import)?)));
            if let Some((provider, node, export)) = { found }.next() {
                let argument = graph.alias_instance_export(node, &export)?;
                graph.set_instantiation_argument(instance, &import, argument)?;
                self.links.push(Link { consumer: self.instances.len(), import, provider, export });
            }
        }
        self.instances.push((package, instance));
        Ok(())
    }
}

/// One component; the last part's exports are its exports.
pub fn chain(parts: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    let Chain { mut graph, instances, .. } = Chain::new(parts)?;
    let (last, instance) = instances.last().copied().context("nothing to compose")?;
    let names: Vec<String> = graph.types()[graph[last].ty()].exports.keys().cloned().collect();
    for name in names {
        let export = graph.alias_instance_export(instance, &name)?;
        graph.export(export, &name)?;
    }
    Ok(graph.encode(EncodeOptions::default())?)
}

/// The same composition as a document in the WAC language, for inputs of packages `test:NAME`.
pub fn document(parts: &[(&str, &[u8])]) -> Result<String> {
    let links = Chain::new(parts)?.links;
    let mut text = "package test:composition;\n".to_string();
    for (consumer, (part, _)) in parts.iter().enumerate() {
        text += &format!("let {part} = new test:{part} {{ ");
        for link in links.iter().filter(|link| link.consumer == consumer) {
            text += &format!("\"{}\": {}[\"{}\"], ", link.import, parts[link.provider].0, link.export);
        }
        text += "... };\n";
    }
    let last = parts.last().context("nothing to compose")?.0;
    Ok(text + &format!("export {last}...;\n"))
}

/// Whether some import could be met by more than one part.
pub fn is_ambiguous(parts: &[(&str, &[u8])]) -> Result<bool> {
    let Chain { graph, instances, .. } = Chain::new(parts)?;
    Ok(instances.iter().any(|(consumer, _)| {
        imports(&graph, *consumer).iter().any(|import| {
            let others = instances.iter().filter(|(provider, _)| provider != consumer);
            others.filter(|(provider, _)| provided(&graph, *provider, import).is_some()).count() > 1
        })
    }))
}

fn imports(graph: &CompositionGraph, package: PackageId) -> Vec<String> {
    let imports = &graph.types()[graph[package].ty()].imports;
    // A type alone is no one's to provide: its owner's instance brings it along.
    imports.iter().filter(|(_, kind)| !matches!(kind, ItemKind::Type(_))).map(|(n, _)| n.clone()).collect()
}

fn provided(graph: &CompositionGraph, package: PackageId, import: &str) -> Option<String> {
    let exports = &graph.types()[graph[package].ty()].exports;
    let exact = exports.contains_key(import).then(|| import.to_string());
    exact.or_else(|| exports.keys().find(|export| are_semver_compatible(export, import)).cloned())
}
