//! Import shims. In: the definitions. Out: for each function that does nothing but call another one
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
//! - Where the callee is a function of the host, nothing takes a reference to the function that gives
//!   way, and nothing imports it with an exact type. A reference to a function that a module defines is
//!   exact ("Custom Descriptors and JS Interop"), and one to an imported function is not.
//!
//! In reading order: `scan`, what one module does with its tables; and here, which functions give way.

mod scan;

use super::assembly::Assembly;
use super::constant::{Constant, Constants};
use super::definitions::{Definitions, Exported, exact_imports};
use super::entity::Defined;
use super::linked::missing;
use super::mapped::convert;
use super::memories::code_bytes;
use super::spaces::IndexSpaces;
use crate::error::Result;
use crate::ids::{FuncId, Id, LinkId, ModuleId, TableId};
use crate::read::{Module, PlainFuncTypes};
use scan::Scan;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wasmparser::{ConstExpr, Element, ElementItems, ElementKind, FuncType, TableInit, ValType};

/// Modules with more code than this are not looked at, so that looking costs next to nothing: shims
/// take some ten bytes for each function.
const CODE_BYTES: usize = 64 << 10;

/// Of each function that gives way, the function that it calls.
pub type Shims = BTreeMap<FuncId, FuncId>;

/// Finds the functions that can give way, and follows chains of them to their end.
pub fn find(assembly: &Assembly, definitions: &Definitions, constants: &Constants) -> Result<Shims> {
    let mut started = Vec::new();
    for (id, instance) in assembly.instances.iter() {
        started.extend(assembly.module(instance)?.start.map(|_| id));
    }
    let (scans, types) = Default::default();
    let mut search = Search { assembly, definitions, constants, scans, types, started };
    let mut callees = Shims::new();
    let candidates = search.tables()?;
    let segments = search.segments(&candidates)?;
    for (table, users) in &candidates {
        let segments = segments.get(table).map(Vec::as_slice).unwrap_or_default();
        let called = search.called(users)?;
        if !called.is_empty()
            && let Some(slots) = search.slots(*table, segments, &called)?
        {
            search.functions(users, &slots, &mut callees)?;
        }
    }
    let mut shims = ends(&callees);
    search.keep_exact(&mut shims)?;
    Ok(shims)
}

/// Puts the ends of the chains in the place of all else. Functions that call each other in a circle,
/// or lead into one, stay as they are.
fn ends(callees: &Shims) -> Shims {
    let mut ends = Shims::new();
    for &from in callees.keys() {
        let (mut at, mut way) = (from, BTreeSet::new());
        let circle = loop {
            match (ends.get(&at), callees.get(&at)) {
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

/// An instance that can name a table.
struct User {
    id: LinkId,
    /// The table's indices in the instance's module: imports can name it twice.
    indices: Vec<u32>,
}

/// Tables that are used as a shim's is, with the instances that can name them, in order.
type Candidates = BTreeMap<TableId, Vec<User>>;

/// The functions that a table holds, by index.
type Slots = BTreeMap<u64, FuncId>;

struct Search<'s, 'a> {
    assembly: &'s Assembly<'a>,
    definitions: &'s Definitions,
    constants: &'s Constants,
    /// A module is looked at once, however many instances it has.
    scans: BTreeMap<usize, Scan>,
    types: PlainFuncTypes<'s>,
    /// The instances that have a start function.
    started: Vec<LinkId>,
}

impl<'s, 'a> Search<'s, 'a> {
    fn tables(&mut self) -> Result<Candidates> {
        let mut spoilt: BTreeSet<TableId> = BTreeSet::new();
        spoilt.extend(self.definitions.exports.iter().filter_map(|export| match *export {
            Exported::Table(table) => Some(table),
            _ => None,
        }));
        let mut users = Candidates::new();
        for (id, instance) in self.assembly.instances.iter() {
            let small = code_bytes(self.assembly.module(instance)?) <= CODE_BYTES;
            for (index, table) in (0u32..).zip(&self.spaces(id)?.tables) {
                if !small {
                    spoilt.insert(*table);
                }
                let users = users.entry(*table).or_default();
                match users.last_mut().filter(|user| user.id == id) {
                    Some(user) => user.indices.push(index),
                    None => users.push(User { id, indices: vec![index] }),
                }
            }
        }
        users.retain(|table, _| !spoilt.contains(table));
        let mut candidates = Candidates::new();
        for (table, users) in users {
            let mut clean = true;
            for user in &users {
                clean = clean && self.is_clean(user)?;
            }
            if clean {
                candidates.insert(table, users);
            }
        }
        Ok(candidates)
    }

    fn spaces(&self, id: LinkId) -> Result<&'s IndexSpaces> {
        self.definitions.instances.get(id).ok_or_else(missing)
    }

    fn module(&self, id: LinkId) -> Result<(ModuleId, &'s Module<'a>)> {
        let instance = self.assembly.instances.get(id).ok_or_else(missing)?;
        Ok((instance.module, self.assembly.module(instance)?))
    }

    /// Whether an instance only calls through a table.
    fn is_clean(&mut self, user: &User) -> Result<bool> {
        let scan = self.scan(user.id)?;
        Ok(user.indices.iter().all(|index| !scan.spoilt.contains(index)))
    }

    fn scan(&mut self, id: LinkId) -> Result<&Scan> {
        let (id, module) = self.module(id)?;
        Ok(match self.scans.entry(id.index()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(scan::module(module).map_err(|e| convert(e).at(module.offset))?),
        })
    }

    /// The active segments that go to these tables, in the order in which they are applied.
    fn segments(&self, tables: &Candidates) -> Result<HashMap<TableId, Vec<(LinkId, &'s Element<'a>)>>> {
        let mut segments: HashMap<TableId, Vec<_>> = HashMap::new();
        if tables.is_empty() {
            return Ok(segments);
        }
        for id in self.assembly.instances.ids() {
            let spaces = self.spaces(id)?;
            for element in &self.module(id)?.1.elements {
                let ElementKind::Active { table_index, .. } = &element.kind else { continue };
                let Some(table) = spaces.get(table_index.unwrap_or(0)) else { continue };
                if tables.contains_key(&table) {
                    segments.entry(table).or_default().push((id, element));
                }
            }
        }
        Ok(segments)
    }

    /// The indices of a table at which shims call through it.
    fn called(&mut self, users: &[User]) -> Result<BTreeSet<u64>> {
        let mut called = BTreeSet::new();
        for User { id, indices } in users {
            let scan = self.scan(*id)?;
            let shims = indices.iter().filter_map(|index| scan.shims.get(index)).flatten();
            called.extend(shims.map(|shim| u64::from(shim.slot)));
        }
        Ok(called)
    }

    /// What a table holds at these indices from the moment on at which something can call through it.
    /// None: that is not known.
    fn slots(
        &self,
        table: TableId,
        segments: &[(LinkId, &Element)],
        called: &BTreeSet<u64>,
    ) -> Result<Option<Slots>> {
        let Some((definer, nth)) = self.definitions.owner(table) else { return Ok(None) };
        let Some(definition) = nth.get(self.module(definer)?.1) else { return Ok(None) };
        if !matches!(definition.init, TableInit::RefNull) {
            return Ok(None);
        }
        let (mut slots, mut last) = (Slots::new(), definer);
        for &(id, element) in segments {
            let ElementKind::Active { offset_expr, .. } = &element.kind else { continue };
            let spaces = self.spaces(id)?;
            last = last.max(id);
            let offset = self.constants.evaluate(offset_expr, spaces)?.and_then(|c| c.as_offset());
            let Some(mut slot) = offset else { return Ok(None) };
            let known = self.functions_of(&element.items, spaces, |function| {
                if called.contains(&slot) {
                    slots.insert(slot, function);
                }
                slot = slot.saturating_add(1);
            })?;
            // Past the table's end, instantiation traps.
            if !known || slot > definition.ty.initial {
                return Ok(None);
            }
        }
        let start = self.started.get(self.started.partition_point(|id| *id < definer));
        Ok(if start.is_some_and(|id| *id < last) { None } else { Some(slots) })
    }

    /// Visits the functions of an element segment. False: one of the items is not known to be a function.
    fn functions_of(
        &self,
        items: &ElementItems,
        spaces: &IndexSpaces,
        mut visit: impl FnMut(FuncId),
    ) -> Result<bool> {
        let malformed = |e: wasmparser::BinaryReaderError| convert(e.into());
        let mut visit = |function: Option<FuncId>| function.map(&mut visit).is_some();
        match items {
            ElementItems::Functions(functions) => {
                for function in functions.clone() {
                    if !visit(spaces.get(function.map_err(malformed)?)) {
                        return Ok(false);
                    }
                }
            }
            ElementItems::Expressions(_, expressions) => {
                for expression in expressions.clone() {
                    if !visit(self.function_of(&expression.map_err(malformed)?, spaces)?) {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    fn function_of(&self, expression: &ConstExpr, spaces: &IndexSpaces) -> Result<Option<FuncId>> {
        Ok(match self.constants.evaluate(expression, spaces)? {
            Some(Constant::RefFunc(func)) => Some(func),
            _ => None,
        })
    }

    /// Adds the functions that give way because of one table.
    fn functions(&mut self, users: &[User], slots: &Slots, callees: &mut Shims) -> Result<()> {
        for User { id, indices } in users {
            for index in indices {
                let shims = self.scan(*id)?.shims.get(index).cloned().unwrap_or_default();
                for shim in shims {
                    let func = self.definitions.id(*id, shim.nth);
                    let (Some(func), Some(&callee)) = (func, slots.get(&u64::from(shim.slot))) else {
                        continue;
                    };
                    let (own, named) = (self.type_of(*id, shim.nth)?, self.plain_type(*id, shim.ty)?);
                    if own.is_some() && own == named && self.has_type(callee, own)? {
                        callees.insert(func, callee);
                    }
                }
            }
        }
        Ok(())
    }

    /// Leaves out those of which somebody may need to know that they are defined here, where the host
    /// defines what they lead to.
    fn keep_exact(&mut self, shims: &mut Shims) -> Result<()> {
        let exact = exact_imports(self.assembly, self.definitions)?;
        let mut kept = BTreeSet::new();
        for (&from, end) in shims.iter() {
            let Some((id, nth)) = self.definitions.owner(from) else { continue };
            let index = self.spaces(id)?.index(self.module(id)?.1, nth);
            let is_host = end.index() < self.assembly.imports.len();
            if is_host && (exact.contains(&from) || self.scan(id)?.referenced.contains(&index)) {
                kept.insert(from);
            }
        }
        shims.retain(|from, _| !kept.contains(from));
        Ok(())
    }

    /// Whether a function has this type.
    fn has_type(&mut self, func: FuncId, ty: Option<&FuncType>) -> Result<bool> {
        let Some(ty) = ty else { return Ok(false) };
        if let Some(host) = self.assembly.imports.get(func.index()) {
            let same = |host: &[wasm_encoder::ValType], own: &[ValType]| {
                let own = own.iter().map(|ty| wasm_encoder::ValType::try_from(*ty).ok());
                host.iter().map(|ty| Some(*ty)).eq(own)
            };
            return Ok(same(&host.params, ty.params()) && same(&host.results, ty.results()));
        }
        let Some((id, nth)) = self.definitions.owner(func) else { return Ok(false) };
        Ok(self.type_of(id, nth)? == Some(ty))
    }

    /// The type of a function that an instance defines, if it is a plain one.
    fn type_of(&mut self, id: LinkId, nth: Defined<FuncId>) -> Result<Option<&'s FuncType>> {
        match nth.get(self.module(id)?.1) {
            Some(ty) => self.plain_type(id, *ty),
            None => Ok(None),
        }
    }

    fn plain_type(&mut self, id: LinkId, index: u32) -> Result<Option<&'s FuncType>> {
        let (id, module) = self.module(id)?;
        Ok(self.types.get(id, module, index))
    }
}

/// Lets the ends of the chains stand for the functions that give way, wherever an instance or an
/// export refers to these.
pub fn replace(definitions: &mut Definitions, shims: &Shims) {
    if shims.is_empty() {
        return;
    }
    let replace = |func: &mut FuncId| *func = shims.get(func).copied().unwrap_or(*func);
    for id in definitions.instances.ids() {
        definitions.instances[id].funcs.iter_mut().for_each(replace);
    }
    definitions.exports.iter_mut().for_each(|export| match export {
        Exported::Func(func) => replace(func),
        Exported::Table(_) | Exported::Memory(_) | Exported::Global(_) | Exported::Tag(_) => {}
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_end_and_circles_stay() {
        // 1 to 2 to 9; 3 to 4 to 5 to 4; 6 to itself; 7 to 3.
        let shims = |pairs: &[(usize, usize)]| -> Shims {
            pairs.iter().map(|(from, to)| (FuncId::from_index(*from), FuncId::from_index(*to))).collect()
        };
        let callees = shims(&[(1, 2), (2, 9), (3, 4), (4, 5), (5, 4), (6, 6), (7, 3)]);
        assert_eq!(ends(&callees), shims(&[(1, 9), (2, 9), (7, 3)]));
    }
}
