//! What a core module says about all of its instances. In: a module of the tree. Out: `CoreModule`, in
//! which exports and imports are found by name and by index. Not its job: instances (`core`).

use crate::read::{CoreSort, Module};
use std::collections::HashMap;
use wasmparser::{MemoryType, Name};

/// A core module, with what its instances have in common.
pub struct CoreModule<'t> {
    pub module: &'t Module<'t>,
    exports: HashMap<&'t str, (CoreSort, u32)>,
    /// By sort: see the method.
    imported: [Vec<usize>; 5],
    /// As its name section has it; for people.
    pub name: Option<&'t str>,
}

impl<'t> CoreModule<'t> {
    pub fn new(module: &'t Module<'t>) -> CoreModule<'t> {
        let exports = module.exports.iter().map(|e| (e.name, (CoreSort::from(e.kind), e.index))).collect();
        let mut imported: [Vec<usize>; 5] = Default::default();
        for (i, import) in module.imports.iter().enumerate() {
            if let Some(of_sort) = imported.get_mut(CoreSort::from(import.ty) as usize) {
                of_sort.push(i);
            }
        }
        CoreModule { module, exports, imported, name: name(module) }
    }

    /// The sort and the index of an export, in the module's index space of that sort.
    pub fn export(&self, name: &str) -> Option<(CoreSort, u32)> {
        self.exports.get(name).copied()
    }

    /// Which of the module's imports each imported item of a sort is: they come first in the index
    /// space.
    pub fn imported(&self, sort: CoreSort) -> &[usize] {
        self.imported.get(sort as usize).map_or(&[], Vec::as_slice)
    }

    /// A memory that the module defines, by its index in the module's index space.
    pub fn memory(&self, index: u32) -> Option<&MemoryType> {
        let index = (index as usize).checked_sub(self.imported(CoreSort::Memory).len())?;
        self.module.memories.get(index)
    }
}

/// The module's name, if there is a name section that has one.
fn name<'t>(module: &'t Module<'t>) -> Option<&'t str> {
    let (_, data) = module.customs.iter().find(|(name, _)| *name == "name")?;
    let reader = wasmparser::NameSectionReader::new(wasmparser::BinaryReader::new(data, 0));
    reader.into_iter().find_map(|subsection| match subsection {
        Ok(Name::Module { name, .. }) => Some(name),
        _ => None,
    })
}
