//! The component tree. In: the bytes of one component. Out: `Tree`: every component's definitions
//! in the order of the binary, every core module taken apart, and the validator's types of the
//! root. Not its job: evaluating any of it (`link`).

use super::Module;
use crate::error::{Error, Result};
use crate::ids::{ComponentId, IdVec, ModuleId};
use std::rc::Rc;

/// A validated component with everything nested in it. Component 0 is the root.
pub struct Tree<'a> {
    pub bytes: &'a [u8],
    pub components: IdVec<ComponentId, Component<'a>>,
    pub modules: IdVec<ModuleId, Rc<Module<'a>>>,
    /// The validator's types at the end of the root component.
    pub types: wasmparser::types::Types,
}

/// One component: its definitions, in order. Each definition extends the index spaces as
/// Binary.md says.
pub struct Component<'a> {
    /// The byte range of the component in the input.
    pub range: std::ops::Range<usize>,
    pub definitions: Vec<Definition<'a>>,
}

pub struct Definition<'a> {
    /// Where it stands, in bytes from the start of the input.
    pub offset: usize,
    pub kind: DefinitionKind<'a>,
}

/// wasmparser's own items; nested modules and components by id.
pub enum DefinitionKind<'a> {
    CoreModule(ModuleId),
    CoreInstance(wasmparser::Instance<'a>),
    CoreType(wasmparser::CoreType<'a>),
    Component(ComponentId),
    Instance(wasmparser::ComponentInstance<'a>),
    Alias(wasmparser::ComponentAlias<'a>),
    Type(wasmparser::ComponentType<'a>),
    Canonical(wasmparser::CanonicalFunction),
    Import(wasmparser::ComponentImport<'a>),
    Export(wasmparser::ComponentExport<'a>),
}

/// Reads and validates in steps, so that a caller can show progress.
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes }
    }

    /// Does a bounded amount of work. True: call again.
    pub fn step(&mut self) -> Result<bool> {
        Err(Error::internal("read is not built yet"))
    }

    /// How far it has come, in bytes of the input.
    pub fn position(&self) -> usize {
        0
    }

    pub fn finish(self) -> Result<Tree<'a>> {
        let _ = self.bytes;
        Err(Error::internal("read is not built yet"))
    }
}
