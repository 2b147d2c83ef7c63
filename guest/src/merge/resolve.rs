//! Which item each import is. In: an assembly. Out: for every definition, the place of the item in
//! the layout; chains of re-exports are followed to their end. Not its job: what is done
//! with it.

use super::assembly::{Assembly, Def};
use crate::error::{Error, Result};
use crate::ids::{Id, IdVec, LinkId, ModuleId};
use crate::read::{CoreSort, Module};
use wasmparser::TypeRef;

/// One value for each sort of core item.
#[derive(Debug, Clone, Default)]
pub struct BySort<T> {
    pub funcs: T,
    pub tables: T,
    pub memories: T,
    pub globals: T,
    pub tags: T,
}

impl<T> BySort<T> {
    #[inline]
    pub fn get(&self, sort: CoreSort) -> &T {
        match sort {
            CoreSort::Func => &self.funcs,
            CoreSort::Table => &self.tables,
            CoreSort::Memory => &self.memories,
            CoreSort::Global => &self.globals,
            CoreSort::Tag => &self.tags,
        }
    }

    pub fn get_mut(&mut self, sort: CoreSort) -> &mut T {
        match sort {
            CoreSort::Func => &mut self.funcs,
            CoreSort::Table => &mut self.tables,
            CoreSort::Memory => &mut self.memories,
            CoreSort::Global => &mut self.globals,
            CoreSort::Tag => &mut self.tags,
        }
    }
}

pub const SORTS: [CoreSort; 5] =
    [CoreSort::Func, CoreSort::Table, CoreSort::Memory, CoreSort::Global, CoreSort::Tag];

/// The sort of an import.
pub fn sort_of(ty: &TypeRef) -> CoreSort {
    match ty {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => CoreSort::Func,
        TypeRef::Table(_) => CoreSort::Table,
        TypeRef::Memory(_) => CoreSort::Memory,
        TypeRef::Global(_) => CoreSort::Global,
        TypeRef::Tag(_) => CoreSort::Tag,
    }
}

/// How many items of one sort a module defines itself.
pub fn defined(module: &Module, sort: CoreSort) -> usize {
    match sort {
        CoreSort::Func => module.functions.len(),
        CoreSort::Table => module.tables.len(),
        CoreSort::Memory => module.memories.len(),
        CoreSort::Global => module.globals.len(),
        CoreSort::Tag => module.tags.len(),
    }
}

/// What is known of one import of one instance.
#[derive(Debug, Clone, Copy)]
enum Slot {
    Unknown,
    /// On the way that is being followed: meeting it again means a cycle.
    Open,
    Known(u32),
}

/// Follows definitions. Each import is followed once, so the work is linear in their number
/// however long the chains are.
pub struct Resolver<'r, 'a> {
    assembly: &'r Assembly<'a>,
    /// For each module and sort: the positions of the imports of that sort.
    positions: IdVec<ModuleId, BySort<Vec<u32>>>,
    /// For each instance and sort: the place of the first item that it defines.
    bases: &'r IdVec<LinkId, BySort<u32>>,
    slots: IdVec<LinkId, Vec<Slot>>,
}

impl<'r, 'a> Resolver<'r, 'a> {
    pub fn new(
        assembly: &'r Assembly<'a>,
        bases: &'r IdVec<LinkId, BySort<u32>>,
    ) -> Result<Resolver<'r, 'a>> {
        let mut positions = IdVec::new();
        for module in assembly.modules.values() {
            positions.push(import_positions(module));
        }
        let mut slots = IdVec::new();
        for instance in assembly.instances.values() {
            slots.push(vec![Slot::Unknown; instance.imports.len()]);
        }
        Ok(Resolver { assembly, positions, bases, slots })
    }

    /// The place of `def`, which must be of `sort`.
    pub fn resolve(&mut self, def: Def, sort: CoreSort) -> Result<u32> {
        let mut way: Vec<(LinkId, usize)> = Vec::new();
        let mut at = def;
        let index = loop {
            match self.next(at, sort)? {
                Next::End(index) => break index,
                Next::Import { instance, position } => {
                    let slot = self.slot(instance, position)?;
                    match *slot {
                        Slot::Known(index) => break index,
                        Slot::Open => return Err(Error::internal("an import is defined by itself")),
                        Slot::Unknown => *slot = Slot::Open,
                    }
                    way.push((instance, position));
                    at = self.import(instance, position)?;
                }
            }
        };
        for (instance, position) in way {
            *self.slot(instance, position)? = Slot::Known(index);
        }
        Ok(index)
    }

    /// The place of the first item of `sort` that `instance` defines.
    pub fn base(&self, instance: LinkId, sort: CoreSort) -> Result<u32> {
        let bases = self.bases.get(instance);
        bases.map(|b| *b.get(sort)).ok_or_else(|| Error::internal("an instance has no place"))
    }

    /// One link of the chain.
    fn next(&self, def: Def, sort: CoreSort) -> Result<Next> {
        let (instance, index) = match def {
            Def::Host(index) if sort == CoreSort::Func && (index as usize) < self.assembly.imports.len() => {
                return Ok(Next::End(index));
            }
            Def::Item { instance, sort: s, index } if s == sort => (instance, index),
            _ => return Err(Error::internal("an import is met by a definition of another sort")),
        };
        let missing = || Error::internal("a definition names an item that does not exist");
        let id = self.assembly.instances.get(instance).ok_or_else(missing)?.module;
        let imported = self.positions.get(id).ok_or_else(missing)?.get(sort);
        if let Some(&position) = imported.get(index as usize) {
            return Ok(Next::Import { instance, position: position as usize });
        }
        let nth = (index as usize).checked_sub(imported.len()).ok_or_else(missing)?;
        let module = self.assembly.modules.get(id).ok_or_else(missing)?;
        if nth >= defined(module, sort) {
            return Err(missing());
        }
        self.base(instance, sort)?.checked_add(to_index(nth)?).map(Next::End).ok_or_else(missing)
    }

    fn slot(&mut self, instance: LinkId, position: usize) -> Result<&mut Slot> {
        if instance.index() >= self.slots.len() {
            return Err(Error::internal("a definition names an instance that does not exist"));
        }
        self.slots[instance].get_mut(position).ok_or_else(too_few)
    }

    fn import(&self, instance: LinkId, position: usize) -> Result<Def> {
        let instance = self.assembly.instances.get(instance);
        instance.and_then(|i| i.imports.get(position)).copied().ok_or_else(too_few)
    }
}

enum Next {
    End(u32),
    Import { instance: LinkId, position: usize },
}

fn too_few() -> Error {
    Error::internal("an instance has fewer definitions than its module has imports")
}

fn import_positions(module: &Module) -> BySort<Vec<u32>> {
    let mut positions = BySort::<Vec<u32>>::default();
    for (position, import) in (0u32..).zip(&module.imports) {
        positions.get_mut(sort_of(&import.ty)).push(position);
    }
    positions
}

/// A count as an index. The budgets keep every index space far below 2^32.
pub fn to_index(count: usize) -> Result<u32> {
    u32::try_from(count).map_err(|_| Error::limit("items of the merged module", u32::MAX.into()))
}
