//! All definitions of all instances. In: an assembly. Out: for each instance, which definition each
//! of its indices means: one id for one definition, whoever imports it. Not its job: what the
//! definitions say, and which of them the merged module has (`live`).

use super::assembly::{Assembly, Def};
use super::entity::{BySort, Defined, Entity, to_index};
use super::linked::missing;
use super::resolve::{Firsts, Resolver, id_of};
use super::spaces::{IndexSpaces, Item};
use crate::error::{Code, Error, Result, shown};
use crate::ids::{DataId, ElementId, FuncId, GlobalId, Id, IdVec, LinkId, MemoryId, TableId, TagId};
use crate::read::{CoreSort, Module, limits};
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::TypeRef;

/// Which definition each index of each instance means.
#[derive(Debug)]
pub struct Definitions {
    pub instances: IdVec<LinkId, IndexSpaces>,
    /// One for each of the assembly's exports.
    pub exports: Vec<Exported>,
    /// The assembly's first memory.
    pub first_memory: Option<MemoryId>,
    /// What runs in the place of instances' start functions.
    pub starts: BTreeMap<LinkId, FuncId>,
    /// The assembly's accessors.
    pub accessors: Vec<FuncId>,
    /// The assembly's bases.
    pub bases: Vec<(GlobalId, MemoryId)>,
    /// How many there are of each sort; the functions' are with those of the host.
    pub counts: BySort<u32>,
    firsts: Firsts,
}

/// What an export of the merged module is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exported {
    Func(FuncId),
    Table(TableId),
    Memory(MemoryId),
    Global(GlobalId),
    Tag(TagId),
}

impl Definitions {
    pub fn new(assembly: &Assembly) -> Result<Definitions> {
        check_budgets(assembly)?;
        let (firsts, counts) = firsts(assembly)?;
        check_engine_limits(&counts)?;
        let mut resolver = Resolver::new(assembly, &firsts);
        let mut instances = IdVec::new();
        for id in assembly.instances.ids() {
            instances.push(index_spaces(assembly, &firsts, &mut resolver, id)?);
        }
        let mut exports = Vec::new();
        for export in &assembly.exports {
            let def = export.def;
            let sort = match def {
                Def::Host(_) => CoreSort::Func,
                Def::Item { sort, .. } => sort,
            };
            exports.push(match sort {
                CoreSort::Func => Exported::Func(resolver.resolve(def)?),
                CoreSort::Table => Exported::Table(resolver.resolve(def)?),
                CoreSort::Memory => Exported::Memory(resolver.resolve(def)?),
                CoreSort::Global => Exported::Global(resolver.resolve(def)?),
                CoreSort::Tag => Exported::Tag(resolver.resolve(def)?),
            });
        }
        let mut starts = BTreeMap::new();
        for (instance, start) in &assembly.starts {
            starts.insert(*instance, resolver.resolve(*start)?);
        }
        let accessors = assembly.accessors.iter().map(|def| resolver.resolve(*def)).collect::<Result<_>>()?;
        let base =
            |(global, memory): &(Def, Def)| Ok((resolver.resolve(*global)?, resolver.resolve(*memory)?));
        let bases = assembly.bases.iter().map(base).collect::<Result<_>>()?;
        let first_memory = assembly.first_memory.map(|def| resolver.resolve(def)).transpose()?;
        let definitions =
            Definitions { instances, exports, first_memory, starts, accessors, bases, counts, firsts };
        check_tables(assembly, &definitions)?;
        Ok(definitions)
    }

    /// The instance that defines this, and which of its definitions it is. None for a function of the
    /// host.
    pub fn owner<E: Entity>(&self, id: E) -> Option<(LinkId, Defined<E>)> {
        let firsts = self.firsts.values().as_slice();
        let first = |instance: &BySort<u32>| *E::of(instance) as usize;
        let instance = firsts.partition_point(|of| first(of) <= id.index()).checked_sub(1)?;
        let nth = id.index().checked_sub(first(firsts.get(instance)?))?;
        Some((LinkId::from_index(instance), Defined::from_index(nth)))
    }

    /// The id of something that an instance defines.
    pub fn id<E: Entity>(&self, instance: LinkId, nth: Defined<E>) -> Option<E> {
        id_of(&self.firsts, instance, nth)
    }
}

/// Gives every definition its id: for each instance the first ones, and how many there are.
fn firsts(assembly: &Assembly) -> Result<(Firsts, BySort<u32>)> {
    let mut next = BySort { funcs: to_index(assembly.imports.len())?, ..BySort::default() };
    let mut firsts = IdVec::new();
    for instance in assembly.instances.values() {
        let module = assembly.module(instance)?;
        let first = next.clone();
        next = BySort {
            funcs: advance(next.funcs, module.functions.len())?,
            tables: advance(next.tables, module.tables.len())?,
            memories: advance(next.memories, module.memories.len())?,
            globals: advance(next.globals, module.globals.len())?,
            tags: advance(next.tags, module.tags.len())?,
            elements: advance(next.elements, module.elements.len())?,
            data: advance(next.data, module.data.len())?,
        };
        firsts.push(first);
    }
    Ok((firsts, next))
}

fn advance(next: u32, by: usize) -> Result<u32> {
    next.checked_add(to_index(by)?).ok_or_else(|| Error::limit("items of the merged module", u32::MAX.into()))
}

/// What the imports resolve to, then what the instance defines.
fn index_spaces(
    assembly: &Assembly,
    firsts: &Firsts,
    resolver: &mut Resolver,
    id: LinkId,
) -> Result<IndexSpaces> {
    let unknown = || Error::internal("an instance has no definitions");
    let instance = assembly.instances.get(id).ok_or_else(unknown)?;
    let first = firsts.get(id).ok_or_else(unknown)?;
    let module = assembly.module(instance)?;
    if instance.imports.len() != module.imports.len() {
        return Err(Error::internal("an instance and its module differ in their imports").at(module.offset));
    }
    let mut spaces = IndexSpaces {
        module: instance.module,
        funcs: Vec::new(),
        tables: Vec::new(),
        memories: Vec::new(),
        globals: Vec::new(),
        tags: Vec::new(),
        first_element: ElementId::from_index(first.elements as usize),
        first_data: DataId::from_index(first.data as usize),
    };
    for (import, def) in module.imports.iter().zip(&instance.imports) {
        match CoreSort::from(import.ty) {
            CoreSort::Func => spaces.funcs.push(resolver.resolve(*def)?),
            CoreSort::Table => spaces.tables.push(resolver.resolve(*def)?),
            CoreSort::Memory => spaces.memories.push(resolver.resolve(*def)?),
            CoreSort::Global => spaces.globals.push(resolver.resolve(*def)?),
            CoreSort::Tag => spaces.tags.push(resolver.resolve(*def)?),
        }
    }
    add_defined(&mut spaces.funcs, module, first)?;
    add_defined(&mut spaces.tables, module, first)?;
    add_defined(&mut spaces.memories, module, first)?;
    add_defined(&mut spaces.globals, module, first)?;
    add_defined(&mut spaces.tags, module, first)?;
    Ok(spaces)
}

/// Adds what the instance defines to one of its index spaces.
fn add_defined<I: Item>(space: &mut Vec<I>, module: &Module, first: &BySort<u32>) -> Result<()> {
    let first = *I::of(first);
    let end = advance(first, I::defined(module).len())?;
    space.extend((first as usize..end as usize).map(I::from_index));
    Ok(())
}

/// The functions that some instance imports with an exact type.
pub fn exact_imports(assembly: &Assembly, definitions: &Definitions) -> Result<BTreeSet<FuncId>> {
    let mut exact = BTreeSet::new();
    for (instance, spaces) in assembly.instances.values().zip(definitions.instances.values()) {
        let imports = assembly.module(instance)?.imports.iter().map(|import| &import.ty);
        let imports = imports.filter(|ty| CoreSort::from(**ty) == CoreSort::Func);
        for (ty, func) in imports.zip(&spaces.funcs) {
            if let TypeRef::FuncExact(_) = ty {
                exact.insert(*func);
            }
        }
    }
    Ok(exact)
}

/// The validator lets a table of 32-bit indices be imported as one of 64-bit indices, and the other way
/// round. Errors: `invalid`.
fn check_tables(assembly: &Assembly, definitions: &Definitions) -> Result<()> {
    for (instance, spaces) in assembly.instances.values().zip(definitions.instances.values()) {
        let module = assembly.module(instance)?;
        let types = module.imports.iter().filter_map(|import| match import.ty {
            TypeRef::Table(ty) => Some((import, ty)),
            _ => None,
        });
        for ((import, ty), table) in types.zip(&spaces.tables) {
            let (owner, nth) = definitions.owner(*table).ok_or_else(missing)?;
            let owner = assembly.instances.get(owner).ok_or_else(missing)?;
            let found = nth.get(assembly.module(owner)?).ok_or_else(missing)?.ty;
            if found.table64 != ty.table64 {
                let [is, found] = [ty.table64, found.table64].map(|wide| if wide { 64 } else { 32 });
                let (module_name, name) = (shown(import.module), shown(import.name));
                let message = format!(
                    "the import `{module_name}` `{name}` is a table of {is}-bit indices, and gets one of \
                     {found}-bit indices"
                );
                return Err(Error::new(Code::Invalid, message).at(module.offset));
            }
        }
    }
    Ok(())
}

/// Instantiation can double at each level of nesting, so that a small component asks for a huge
/// module. With these two budgets no index and no section comes near 2^32: an index or a length
/// in the output is at most three times as long as in the input.
fn check_budgets(assembly: &Assembly) -> Result<()> {
    let mut bytes = 0usize;
    let mut functions = assembly.imports.len();
    for instance in assembly.instances.values() {
        let module = assembly.module(instance)?;
        bytes = bytes.saturating_add(module.bytes.len());
        functions = functions.saturating_add(module.functions.len());
    }
    if bytes > limits::MERGED_BYTES {
        return Err(Error::limit(
            "bytes of core modules, counted once per instance",
            limits::MERGED_BYTES as u64,
        ));
    }
    // One more for a start function.
    if functions >= limits::FUNCTIONS {
        return Err(Error::limit("functions of the merged module", limits::FUNCTIONS as u64));
    }
    Ok(())
}

/// Each input keeps to these limits; their sum need not. Tables and memories, of which engines take
/// few, are counted once it is known which are live.
fn check_engine_limits(counts: &BySort<u32>) -> Result<()> {
    let counts = [
        ("tables", counts.tables, limits::GLOBALS),
        ("memories", counts.memories, limits::GLOBALS),
        ("globals", counts.globals, limits::GLOBALS),
        ("tags", counts.tags, limits::TAGS),
        ("element segments", counts.elements, limits::ELEMENT_SEGMENTS),
        ("data segments", counts.data, limits::DATA_SEGMENTS),
    ];
    match counts.into_iter().find(|(_, count, limit)| *count as usize > *limit) {
        Some((what, _, limit)) => Err(Error::limit(format!("{what} of the merged module"), limit as u64)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Code;
    use crate::{Input, Options, fuse};

    #[test]
    fn a_table_has_indices_of_as_many_bits_as_its_import_says() {
        for (defined, imported) in [("", ""), ("i64", "i64"), ("", "i64"), ("i64", "")] {
            let text = format!(
                r#"(component
                     (core module $a (table (export "t") {defined} 1 funcref))
                     (core instance $a (instantiate $a))
                     (core module $b
                       (import "a" "t" (table {imported} 1 funcref))
                       (func (export "f") (drop (table.size 0))))
                     (core instance $b (instantiate $b (with "a" (instance $a))))
                     (func (export "f") (canon lift (core func $b "f"))))"#
            );
            let fused = fuse(vec![Input::new("tables", text)], Options::default());
            let code = fused.err().map(|error| error.code);
            assert_eq!(code, (defined != imported).then_some(Code::Invalid), "{defined} as {imported}");
        }
    }
}
