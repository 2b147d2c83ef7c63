//! Attributes of imports and exports: `implements`, `external-id`, `versionsuffix`. In: what the inputs
//! say of theirs, and the component that wac has encoded, which has next to none. Out: the component
//! with the inputs' attributes, or why two inputs cannot share an import. Not its job: types, which have
//! no attributes (Explainer.md, "Type Checking").

use super::composition::Composition;
use super::shape::{RootItem, Shape};
use crate::error::{Code, Error, Result};
use indexmap::IndexMap;
use std::ops::Range;
use wac_graph::types::{InterfaceId, ItemKind, are_semver_compatible};
use wac_graph::{NodeId, NodeKind};
use wasm_encoder::{ComponentSection as _, ComponentSectionId, Encode, RawSection};
use wasmparser::component_types::ComponentItem;
use wasmparser::names::{ComponentName, ComponentNameKind};
use wasmparser::{BinaryReader, ComponentExternName, FromReader, Parser, Payload, SectionLimited};

/// The attributes of one import or export (Explainer.md, "Import and Export Definitions").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    pub implements: Option<String>,
    pub external_id: Option<String>,
    pub version_suffix: Option<String>,
}

impl Attributes {
    pub fn of(item: &ComponentItem) -> Attributes {
        Attributes {
            implements: item.implements.clone(),
            external_id: item.external_id.clone(),
            version_suffix: item.version_suffix.clone(),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Attributes::default()
    }

    fn read(name: &ComponentExternName<'_>) -> Attributes {
        Attributes {
            implements: name.implements.map(str::to_string),
            external_id: name.external_id.map(str::to_string),
            version_suffix: name.version_suffix.map(str::to_string),
        }
    }

    fn name<'n>(&'n self, name: &'n str) -> wasm_encoder::ComponentExternName<'n> {
        wasm_encoder::ComponentExternName {
            name: name.into(),
            implements: self.implements.as_deref().map(Into::into),
            version_suffix: self.version_suffix.as_deref().map(Into::into),
            external_id: self.external_id.as_deref().map(Into::into),
        }
    }

    /// How the two differ in what tells a host which thing is meant; a `versionsuffix` is for messages.
    /// A clause about an import of each.
    fn difference(&self, other: &Attributes) -> Option<String> {
        let words = |what: &str, one: &Option<String>, other: &Option<String>| {
            let said = |value: &Option<String>| value.as_ref().map_or("none".into(), |v| format!("`{v}`"));
            (one != other).then(|| format!("{what} {} there and {} here", said(one), said(other)))
        };
        words("the interface that it implements is", &self.implements, &other.implements)
            .or_else(|| words("its external-id is", &self.external_id, &other.external_id))
    }
}

/// What a composition's imports that are left to the host have for attributes, under the names that the
/// inputs give them. Those that become one import have to agree.
pub(super) struct Imports(IndexMap<String, (Attributes, String)>);

impl Imports {
    fn add(&mut self, name: &str, attributes: &Attributes, input: &str) -> Result<()> {
        let Some((_, (first, of))) = self.0.iter_mut().find(|(n, _)| are_semver_compatible(n, name)) else {
            self.0.insert(name.to_string(), (attributes.clone(), input.to_string()));
            return Ok(());
        };
        if let Some(difference) = first.difference(attributes) {
            let message =
                format!("the import `{name}` of `{input}` is another than that of `{of}`: {difference}");
            return Err(Error::new(Code::IncompatibleTypes, message).in_input(input).hint(
                "both would become one import: give one of them to an input that exports it, or compose in two steps",
            ));
        }
        first.version_suffix = std::cmp::max(first.version_suffix.take(), attributes.version_suffix.clone());
        Ok(())
    }

    fn get(&self, name: &str) -> Option<&Attributes> {
        let found = self.0.iter().find(|(n, _)| are_semver_compatible(n, name));
        found.map(|(_, (attributes, _))| attributes)
    }
}

impl Composition {
    /// The component with the inputs' attributes; `bytes` is what wac has encoded.
    pub(super) fn with_attributes(&self, bytes: Vec<u8>, imports: &Imports) -> Result<Vec<u8>> {
        let export = |name: &str| self.attributes_of_export(name);
        let import = |name: &str| imports.get(name).cloned();
        rewrite(bytes, &import, &export)
    }

    /// Errors: `IncompatibleTypes` where two inputs' imports that become one differ; `Unsupported` for
    /// attributes inside an import's type, which wac does not write.
    pub(super) fn attributes_of_imports(&self, names: &[String]) -> Result<Imports> {
        let mut imports = Imports(IndexMap::new());
        for node in self.instantiations() {
            let Some((index, shape)) = self.shape_of(node) else { continue };
            let input = names.get(index).map_or("", String::as_str);
            for name in self.left_to_the_host(node) {
                if let Some(inside) = shape.inside.get(&name) {
                    let message =
                        format!("the import `{name}` has attributes inside its type, of `{inside}`");
                    return Err(Error::new(Code::Unsupported, format!("{message}: it cannot be composed"))
                        .in_input(input)
                        .hint(
                            "give the component that exports it as an input too, or fuse the input by itself",
                        ));
                }
                let none = Attributes::default();
                imports.add(
                    &name,
                    shape.attributes.get(&RootItem::Import(name.clone())).unwrap_or(&none),
                    input,
                )?;
            }
        }
        Ok(imports)
    }

    fn attributes_of_export(&self, name: &str) -> Option<Attributes> {
        let node = self.graph.get_export(name)?;
        let (instance, export) = self.graph.get_alias_source(node)?;
        let (_, shape) = self.shape_of(instance)?;
        let mut attributes = shape.attributes.get(&RootItem::Export(export.to_string()))?.clone();
        // A document may give it another name, and only a label implements something else.
        if !is_label(name) {
            attributes.implements = None;
        }
        if name != export {
            attributes.version_suffix = None;
        }
        Some(attributes)
    }

    /// The instances of inputs, in the order in which they were made.
    pub(super) fn instantiations(&self) -> Vec<NodeId> {
        let graph = &self.graph;
        graph.node_ids().filter(|node| matches!(graph[*node].kind(), NodeKind::Instantiation(_))).collect()
    }

    /// Whether an instance is that of the provider of stubs.
    pub(super) fn is_stubs(&self, node: NodeId) -> bool {
        self.stubs.is_some() && self.shape_of(node).map(|(input, _)| input) == self.stubs
    }

    /// Which input an instance is of, and that input's shape.
    pub(super) fn shape_of(&self, node: NodeId) -> Option<(usize, &Shape)> {
        let package = self.graph[node].package()?;
        let index = self.input(&self.graph[package]).ok()?;
        Some((index, self.shapes.get(index)?))
    }

    /// The imports of an instance that nothing meets.
    pub(super) fn left_to_the_host(&self, node: NodeId) -> Vec<String> {
        let Some(package) = self.graph[node].package() else { return Vec::new() };
        let met: Vec<&str> = self.graph.get_instantiation_arguments(node).map(|(name, _)| name).collect();
        let imports = &self.graph.types()[self.graph[package].ty()].imports;
        imports.keys().filter(|name| !met.contains(&name.as_str())).cloned().collect()
    }

    /// wac takes an instance under a label for the interface that it implements, and makes one type of
    /// all that implement it, and one import of all that are called like it. Under a label, it is an
    /// instance without an interface's name, until its attributes are written.
    pub(super) fn keep_labels_apart(&mut self) {
        let mut labels: Vec<(usize, wac_graph::PackageId, String)> = Vec::new();
        for node in self.instantiations() {
            let (Some(package), Some((index, shape))) = (self.graph[node].package(), self.shape_of(node))
            else {
                continue;
            };
            for (item, attributes) in &shape.attributes {
                if let (RootItem::Import(name), Some(_)) = (item, &attributes.implements) {
                    labels.push((index, package, name.clone()));
                }
            }
        }
        for (index, package, name) in labels {
            let world = self.graph[package].ty();
            let imports = &self.graph.types()[world].imports;
            let Some(ItemKind::Instance(id)) = imports.get(&name).copied() else { continue };
            let regular = |(other, kind): (&String, &ItemKind)| {
                let labelled = self.shapes.get(index).and_then(|shape| {
                    shape.attributes.get(&RootItem::Import(other.clone())).map(|a| a.implements.is_some())
                });
                *kind == ItemKind::Instance(id) && labelled != Some(true)
            };
            let shared = imports.iter().any(regular);
            self.nameless(world, &name, id, shared);
        }
    }

    fn nameless(&mut self, world: wac_graph::types::WorldId, name: &str, id: InterfaceId, shared: bool) {
        let types = self.graph.types_mut();
        let mut own = types[id].clone();
        own.id = None;
        if !shared {
            types[id].id = None;
        }
        let own = types.add_interface(own);
        types[world].imports.insert(name.to_string(), ItemKind::Instance(own));
    }
}

/// Whether a name is that of no interface.
pub(super) fn is_label(name: &str) -> bool {
    matches!(ComponentName::new(name, 0).as_ref().map(ComponentName::kind), Ok(ComponentNameKind::Label(_)))
}

type Lookup<'l> = &'l dyn Fn(&str) -> Option<Attributes>;

/// Copies the component, with other attributes for the root's imports and exports.
fn rewrite(bytes: Vec<u8>, import: Lookup<'_>, export: Lookup<'_>) -> Result<Vec<u8>> {
    let mut out = bytes.get(..HEADER).unwrap_or_default().to_vec();
    let mut end = HEADER;
    let unreadable = |e| Error::internal(format!("composition: {e}"));
    for payload in Parser::new(0).parse_all(&bytes) {
        let payload = payload.map_err(unreadable)?;
        let Some((_, range)) = payload.as_section() else { continue };
        let range = range.start as usize..range.end as usize;
        if range.start < end {
            continue; // Inside an input.
        }
        let renamed = match &payload {
            Payload::ComponentImportSection(section) => {
                Some((ComponentSectionId::Import, entries(&bytes, section, &range, import)?))
            }
            Payload::ComponentExportSection(section) => {
                Some((ComponentSectionId::Export, entries(&bytes, section, &range, export)?))
            }
            _ => None,
        };
        match renamed {
            Some((id, data)) => RawSection { id: id.into(), data: &data }.append_to_component(&mut out),
            None => out.extend_from_slice(bytes.get(end..range.end).unwrap_or_default()),
        }
        end = range.end;
    }
    Ok(out)
}

/// The preamble of a component: magic number, version and layer.
const HEADER: usize = 8;

/// The entries of a section of imports or exports: a name with attributes comes first in each.
fn entries<'b, T: FromReader<'b>>(
    bytes: &'b [u8],
    section: &SectionLimited<'b, T>,
    range: &Range<usize>,
    lookup: Lookup<'_>,
) -> Result<Vec<u8>> {
    let unreadable = |e| Error::internal(format!("composition: {e}"));
    let mut starts = Vec::new();
    for entry in section.clone().into_iter_with_offsets() {
        starts.push(entry.map_err(unreadable)?.0 as usize);
    }
    let ends = starts.iter().skip(1).copied().chain([range.end]);
    let mut out = Vec::new();
    section.count().encode(&mut out);
    for (start, end) in starts.iter().copied().zip(ends) {
        let entry = bytes.get(start..end).unwrap_or_default();
        let mut reader = BinaryReader::new(entry, 0);
        let name: ComponentExternName<'_> = reader.read().map_err(unreadable)?;
        match lookup(name.name) {
            Some(attributes) if attributes != Attributes::read(&name) => {
                attributes.name(name.name).encode(&mut out);
                out.extend_from_slice(entry.get(reader.original_position() as usize..).unwrap_or_default());
            }
            _ => out.extend_from_slice(entry),
        }
    }
    Ok(out)
}
