//! What the merged module exports. In: an item and the name that tools know it by. Out: the name that it
//! gets. Not its job: which definition the item is (`instances`).

use super::names::UniqueNames;
use crate::abi::side::MemoryRef;
use crate::adapter::spec::Ref;
use indexmap::IndexMap;
use std::collections::HashMap;

/// Something that the merged module exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExportedItem {
    Func(Ref),
    Memory(MemoryRef),
}

/// The exports, in their order.
#[derive(Default)]
pub struct ExportedItems {
    names: UniqueNames,
    items: IndexMap<String, ExportedItem>,
    /// Memories and reallocs already exported.
    shared: HashMap<ExportedItem, String>,
}

impl ExportedItems {
    /// Exports `item` under `name`, or one like it; the result is the name.
    pub fn export(&mut self, name: String, item: ExportedItem) -> String {
        let name = self.names.claim(name);
        self.items.insert(name.clone(), item);
        name
    }

    /// As `export`, but an item that was shared before keeps its one name. The first memory and the
    /// first realloc get the names that tools know.
    pub fn share(&mut self, name: &str, item: ExportedItem) -> String {
        if let Some(name) = self.shared.get(&item) {
            return name.clone();
        }
        let name = self.export(name.to_string(), item);
        self.shared.insert(item, name.clone());
        name
    }

    pub fn finish(self) -> IndexMap<String, ExportedItem> {
        self.items
    }
}
