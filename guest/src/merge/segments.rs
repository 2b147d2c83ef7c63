//! What instantiation has to do with active segments. In: the instances in order. Out: for each
//! instance, what is deferred to the merged start function; and what active segments make live. Not
//! its job: writing that function (`start`).
//!
//! An instance's tables are filled, its active segments are copied and its start function runs
//! before the next instance begins (core specification, "Instantiation"). A merged module does
//! all active segments first and calls one start function at the end. A segment stays active where
//! nobody can tell the difference:
//!
//! - No start function runs before it. Segments of different instances keep their order, and if
//!   one of them traps, nothing that could be observed has happened yet. (All element segments
//!   come before all data segments: where two of them trap, the other one's message is shown.)
//! - It goes, within the bounds that the memory or table starts with, to a memory or table that
//!   the same instance defines: such a segment cannot trap, and no code of an earlier instance
//!   can see the target. (If the assembly lets an earlier instance refer to a later one, it finds
//!   the later one's own segments applied.)
//!
//! Once one segment of a target is deferred, later ones of the same target are too, so that what is
//! written last stays written last.

use super::assembly::{Assembly, Instance};
use super::constant::Constants;
use super::definitions::Definitions;
use super::entity::{Defined, Entity};
use super::live::Implied;
use super::mapped::convert;
use super::spaces::IndexSpaces;
use crate::error::Result;
use crate::ids::{DataId, ElementId, FuncId, IdVec, LinkId, MemoryId, TableId};
use crate::read::Module;
use std::collections::{BTreeSet, HashSet};
use wasmparser::{
    ConstExpr, Data, DataKind, Element, ElementItems, ElementKind, MemoryType, Operator, Table, TableInit,
};

/// What the merged start function has to do for one instance, in this order.
#[derive(Debug, Default)]
pub struct Deferred {
    /// Tables whose initial value has to be filled in.
    pub tables: BTreeSet<Defined<TableId>>,
    pub elements: BTreeSet<Defined<ElementId>>,
    pub data: BTreeSet<Defined<DataId>>,
    /// The instance's start function, or what runs in its place.
    pub start: Option<FuncId>,
}

impl Deferred {
    /// There is something that active segments cannot do.
    pub fn has_segments(&self) -> bool {
        !(self.tables.is_empty() && self.elements.is_empty() && self.data.is_empty())
    }
}

/// Decides, for each instance in order.
pub fn deferred(
    assembly: &Assembly,
    definitions: &Definitions,
    constants: &Constants,
) -> Result<IdVec<LinkId, Deferred>> {
    let mut targets = Targets::default();
    let mut all = IdVec::new();
    for ((id, instance), spaces) in assembly.instances.iter().zip(definitions.instances.values()) {
        let mut deferred = targets.instance(assembly, instance, spaces, constants)?;
        deferred.start = definitions.starts.get(&id).copied().or(deferred.start);
        all.push(deferred);
    }
    Ok(all)
}

/// What has been found so far.
#[derive(Default)]
struct Targets {
    /// A start function runs before this point.
    started: bool,
    /// Something is deferred for these.
    tables: HashSet<TableId>,
    memories: HashSet<MemoryId>,
}

impl Targets {
    fn instance(
        &mut self,
        assembly: &Assembly,
        instance: &Instance,
        spaces: &IndexSpaces,
        constants: &Constants,
    ) -> Result<Deferred> {
        let module = assembly.module(instance)?;
        let at = View { module, spaces, constants };
        let mut deferred = Deferred::default();
        for (nth, table) in Defined::<TableId>::all(module) {
            if at.is_late(table)? {
                self.tables.extend(spaces.get::<TableId>(spaces.index(module, nth)));
                deferred.tables.insert(nth);
            }
        }
        for (nth, element) in Defined::all(module) {
            if let Some((table, fits)) = at.element(element)?
                && (self.tables.contains(&table) || self.started && !fits)
            {
                self.tables.insert(table);
                deferred.elements.insert(nth);
            }
        }
        for (nth, data) in Defined::all(module) {
            if let Some((memory, fits)) = at.data(data)?
                && (self.memories.contains(&memory) || self.started && !fits)
            {
                self.memories.insert(memory);
                deferred.data.insert(nth);
            }
        }
        if let Some(start) = module.start {
            deferred.start = spaces.get(start);
            self.started = true;
        }
        Ok(deferred)
    }
}

/// One instance.
struct View<'m, 'a> {
    module: &'m Module<'a>,
    spaces: &'m IndexSpaces,
    constants: &'m Constants,
}

impl View<'_, '_> {
    /// A table whose initialiser reads a global that is not constant. The table section comes
    /// before the global section, so it cannot do so in the merged module.
    fn is_late(&self, table: &Table) -> Result<bool> {
        let TableInit::Expr(expr) = &table.init else { return Ok(false) };
        let mut operators = expr.get_operators_reader();
        while !operators.is_end_then_eof() {
            let operator = operators.read().map_err(|e| convert(e.into()))?;
            if let Operator::GlobalGet { global_index } = operator {
                let global = self.spaces.get(global_index);
                if global.and_then(|global| self.constants.get(global)).is_none() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// For an active element segment: the table, and whether the segment certainly fits into a table
    /// that the instance defines.
    fn element(&self, element: &Element) -> Result<Option<(TableId, bool)>> {
        let ElementKind::Active { table_index, offset_expr } = &element.kind else { return Ok(None) };
        let index = table_index.unwrap_or(0);
        let Some(table) = self.spaces.get(index) else { return Ok(None) };
        let own = self.spaces.defined::<TableId>(self.module, index).and_then(|nth| nth.get(self.module));
        let space = own.map(|table| u128::from(table.ty.initial));
        Ok(Some((table, self.fits(offset_expr, items(element), space)?)))
    }

    /// The same for data; the space is in bytes.
    fn data(&self, data: &Data) -> Result<Option<(MemoryId, bool)>> {
        let DataKind::Active { memory_index, offset_expr } = &data.kind else { return Ok(None) };
        let Some(memory) = self.spaces.get(*memory_index) else { return Ok(None) };
        let own = self.spaces.defined::<MemoryId>(self.module, *memory_index);
        let space = own.and_then(|nth| nth.get(self.module)).map(bytes);
        Ok(Some((memory, self.fits(offset_expr, data.data.len() as u64, space)?)))
    }

    fn fits(&self, offset: &ConstExpr, len: u64, space: Option<u128>) -> Result<bool> {
        let Some(space) = space else { return Ok(false) };
        let offset = self.constants.evaluate(offset, self.spaces)?.and_then(|c| c.as_offset());
        Ok(offset.is_some_and(|offset| u128::from(offset) + u128::from(len) <= space))
    }
}

/// What active segments there are, deferred or not.
#[derive(Debug, Default)]
pub struct Active {
    pub implied: Implied,
    /// Segments that do not certainly fit: instantiation may trap at them, so that they are live even
    /// where nothing reads what they write.
    pub elements_may_trap: Vec<ElementId>,
    pub data_may_trap: Vec<DataId>,
}

/// Looks at all active segments.
pub fn active(assembly: &Assembly, definitions: &Definitions, constants: &Constants) -> Result<Active> {
    let mut active = Active::default();
    for ((id, instance), spaces) in assembly.instances.iter().zip(definitions.instances.values()) {
        let module = assembly.module(instance)?;
        let at = View { module, spaces, constants };
        for (nth, element) in Defined::<ElementId>::all(module) {
            let ElementKind::Active { table_index, offset_expr } = &element.kind else { continue };
            let Some(table) = spaces.get::<TableId>(table_index.unwrap_or(0)) else { continue };
            let Some(segment) = definitions.id(id, nth) else { continue };
            active.implied.tables.insert(segment, table);
            active.implied.elements.entry(table).or_default().push(segment);
            let space = definition(assembly, definitions, table)?.map(|t| u128::from(t.ty.initial));
            if !at.fits(offset_expr, items(element), space)? {
                active.elements_may_trap.push(segment);
            }
        }
        for (nth, data) in Defined::<DataId>::all(module) {
            let DataKind::Active { memory_index, offset_expr } = &data.kind else { continue };
            let Some(memory) = spaces.get::<MemoryId>(*memory_index) else { continue };
            let Some(segment) = definitions.id(id, nth) else { continue };
            active.implied.memories.insert(segment, memory);
            active.implied.data.entry(memory).or_default().push(segment);
            let space = definition(assembly, definitions, memory)?.map(bytes);
            if !at.fits(offset_expr, data.data.len() as u64, space)? {
                active.data_may_trap.push(segment);
            }
        }
    }
    Ok(active)
}

/// What the module says that defines it. A table or memory never becomes smaller than it begins.
fn definition<'r, 'a, E: Entity>(
    assembly: &'r Assembly<'a>,
    definitions: &Definitions,
    id: E,
) -> Result<Option<&'r E::Definition<'a>>> {
    let Some((owner, nth)) = definitions.owner(id) else { return Ok(None) };
    let Some(instance) = assembly.instances.get(owner) else { return Ok(None) };
    Ok(nth.get(assembly.module(instance)?))
}

/// How many bytes a memory has in the beginning.
fn bytes(memory: &MemoryType) -> u128 {
    // 64 KiB unless the module says otherwise ("Custom page sizes": 1 byte or 64 KiB).
    let page = 1u128.checked_shl(memory.page_size_log2.unwrap_or(16)).unwrap_or(0);
    u128::from(memory.initial).saturating_mul(page)
}

/// How many items an element segment has.
fn items(element: &Element) -> u64 {
    u64::from(match &element.items {
        ElementItems::Functions(items) => items.count(),
        ElementItems::Expressions(_, items) => items.count(),
    })
}
