//! The imports of the module in the making. In: what is used. Out: indices, the import section, and
//! what each import is. Not its job: what an import's type has to be (`super`).

use crate::abi::side::MemoryRef;
use crate::adapter::spec::Ref;
use crate::error::{Error, Result};
use crate::runtime::Trap;
use indexmap::IndexMap;
use wasm_encoder::{EntityType, GlobalType, ImportSection, MemoryType, ValType};

/// What an import is, with its index in its own index space.
#[derive(Debug, Clone, Copy)]
enum Import {
    /// `ty` is an index into the type section.
    Function {
        index: u32,
        ty: u32,
    },
    Memory {
        index: u32,
        memory: MemoryRef,
    },
    Global {
        index: u32,
        ty: ValType,
    },
}

/// Each thing that is used, imported once, in the order of first use.
#[derive(Default)]
pub struct Imports {
    imports: IndexMap<Ref, Import>,
    /// How many of each sort there are.
    pub functions: u32,
    pub memories: u32,
    pub globals: u32,
}

impl Imports {
    /// The index of a function. `ty` gives its type, as an index into the type section; it is asked at
    /// the first use only.
    pub fn function(&mut self, reference: Ref, ty: impl FnOnce() -> u32) -> u32 {
        if let Some(Import::Function { index, .. }) = self.imports.get(&reference) {
            return *index;
        }
        let index = next(&mut self.functions);
        self.imports.insert(reference, Import::Function { index, ty: ty() });
        index
    }

    /// The index of the function that traps for this reason, which has been imported.
    pub fn trap(&self, trap: Trap) -> Result<u32> {
        match self.imports.get(&Ref::Trap(trap)) {
            Some(Import::Function { index, .. }) => Ok(*index),
            _ => Err(Error::internal("an adapter traps by a function that is not imported")),
        }
    }

    pub fn contains(&self, reference: Ref) -> bool {
        self.imports.contains_key(&reference)
    }

    /// The index of a memory.
    pub fn memory(&mut self, reference: Ref, memory: MemoryRef) -> u32 {
        if let Some(Import::Memory { index, .. }) = self.imports.get(&reference) {
            return *index;
        }
        let index = next(&mut self.memories);
        self.imports.insert(reference, Import::Memory { index, memory });
        index
    }

    /// The index of a mutable global.
    pub fn global(&mut self, reference: Ref, ty: ValType) -> u32 {
        if let Some(Import::Global { index, .. }) = self.imports.get(&reference) {
            return *index;
        }
        let index = next(&mut self.globals);
        self.imports.insert(reference, Import::Global { index, ty });
        index
    }

    /// What each import is, in order.
    pub fn references(&self) -> Vec<Ref> {
        self.imports.keys().copied().collect()
    }

    /// The imports are named by number: `references` says what each is.
    pub fn section(&self) -> ImportSection {
        let mut section = ImportSection::new();
        for (n, import) in self.imports.values().enumerate() {
            let ty = match *import {
                Import::Function { ty, .. } => EntityType::Function(ty),
                Import::Memory { memory, .. } => EntityType::Memory(MemoryType {
                    minimum: 0,
                    maximum: None,
                    memory64: memory.memory64(),
                    shared: false,
                    page_size_log2: Some(memory.page_bits()).filter(|bits| *bits != 16),
                }),
                Import::Global { ty, .. } => {
                    EntityType::Global(GlobalType { val_type: ty, mutable: true, shared: false })
                }
            };
            section.import("", &n.to_string(), ty);
        }
        section
    }
}

fn next(counter: &mut u32) -> u32 {
    let index = *counter;
    *counter = counter.saturating_add(1);
    index
}
