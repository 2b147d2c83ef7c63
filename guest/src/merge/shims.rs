//! Import shims. In: the layout. Out: for each function that does nothing but call another one
//! through a table, that other one, where nothing can tell the difference. Not its job: leaving the
//! shims out, which happens by itself once nothing refers to them.
//!
//! Where a module and the functions that it imports need each other (a lowered function needs the
//! memory of its caller), tools put a shim between them: a module whose functions call through a
//! table of its own, which a last module fills. It is known here by what it is, never by a name:
//!
//! - All that a function does is to call, with its own parameters, the function at one constant
//!   index of a table: `local.get 0 … local.get n, i32.const k, call_indirect`.
//! - Nothing but calls reads the table, and nothing but active segments writes it: it is not
//!   exported from the merged module, and the bodies of all instances that can name it have been
//!   looked at. These are the instance that defines it and those that import it; imports are
//!   resolved to definitions, so no other way leads to it.
//! - Active segments with constant offsets give it function references, and certainly fit. What is
//!   written last counts.
//! - Nothing can call through it before it is filled: no instance from the one that defines it to
//!   the one before the last that fills it has a start function. (Start functions of instances
//!   before these cannot reach the table: an instance's code runs only once the instance is there.)
//! - The callee's type is the call's, and that of the function that gives way.

use super::assembly::Assembly;
use super::constant::{Constant, Constants};
use super::layout::{Layout, Maps, module_of};
use super::mapped::{Mapped, Unmapped, convert};
use super::memories::code_bytes;
use crate::error::Result;
use crate::ids::{Id, LinkId, ModuleId};
use crate::read::{CoreSort, Module};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::reencode::{Reencode, utils};
use wasmparser::{
    CompositeInnerType, ConstExpr, ElementItems, ElementKind, FuncType, FunctionBody, Operator, RefType,
    SubType, TableInit, ValType,
};

/// Modules with more code than this are not looked at, so that looking costs next to nothing: shims
/// take some ten bytes for each function.
const CODE_BYTES: usize = 64 << 10;

/// A function that gives way: its place, and that of the function that it calls.
pub type Aliases = BTreeMap<u32, u32>;

/// Finds the functions that can give way, and follows chains of them to their end.
pub fn find(assembly: &Assembly, layout: &Layout, constants: &Constants) -> Result<Aliases> {
    let mut started = Vec::new();
    for (id, instance) in assembly.instances.iter() {
        started.extend(module_of(assembly, instance)?.start.map(|_| id));
    }
    let (looks, types) = Default::default();
    let mut search = Search { assembly, layout, constants, looks, types, started };
    let mut aliases = Aliases::new();
    let candidates = search.tables()?;
    for (table, users) in &candidates {
        if let Some(slots) = search.slots(*table, users)? {
            search.functions(*table, users, &slots, &mut aliases)?;
        }
    }
    Ok(ends(&aliases))
}

/// Puts the ends of the chains in the place of all else. Functions that call each other in a circle,
/// or lead into one, stay as they are.
fn ends(aliases: &Aliases) -> Aliases {
    let mut ends = Aliases::new();
    for &from in aliases.keys() {
        let (mut at, mut way) = (from, BTreeSet::new());
        let circle = loop {
            match (ends.get(&at), aliases.get(&at)) {
                (Some(&end), _) => {
                    at = end;
                    break false;
                }
                (None, Some(&next)) if way.insert(at) => at = next,
                (None, next) => break next.is_some(),
            }
        };
        ends.extend(way.into_iter().map(|from| (from, if circle { from } else { at })));
    }
    ends.retain(|from, end| from != end);
    ends
}

/// What a module does with its tables, by its own indices.
#[derive(Default)]
struct Look {
    /// Tables that something other than a call or an active segment reads or writes.
    spoilt: BTreeSet<u32>,
    shims: Vec<Shim>,
}

/// A function that does nothing but call.
#[derive(Clone, Copy)]
struct Shim {
    /// Its number among the functions that the module defines.
    nth: u32,
    table: u32,
    slot: u32,
    /// The type that the call names.
    ty: u32,
}

struct Search<'s, 'a> {
    assembly: &'s Assembly<'a>,
    layout: &'s Layout,
    constants: &'s Constants,
    /// By module.
    looks: BTreeMap<usize, Look>,
    types: BTreeMap<usize, Vec<Option<u32>>>,
    /// The instances that have a start function.
    started: Vec<LinkId>,
}

impl<'s, 'a> Search<'s, 'a> {
    /// Tables that are used as a shim's is, with the instances that can name them, in order.
    fn tables(&mut self) -> Result<BTreeMap<u32, Vec<LinkId>>> {
        let exported = self.layout.exports.iter().filter(|(sort, _)| *sort == CoreSort::Table);
        let mut spoilt: BTreeSet<u32> = exported.map(|(_, table)| *table).collect();
        let mut users: BTreeMap<u32, Vec<LinkId>> = BTreeMap::new();
        for (id, instance) in self.assembly.instances.iter() {
            let small = code_bytes(module_of(self.assembly, instance)?) <= CODE_BYTES;
            for table in &self.maps(id)?.items.tables {
                if !small {
                    spoilt.insert(*table);
                }
                let users = users.entry(*table).or_default();
                if users.last() != Some(&id) {
                    users.push(id);
                }
            }
        }
        users.retain(|table, _| !spoilt.contains(table));
        let mut candidates = BTreeMap::new();
        for (table, users) in users {
            let mut clean = true;
            for id in &users {
                clean = clean && self.is_clean(*id, table)?;
            }
            if clean {
                candidates.insert(table, users);
            }
        }
        Ok(candidates)
    }

    fn maps(&self, id: LinkId) -> Result<&'s Maps> {
        self.layout.maps.get(id).ok_or_else(super::module::missing)
    }

    fn module(&self, id: LinkId) -> Result<(ModuleId, &'s Module<'a>)> {
        let instance = self.assembly.instances.get(id).ok_or_else(super::module::missing)?;
        Ok((instance.module, module_of(self.assembly, instance)?))
    }

    /// Whether an instance only calls through a table.
    fn is_clean(&mut self, id: LinkId, table: u32) -> Result<bool> {
        let maps = self.maps(id)?;
        let look = self.look(id)?;
        let own = (0u32..).zip(&maps.items.tables).filter(|(_, place)| **place == table);
        Ok(own.into_iter().all(|(index, _)| !look.spoilt.contains(&index)))
    }

    /// A module is looked at once, however many instances it has.
    fn look(&mut self, id: LinkId) -> Result<&Look> {
        let (id, module) = self.module(id)?;
        Ok(match self.looks.entry(id.index()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(look(module).map_err(|e| convert(e).at(module.offset))?),
        })
    }

    /// What a table holds from the moment on at which something can call through it. None: that is
    /// not known.
    fn slots(&self, table: u32, users: &[LinkId]) -> Result<Option<BTreeMap<u64, u32>>> {
        let Some((definer, nth)) = self.layout.owner(CoreSort::Table, table) else { return Ok(None) };
        let (_, module) = self.module(definer)?;
        let Some(definition) = module.tables.get(nth as usize) else { return Ok(None) };
        if !matches!(definition.init, TableInit::RefNull) {
            return Ok(None);
        }
        let (mut slots, mut last) = (BTreeMap::new(), definer);
        for &id in users {
            let maps = self.maps(id)?;
            for element in &self.module(id)?.1.elements {
                let ElementKind::Active { table_index, offset_expr } = &element.kind else { continue };
                if maps.items.tables.get(table_index.unwrap_or(0) as usize) != Some(&table) {
                    continue;
                }
                last = last.max(id);
                let offset = self.constants.evaluate(offset_expr, maps)?.and_then(|c| c.as_offset());
                let Some(mut slot) = offset else { return Ok(None) };
                let Some(functions) = self.functions_of(&element.items, maps)? else { return Ok(None) };
                for function in functions {
                    if slot >= definition.ty.initial {
                        return Ok(None);
                    }
                    slots.insert(slot, function);
                    slot = slot.saturating_add(1);
                }
                if slot > definition.ty.initial {
                    return Ok(None);
                }
            }
        }
        let start = self.started.get(self.started.partition_point(|id| *id < definer));
        Ok(if start.is_some_and(|id| *id < last) { None } else { Some(slots) })
    }

    /// The functions of an element segment, by their places. None: one of the items is not known to
    /// be a function.
    fn functions_of(&self, items: &ElementItems, maps: &Maps) -> Result<Option<Vec<u32>>> {
        let malformed = |e: wasmparser::BinaryReaderError| convert(e.into());
        let mut places = Vec::new();
        match items {
            ElementItems::Functions(functions) => {
                for function in functions.clone() {
                    places.push(maps.items.funcs.get(function.map_err(malformed)? as usize).copied());
                }
            }
            ElementItems::Expressions(_, expressions) => {
                for expression in expressions.clone() {
                    places.push(self.function_of(&expression.map_err(malformed)?, maps)?);
                }
            }
        }
        Ok(places.into_iter().collect())
    }

    fn function_of(&self, expression: &ConstExpr, maps: &Maps) -> Result<Option<u32>> {
        Ok(match self.constants.evaluate(expression, maps)? {
            Some(Constant::RefFunc(place)) => Some(place),
            _ => None,
        })
    }

    /// Adds the functions that give way because of one table.
    fn functions(
        &mut self,
        table: u32,
        users: &[LinkId],
        slots: &BTreeMap<u64, u32>,
        aliases: &mut Aliases,
    ) -> Result<()> {
        for &id in users {
            let maps = self.maps(id)?;
            let shims = self.look(id)?.shims.clone();
            for shim in shims {
                if maps.items.tables.get(shim.table as usize) != Some(&table) {
                    continue;
                }
                let place = self.layout.place_of(CoreSort::Func, id, shim.nth);
                let (Some(place), Some(&callee)) = (place, slots.get(&u64::from(shim.slot))) else {
                    continue;
                };
                let (own, named) = (self.type_of(id, shim.nth)?, self.plain_type(id, shim.ty)?);
                if own.is_some() && own == named && self.has_type(callee, own)? {
                    aliases.insert(place, callee);
                }
            }
        }
        Ok(())
    }

    /// Whether the function at a place has this type.
    fn has_type(&mut self, place: u32, ty: Option<&FuncType>) -> Result<bool> {
        let Some(ty) = ty else { return Ok(false) };
        if let Some(host) = self.assembly.imports.get(place as usize) {
            let same = |host: &[wasm_encoder::ValType], own: &[ValType]| {
                let own = own.iter().map(|ty| wasm_encoder::ValType::try_from(*ty).ok());
                host.iter().map(|ty| Some(*ty)).eq(own)
            };
            return Ok(same(&host.params, ty.params()) && same(&host.results, ty.results()));
        }
        let Some((id, nth)) = self.layout.owner(CoreSort::Func, place) else { return Ok(false) };
        Ok(self.type_of(id, nth)? == Some(ty))
    }

    /// The type of a function that an instance defines, if it is a plain one.
    fn type_of(&mut self, id: LinkId, nth: u32) -> Result<Option<&'s FuncType>> {
        match self.module(id)?.1.functions.get(nth as usize) {
            Some(ty) => self.plain_type(id, *ty),
            None => Ok(None),
        }
    }

    /// A function type that is equal to another one wherever that has the same parameters and
    /// results: final, in a group of its own, and without references to other types.
    fn plain_type(&mut self, id: LinkId, index: u32) -> Result<Option<&'s FuncType>> {
        let (id, module) = self.module(id)?;
        let groups = self.types.entry(id.index()).or_insert_with(|| groups_of_one(module));
        let group = groups.get(index as usize).copied().flatten();
        let group = group.and_then(|group| module.types.get(group as usize));
        Ok(group.and_then(|group| group.types().next()).and_then(plain))
    }
}

/// Of each type of a module, its group, if it is alone there.
fn groups_of_one(module: &Module) -> Vec<Option<u32>> {
    let groups = (0u32..).zip(&module.types);
    groups
        .flat_map(|(nth, group)| group.types().map(move |_| (group.types().len() == 1).then_some(nth)))
        .collect()
}

fn plain(ty: &SubType) -> Option<&FuncType> {
    let composite = &ty.composite_type;
    let alone = ty.is_final
        && ty.supertype_idx.is_none()
        && !composite.shared
        && composite.descriptor_idx.is_none()
        && composite.describes_idx.is_none();
    match &composite.inner {
        CompositeInnerType::Func(func) if alone => {
            func.params().iter().chain(func.results()).all(is_plain).then_some(func)
        }
        _ => None,
    }
}

fn is_plain(ty: &ValType) -> bool {
    match ty {
        ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::V128 => true,
        ValType::Ref(ty) => [RefType::FUNCREF, RefType::EXTERNREF].contains(ty),
    }
}

/// Lets the ends of the chains stand for the functions that give way, wherever an instance or an
/// export refers to these.
pub fn replace(layout: &mut Layout, aliases: &Aliases) {
    if aliases.is_empty() {
        return;
    }
    let replace = |place: &mut u32| *place = aliases.get(place).copied().unwrap_or(*place);
    for id in layout.maps.ids() {
        layout.maps[id].items.funcs.iter_mut().for_each(replace);
    }
    let functions = layout.exports.iter_mut().filter(|(sort, _)| *sort == CoreSort::Func);
    functions.for_each(|(_, place)| replace(place));
}

/// Looks at all bodies of a module.
fn look(module: &Module) -> Mapped<Look> {
    let mut look = Look::default();
    for (nth, body) in (0u32..).zip(&module.bodies) {
        for operator in body.get_operators_reader()? {
            match operator? {
                Operator::CallIndirect { .. } | Operator::ReturnCallIndirect { .. } => {}
                operator => drop(utils::instruction(&mut TablesOf(&mut look.spoilt), operator)?),
            }
        }
        if let Some((table, slot, ty)) = shim(body)? {
            look.shims.push(Shim { nth, table, slot, ty });
        }
    }
    Ok(look)
}

/// Notes each table that an instruction names.
struct TablesOf<'l>(&'l mut BTreeSet<u32>);

impl Reencode for TablesOf<'_> {
    type Error = Unmapped;

    fn table_index(&mut self, table: u32) -> Mapped {
        self.0.insert(table);
        Ok(table)
    }
}

/// Table, index and type of the call that is all that a body does.
fn shim(body: &FunctionBody) -> Mapped<Option<(u32, u32, u32)>> {
    if body.get_locals_reader()?.get_count() > 0 {
        return Ok(None);
    }
    let mut operators = body.get_operators_reader()?;
    // That these are all parameters follows from the types: the call takes no others, and the
    // function's type is the call's. A body ends with `end`, so that there is always one more to read.
    let mut param = 0u32;
    let value = loop {
        match operators.read()? {
            Operator::LocalGet { local_index } if local_index == param => param = param.saturating_add(1),
            Operator::I32Const { value } => break value,
            _ => return Ok(None),
        }
    };
    let call = match operators.read()? {
        Operator::CallIndirect { type_index, table_index }
        | Operator::ReturnCallIndirect { type_index, table_index } => (table_index, type_index),
        _ => return Ok(None),
    };
    match operators.read()? {
        Operator::End => Ok(Some((call.0, value.cast_unsigned(), call.1))),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_end_and_circles_stay() {
        // 1 to 2 to 9; 3 to 4 to 5 to 4; 6 to itself; 7 to 3.
        let aliases = Aliases::from([(1, 2), (2, 9), (3, 4), (4, 5), (5, 4), (6, 6), (7, 3)]);
        assert_eq!(ends(&aliases), Aliases::from([(1, 9), (2, 9), (7, 3)]));
    }
}
