//! Which definition each import is. In: an assembly. Out: the definition; chains of re-exports are
//! followed to their end. Not its job: what is done with it.

use super::assembly::{Assembly, Def};
use super::entity::{BySort, Defined, Entity};
use super::spaces::Item;
use crate::error::{Error, Result};
use crate::ids::{Id, IdVec, LinkId, ModuleId};
use crate::read::{CoreSort, Module};

/// For each instance, the ids of the first things that it defines, as numbers.
pub type Firsts = IdVec<LinkId, BySort<u32>>;

/// What is known of one import of one instance.
#[derive(Debug, Clone, Copy)]
enum Import {
    Unknown,
    /// In the chain that is being followed: meeting it again means a cycle.
    Open,
    /// The number of an id; the import's sort says of which type.
    Known(usize),
}

/// Follows definitions. Each import is followed once, so the work is linear in their number
/// however long the chains are.
pub struct Resolver<'r, 'a> {
    assembly: &'r Assembly<'a>,
    firsts: &'r Firsts,
    /// For each module and sort: the positions of the imports of that sort.
    positions: IdVec<ModuleId, BySort<Vec<usize>>>,
    imports: IdVec<LinkId, Vec<Import>>,
}

impl<'r, 'a> Resolver<'r, 'a> {
    pub fn new(assembly: &'r Assembly<'a>, firsts: &'r Firsts) -> Resolver<'r, 'a> {
        let mut positions = IdVec::new();
        for module in assembly.modules.values() {
            positions.push(import_positions(module));
        }
        let mut imports = IdVec::new();
        for instance in assembly.instances.values() {
            imports.push(vec![Import::Unknown; instance.imports.len()]);
        }
        Resolver { assembly, firsts, positions, imports }
    }

    /// The definition that `def` comes to, which must be of the sort of `I`.
    pub fn resolve<I: Item>(&mut self, def: Def) -> Result<I> {
        let mut chain: Vec<(LinkId, usize)> = Vec::new();
        let mut at = def;
        let id = loop {
            match self.next(at)? {
                Next::End(id) => break id,
                Next::Import { instance, position } => {
                    let import = self.import(instance, position)?;
                    match *import {
                        Import::Known(id) => break I::from_index(id),
                        Import::Open => return Err(Error::internal("an import is defined by itself")),
                        Import::Unknown => *import = Import::Open,
                    }
                    chain.push((instance, position));
                    at = self.definition(instance, position)?;
                }
            }
        };
        for (instance, position) in chain {
            *self.import(instance, position)? = Import::Known(id.index());
        }
        Ok(id)
    }

    /// One link of the chain.
    fn next<I: Item>(&self, def: Def) -> Result<Next<I>> {
        let (instance, index) = match def {
            Def::Host(index)
                if I::SORT == CoreSort::Func && (index as usize) < self.assembly.imports.len() =>
            {
                return Ok(Next::End(I::from_index(index as usize)));
            }
            Def::Item { instance, sort, index } if sort == I::SORT => (instance, index as usize),
            _ => return Err(Error::internal("an import is met by a definition of another sort")),
        };
        let missing = || Error::internal("a definition names an item that does not exist");
        let id = self.assembly.instances.get(instance).ok_or_else(missing)?.module;
        let imported = I::of(self.positions.get(id).ok_or_else(missing)?);
        if let Some(&position) = imported.get(index) {
            return Ok(Next::Import { instance, position });
        }
        let nth = index.checked_sub(imported.len()).map(Defined::<I>::from_index).ok_or_else(missing)?;
        let module = self.assembly.modules.get(id).ok_or_else(missing)?;
        nth.get(module).ok_or_else(missing)?;
        id_of(self.firsts, instance, nth).map(Next::End).ok_or_else(missing)
    }

    fn import(&mut self, instance: LinkId, position: usize) -> Result<&mut Import> {
        let unknown = || Error::internal("a definition names an instance that does not exist");
        self.imports.get_mut(instance).ok_or_else(unknown)?.get_mut(position).ok_or_else(too_few)
    }

    fn definition(&self, instance: LinkId, position: usize) -> Result<Def> {
        let instance = self.assembly.instances.get(instance);
        instance.and_then(|i| i.imports.get(position)).copied().ok_or_else(too_few)
    }
}

enum Next<I> {
    End(I),
    Import { instance: LinkId, position: usize },
}

/// The id of something that an instance defines.
pub fn id_of<E: Entity>(firsts: &Firsts, instance: LinkId, nth: Defined<E>) -> Option<E> {
    let first = *E::of(firsts.get(instance)?);
    (first as usize).checked_add(nth.index()).map(E::from_index)
}

fn too_few() -> Error {
    Error::internal("an instance has fewer definitions than its module has imports")
}

fn import_positions(module: &Module) -> BySort<Vec<usize>> {
    let mut positions = BySort::<Vec<usize>>::default();
    for (position, import) in module.imports.iter().enumerate() {
        let of_sort = match CoreSort::from(import.ty) {
            CoreSort::Func => &mut positions.funcs,
            CoreSort::Table => &mut positions.tables,
            CoreSort::Memory => &mut positions.memories,
            CoreSort::Global => &mut positions.globals,
            CoreSort::Tag => &mut positions.tags,
        };
        of_sort.push(position);
    }
    positions
}
