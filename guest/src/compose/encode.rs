//! The composition's bytes. In: wac's graph with the inputs, and what they say of their imports and
//! exports. Out: `Composed`; or why inputs cannot share an import. wac writes next to no attributes, so
//! they are put in afterwards. Not its job: whether what is composed fits together (`explain`).

use super::attributes::{Attributes, is_label, rewrite};
use super::composition::{Composed, Composition, Placed};
use super::screen;
use super::shape::RootItem;
use super::track::{Track, track};
use super::wording::STUBS;
use crate::error::{Code, Error, Result};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use wac_graph::EncodeOptions;
use wac_graph::types::{InterfaceId, ItemKind};
use wasmparser::{Parser, Payload};

impl Composition {
    /// The component; `names` are the inputs'. Errors: `Unsupported` for imports that wac cannot write,
    /// `IncompatibleTypes` where those of one name do not fit each other.
    pub(super) fn encode(&mut self, names: &[String]) -> Result<Composed> {
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
    fn origins(&self, bytes: &[u8], names: &[String]) -> Result<Vec<Placed>> {
        let inputs = self.inputs()?;
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
            let input = inputs.get(bytes.get(range.clone()).unwrap_or_default()).copied();
            let input = input.ok_or_else(|| Error::internal("a component that is no package"))?;
            let stubs = || (self.stubs == Some(input)).then_some(STUBS);
            let of_input = names.get(input);
            let name = of_input.map(String::as_str).or_else(stubs);
            let name = name.ok_or_else(|| Error::internal("an input without a name"))?.to_string();
            origins.push(Placed { range, name, input: of_input.map(|_| input) });
        }
        Ok(origins)
    }

    /// The inputs by their bytes; of those that are the same component, the first.
    fn inputs(&self) -> Result<HashMap<&[u8], usize>> {
        let mut inputs = HashMap::new();
        for package in self.graph.packages() {
            let input = self.input(package)?;
            inputs.entry(package.bytes()).or_insert(input);
        }
        Ok(inputs)
    }
}

/// What a composition's imports that are left to the host have for attributes, and the input that the first
/// of each is of. Those that become one import have to agree.
struct Imports<'c>(HashMap<Track<'c>, (Attributes, &'c str)>);

impl<'c> Imports<'c> {
    fn add(&mut self, name: &'c str, attributes: &Attributes, input: &'c str) -> Result<()> {
        let (first, of) = match self.0.entry(track(name)) {
            Entry::Occupied(first) => first.into_mut(),
            Entry::Vacant(none) => {
                none.insert((attributes.clone(), input));
                return Ok(());
            }
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

    fn get<'n>(&'n self, name: &'n str) -> Option<&'n Attributes> {
        self.0.get(&track(name)).map(|(attributes, _)| attributes)
    }
}

impl Composition {
    /// The component with the inputs' attributes; `bytes` is what wac has encoded.
    fn with_attributes(&self, bytes: Vec<u8>, imports: &Imports<'_>) -> Result<Vec<u8>> {
        let export = |name: &str| self.attributes_of_export(name);
        let import = |name: &str| imports.get(name).cloned();
        rewrite(bytes, &import, &export)
    }

    /// Errors: `IncompatibleTypes` where two inputs' imports that become one differ; `Unsupported` for
    /// attributes inside an import's type, which wac does not write.
    fn attributes_of_imports<'c>(&'c self, names: &'c [String]) -> Result<Imports<'c>> {
        let mut imports = Imports(HashMap::new());
        for node in self.instantiations() {
            let Some((index, shape)) = self.shape_of(node) else { continue };
            let input = names.get(index).map_or("", String::as_str);
            for name in self.left_to_the_host(node) {
                if let Some(inside) = shape.inside.get(name) {
                    let message =
                        format!("the import `{name}` has attributes inside its type, of `{inside}`");
                    return Err(Error::new(Code::Unsupported, format!("{message}: it cannot be composed"))
                        .in_input(input)
                        .hint(
                            "give the component that exports it as an input too, or fuse the input by itself",
                        ));
                }
                let none = Attributes::default();
                imports.add(name, shape.attributes.get(&RootItem::import(name)).unwrap_or(&none), input)?;
            }
        }
        Ok(imports)
    }

    fn attributes_of_export(&self, name: &str) -> Option<Attributes> {
        let node = self.graph.get_export(name)?;
        let (instance, export) = self.graph.get_alias_source(node)?;
        let (_, shape) = self.shape_of(instance)?;
        let mut attributes = shape.attributes.get(&RootItem::export(export))?.clone();
        // A document may give it another name, and only a label implements something else.
        if !is_label(name) {
            attributes.implements = None;
        }
        if name != export {
            attributes.version_suffix = None;
        }
        Some(attributes)
    }

    /// wac takes an instance under a label for the interface that it implements, and makes one type of
    /// all that implement it, and one import of all that are called like it. Under a label, it is an
    /// instance without an interface's name, until its attributes are written.
    fn keep_labels_apart(&mut self) {
        let mut labels: Vec<(usize, wac_graph::PackageId, String)> = Vec::new();
        for node in self.instantiations() {
            let (Some(package), Some((index, shape))) = (self.graph[node].package(), self.shape_of(node))
            else {
                continue;
            };
            for (item, attributes) in &shape.attributes {
                if let (RootItem::Import(name), Some(_)) = (item, &attributes.implements) {
                    labels.push((index, package, name.to_string()));
                }
            }
        }
        for (index, package, name) in labels {
            let world = self.graph[package].ty();
            let imports = &self.graph.types()[world].imports;
            let Some(ItemKind::Instance(id)) = imports.get(&name).copied() else { continue };
            let regular = |(other, kind): (&String, &ItemKind)| {
                let labelled = self.shapes.get(index).and_then(|shape| {
                    shape.attributes.get(&RootItem::import(other)).map(|a| a.implements.is_some())
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
