//! What a component is made of. In: the tree. Out: nested components and core modules with their
//! sizes, sections, memories and features, ready to be shown or serialized. Not its job: instances,
//! which are the plan's.

use super::contents::{Memory, Section, Sizes};
use super::features::features;
use super::origin::{Told, told};
use crate::ids::{ComponentId, Id, ModuleId};
use crate::provenance;
use crate::read::{self, DefinitionKind, Tree};
use serde::Serialize;
use wasmparser::{BinaryReader, ComponentNameSectionReader, Encoding, Name, TypeRef};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Component {
    /// The number in `Tree::components`; the root is 0.
    pub number: usize,
    pub name: Option<String>,
    /// Bytes from the start of the input.
    pub offset: usize,
    pub bytes: usize,
    pub sections: Vec<Section>,
    /// Nested components and core modules, in the order of the binary.
    pub definitions: Vec<Nested>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nested {
    Component(Component),
    CoreModule(Module),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Module {
    /// The number in `Tree::modules`.
    pub number: usize,
    pub name: Option<String>,
    pub offset: usize,
    pub bytes: usize,
    pub sections: Vec<Section>,
    /// Functions that the module defines.
    pub functions: usize,
    pub imports: usize,
    pub exports: usize,
    /// Imported ones first.
    pub memories: Vec<Memory>,
    pub features: Vec<&'static str>,
    /// Where it came from, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Told>,
}

impl Component {
    /// Adds the features of all core modules in it, each once.
    pub fn features(&self, all: &mut Vec<&'static str>) {
        for nested in &self.definitions {
            match nested {
                Nested::Component(component) => component.features(all),
                Nested::CoreModule(module) => {
                    let new = module.features.iter().filter(|feature| !all.contains(feature));
                    let new: Vec<&'static str> = new.copied().collect();
                    all.extend(new);
                }
            }
        }
    }
}

/// The root. Recursion is bounded by `limits::COMPONENT_DEPTH`.
pub fn structure(tree: &Tree<'_>) -> Component {
    component(tree, ComponentId::from_index(0))
}

fn component(tree: &Tree<'_>, id: ComponentId) -> Component {
    let this = &tree.components[id];
    let bytes = tree.bytes.get(this.range.clone()).unwrap_or_default();
    let nested = this.definitions.iter().filter_map(|definition| match definition.kind {
        DefinitionKind::Component(id) => Some(Nested::Component(component(tree, id))),
        DefinitionKind::CoreModule(id) => Some(Nested::CoreModule(module(tree.modules.get(id)?, id))),
        _ => None,
    });
    Component {
        number: id.index(),
        name: component_name(bytes),
        offset: this.range.start,
        bytes: bytes.len(),
        sections: sections(bytes, Encoding::Component),
        definitions: nested.collect(),
    }
}

/// One core module.
pub fn module(module: &read::Module<'_>, id: ModuleId) -> Module {
    let imported = module.imports.iter().filter_map(|import| match import.ty {
        TypeRef::Memory(ty) => Some(Memory::new(&ty, true)),
        _ => None,
    });
    let said = module.customs.iter().any(|(name, _)| *name == provenance::SECTION);
    Module {
        number: id.index(),
        name: module_name(module),
        offset: module.offset,
        bytes: module.bytes.len(),
        sections: sections(module.bytes, Encoding::Module),
        functions: module.functions.len(),
        imports: module.imports.len(),
        exports: module.exports.len(),
        memories: imported.chain(module.memories.iter().map(|ty| Memory::new(ty, false))).collect(),
        features: features(module.bytes),
        provenance: said.then(|| told(module.bytes)).flatten(),
    }
}

fn module_name(module: &read::Module<'_>) -> Option<String> {
    let (_, contents) = module.customs.iter().find(|(name, _)| *name == "name")?;
    let names = wasmparser::NameSectionReader::new(BinaryReader::new(contents, 0));
    names.into_iter().find_map(|name| match name {
        Ok(Name::Module { name, .. }) => Some(name.to_string()),
        _ => None,
    })
}

fn component_name(bytes: &[u8]) -> Option<String> {
    let mut customs = read::sections(bytes).filter(|(id, _)| *id == 0);
    let (_, rest) = customs
        .find_map(|(_, contents)| read::custom(contents).filter(|(name, _)| *name == "component-name"))?;
    let names = ComponentNameSectionReader::new(BinaryReader::new(rest, 0));
    names.into_iter().find_map(|name| match name {
        Ok(wasmparser::ComponentName::Component { name, .. }) => Some(name.to_string()),
        _ => None,
    })
}

fn sections(bytes: &[u8], encoding: Encoding) -> Vec<Section> {
    let mut sizes = Sizes::default();
    for (id, contents) in read::sections(bytes) {
        let name = read::custom(contents).map(|(name, _)| name);
        sizes.add(encoding, id, name, contents.len() as u64);
    }
    sizes.sections()
}
