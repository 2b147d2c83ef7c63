//! The component tree. In: the bytes of one component. Out: `Tree`: every component's definitions
//! in the order of the binary, every core module taken apart, and the validator's types of the
//! root. Not its job: making it (`read::reader`), and evaluating any of it (`link`).

use super::module::Module;
use crate::ids::{ComponentId, IdVec, ModuleId};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasmparser::component_types::ComponentItem;

/// A validated component with everything nested in it. Component 0 is the root.
pub struct Tree<'a> {
    pub bytes: &'a [u8],
    pub components: IdVec<ComponentId, Component<'a>>,
    pub modules: IdVec<ModuleId, Rc<Module<'a>>>,
    /// The validator's types at the end of the root component.
    pub types: wasmparser::types::Types,
}

/// Whether something is imported or exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Import,
    Export,
}

impl Direction {
    /// As the text format says it.
    pub fn keyword(self) -> &'static str {
        match self {
            Direction::Import => "import",
            Direction::Export => "export",
        }
    }
}

impl<'a> Tree<'a> {
    /// What the root imports and exports, in the order of the binary: the name, and the validator's item.
    pub fn root_items(&self) -> impl Iterator<Item = (Direction, &'a str, Option<&ComponentItem>)> {
        let definitions = self.components.values().next().into_iter().flat_map(|root| &root.definitions);
        definitions.filter_map(|definition| match &definition.kind {
            DefinitionKind::Import(import) => {
                let name = import.name.name;
                Some((Direction::Import, name, self.types.component_item_for_import(name)))
            }
            DefinitionKind::Export(export) => {
                let name = export.name.name;
                Some((Direction::Export, name, self.types.component_item_for_export(name)))
            }
            _ => None,
        })
    }
}

/// One component: its definitions, in order. Each definition extends the index spaces as
/// Binary.md says.
pub struct Component<'a> {
    /// The byte range of the component in the input.
    pub range: std::ops::Range<usize>,
    /// The component that contains the definition; none for the root.
    pub parent: Option<ComponentId>,
    /// As an error's path names it: `component 2`, empty for the root.
    pub step: String,
    pub names: NameSection<'a>,
    pub definitions: Vec<Definition<'a>>,
}

/// One definition.
pub struct Definition<'a> {
    /// Where it stands, in bytes from the start of the input.
    pub offset: usize,
    pub kind: DefinitionKind<'a>,
}

/// wasmparser's own items; nested modules and components by id.
pub enum DefinitionKind<'a> {
    CoreModule(ModuleId),
    CoreInstance(wasmparser::Instance<'a>),
    Component(ComponentId),
    Instance(wasmparser::ComponentInstance<'a>),
    Alias(wasmparser::ComponentAlias<'a>),
    Type(wasmparser::ComponentType<'a>),
    Canonical(wasmparser::CanonicalFunction),
    Start(wasmparser::ComponentStartFunction),
    Import(wasmparser::ComponentImport<'a>),
    Export(wasmparser::ComponentExport<'a>),
}

/// What the custom section `component-name` says, by index into the index space. For people: nothing
/// but labels may depend on it.
#[derive(Debug, Default)]
pub struct NameSection<'a> {
    pub instances: BTreeMap<u32, &'a str>,
    pub core_instances: BTreeMap<u32, &'a str>,
}
