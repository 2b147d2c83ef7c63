//! The index spaces of one instance. In: which definition each index means. Out: the definition.
//! Not its job: finding it (`resolve`, `definitions`).

use super::entity::{Defined, Entity};
use crate::ids::{DataId, ElementId, FuncId, GlobalId, Id, MemoryId, ModuleId, TableId, TagId};
use crate::read::{CoreSort, Module};

/// From the indices of one instance's module to definitions: imports first, as the module counts.
#[derive(Debug)]
pub struct IndexSpaces {
    pub module: ModuleId,
    pub funcs: Vec<FuncId>,
    pub tables: Vec<TableId>,
    pub memories: Vec<MemoryId>,
    pub globals: Vec<GlobalId>,
    pub tags: Vec<TagId>,
    /// Segments are never imported: an instance's follow each other.
    pub first_element: ElementId,
    pub first_data: DataId,
}

/// What can be imported and exported.
pub trait Item: Entity {
    const SORT: CoreSort;
    /// By index in the module.
    fn space(spaces: &IndexSpaces) -> &[Self];
}

macro_rules! items {
    ($($id:ident $sort:ident $field:ident;)*) => {$(
        impl Item for $id {
            const SORT: CoreSort = CoreSort::$sort;
            #[inline]
            fn space(spaces: &IndexSpaces) -> &[Self] {
                &spaces.$field
            }
        }
    )*};
}

items! {
    FuncId Func funcs;
    TableId Table tables;
    MemoryId Memory memories;
    GlobalId Global globals;
    TagId Tag tags;
}

impl IndexSpaces {
    /// The item that has this index in the module.
    #[inline]
    pub fn get<I: Item>(&self, index: u32) -> Option<I> {
        I::space(self).get(index as usize).copied()
    }

    pub fn element(&self, index: u32) -> Option<ElementId> {
        self.first_element.index().checked_add(index as usize).map(ElementId::from_index)
    }

    pub fn data(&self, index: u32) -> Option<DataId> {
        self.first_data.index().checked_add(index as usize).map(DataId::from_index)
    }

    /// The items that the instance imports; `module` is its module, here as below.
    pub fn imported<I: Item>(&self, module: &Module) -> &[I] {
        let space = I::space(self);
        space.get(..space.len().saturating_sub(I::defined(module).len())).unwrap_or_default()
    }

    /// Which of the module's own definitions this index means. None: it means an import.
    pub fn defined<I: Item>(&self, module: &Module, index: u32) -> Option<Defined<I>> {
        (index as usize).checked_sub(self.imported::<I>(module).len()).map(Defined::from_index)
    }

    /// The index of one of the module's own definitions.
    pub fn index<I: Item>(&self, module: &Module, nth: Defined<I>) -> u32 {
        // Budgets keep every space far below 2^32.
        (self.imported::<I>(module).len() as u32).saturating_add(nth.raw())
    }
}
