//! Which effects of instantiation must wait. In: the instances in order. Out: for each instance,
//! what a start function has to do for it. Not its job: writing that function (`start`).
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
//! Once one segment of a target waits, later ones of the same target wait too, so that what is
//! written last stays written last.

use super::assembly::{Assembly, Instance};
use super::constant::Constants;
use super::layout::{Layout, Maps, module_of};
use super::mapped::convert;
use super::numbers::Consequences;
use crate::error::Result;
use crate::read::{CoreSort, Module};
use std::collections::{BTreeSet, HashMap};
use wasmparser::{
    ConstExpr, Data, DataKind, Element, ElementItems, ElementKind, MemoryType, Operator, Table, TableInit,
};

/// What waits, by the numbers of the module's own items, in the order in which it is done.
#[derive(Debug, Default)]
pub struct Waiting {
    /// Tables (numbered among those defined) whose initial value has to be filled in.
    pub tables: BTreeSet<u32>,
    pub elements: BTreeSet<u32>,
    pub data: BTreeSet<u32>,
    /// The instance's start function, by its place.
    pub start: Option<u32>,
}

impl Waiting {
    /// There is something that active segments cannot do.
    pub fn has_segments(&self) -> bool {
        !(self.tables.is_empty() && self.elements.is_empty() && self.data.is_empty())
    }
}

/// Decides, for each instance in order.
pub fn waiting(assembly: &Assembly, layout: &Layout, constants: &Constants) -> Result<Vec<Waiting>> {
    let mut targets = Targets::default();
    let mut all = Vec::new();
    for (id, instance) in assembly.instances.iter() {
        if let Some(maps) = layout.maps.get(id) {
            all.push(targets.instance(assembly, instance, maps, constants)?);
        }
    }
    Ok(all)
}

/// What has been found so far.
#[derive(Default)]
struct Targets {
    /// A start function runs before this point.
    started: bool,
    /// The places of tables and memories for which something waits.
    tables: BTreeSet<u32>,
    memories: BTreeSet<u32>,
}

impl Targets {
    fn instance(
        &mut self,
        assembly: &Assembly,
        instance: &Instance,
        maps: &Maps,
        constants: &Constants,
    ) -> Result<Waiting> {
        let module = module_of(assembly, instance)?;
        let at = View { module, maps, constants };
        let mut waiting = Waiting::default();
        for (nth, table) in (0u32..).zip(&module.tables) {
            if at.is_late(table)? {
                self.tables.extend(at.split(&maps.items.tables, module.tables.len()).1.get(nth as usize));
                waiting.tables.insert(nth);
            }
        }
        for (nth, element) in (0u32..).zip(&module.elements) {
            if let Some((table, fits)) = at.element(element)?
                && (self.tables.contains(&table) || self.started && !fits)
            {
                self.tables.insert(table);
                waiting.elements.insert(nth);
            }
        }
        for (nth, data) in (0u32..).zip(&module.data) {
            if let Some((memory, fits)) = at.data(data)?
                && (self.memories.contains(&memory) || self.started && !fits)
            {
                self.memories.insert(memory);
                waiting.data.insert(nth);
            }
        }
        if let Some(start) = module.start {
            waiting.start = maps.items.funcs.get(start as usize).copied();
            self.started = true;
        }
        Ok(waiting)
    }
}

/// One instance.
struct View<'m, 'a> {
    module: &'m Module<'a>,
    maps: &'m Maps,
    constants: &'m Constants,
}

impl View<'_, '_> {
    /// An index map, split into imported and defined items.
    fn split<'s>(&self, map: &'s [u32], defined: usize) -> (&'s [u32], &'s [u32]) {
        map.split_at(map.len().saturating_sub(defined))
    }

    /// A table whose initialiser reads a global that is not constant. The table section comes
    /// before the global section, so it cannot do so in the merged module.
    fn is_late(&self, table: &Table) -> Result<bool> {
        let TableInit::Expr(expr) = &table.init else { return Ok(false) };
        let mut operators = expr.get_operators_reader();
        while !operators.is_end_then_eof() {
            let operator = operators.read().map_err(|e| convert(e.into()))?;
            if let Operator::GlobalGet { global_index } = operator {
                let global = self.maps.items.globals.get(global_index as usize);
                if global.and_then(|g| self.constants.get(*g)).is_none() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// For an active element segment: the place of the table, and whether the segment certainly fits
    /// into a table that the instance defines.
    fn element(&self, element: &Element) -> Result<Option<(u32, bool)>> {
        let ElementKind::Active { table_index, offset_expr } = &element.kind else { return Ok(None) };
        let index = table_index.unwrap_or(0) as usize;
        let Some(&table) = self.maps.items.tables.get(index) else { return Ok(None) };
        let imported = self.split(&self.maps.items.tables, self.module.tables.len()).0.len();
        let own = index.checked_sub(imported).and_then(|nth| self.module.tables.get(nth));
        let space = own.map(|table| u128::from(table.ty.initial));
        Ok(Some((table, self.fits(offset_expr, items(element), space)?)))
    }

    /// The same for data; the space is in bytes.
    fn data(&self, data: &Data) -> Result<Option<(u32, bool)>> {
        let DataKind::Active { memory_index, offset_expr } = &data.kind else { return Ok(None) };
        let index = *memory_index as usize;
        let Some(&memory) = self.maps.items.memories.get(index) else { return Ok(None) };
        let imported = self.split(&self.maps.items.memories, self.module.memories.len()).0.len();
        let own = index.checked_sub(imported).and_then(|nth| self.module.memories.get(nth));
        Ok(Some((memory, self.fits(offset_expr, data.data.len() as u64, own.map(bytes))?)))
    }

    fn fits(&self, offset: &ConstExpr, len: u64, space: Option<u128>) -> Result<bool> {
        let Some(space) = space else { return Ok(false) };
        let offset = self.constants.evaluate(offset, self.maps)?.and_then(|c| c.as_offset());
        Ok(offset.is_some_and(|offset| u128::from(offset) + u128::from(len) <= space))
    }
}

/// What active segments there are, whatever waits.
#[derive(Debug, Default)]
pub struct Active {
    pub consequences: Consequences,
    /// Segments that do not certainly fit, by their places: instantiation may trap at them, so that
    /// they are needed even where nothing reads what they write.
    pub elements: Vec<u32>,
    pub data: Vec<u32>,
}

/// Looks at all active segments.
pub fn active(assembly: &Assembly, layout: &Layout, constants: &Constants) -> Result<Active> {
    let mut active = Active::default();
    let spaces = Spaces::of(assembly, layout)?;
    for (id, instance) in assembly.instances.iter() {
        let Some(maps) = layout.maps.get(id) else { continue };
        let module = module_of(assembly, instance)?;
        let at = View { module, maps, constants };
        for (element, place) in module.elements.iter().zip(maps.first_element..) {
            let ElementKind::Active { table_index, offset_expr } = &element.kind else { continue };
            let Some(&table) = maps.items.tables.get(table_index.unwrap_or(0) as usize) else { continue };
            active.consequences.tables.insert(place, table);
            active.consequences.elements.entry(table).or_default().push(place);
            if !at.fits(offset_expr, items(element), spaces.tables.get(&table).copied())? {
                active.elements.push(place);
            }
        }
        for (data, place) in module.data.iter().zip(maps.first_data..) {
            let DataKind::Active { memory_index, offset_expr } = &data.kind else { continue };
            let Some(&memory) = maps.items.memories.get(*memory_index as usize) else { continue };
            active.consequences.memories.insert(place, memory);
            active.consequences.data.entry(memory).or_default().push(place);
            if !at.fits(offset_expr, data.data.len() as u64, spaces.memories.get(&memory).copied())? {
                active.data.push(place);
            }
        }
    }
    Ok(active)
}

/// The size with which each table and memory begins, by place: it never becomes smaller. Memories
/// in bytes.
#[derive(Default)]
struct Spaces {
    tables: HashMap<u32, u128>,
    memories: HashMap<u32, u128>,
}

impl Spaces {
    fn of(assembly: &Assembly, layout: &Layout) -> Result<Spaces> {
        let mut spaces = Spaces::default();
        for (id, instance) in assembly.instances.iter() {
            let module = module_of(assembly, instance)?;
            for (nth, table) in (0u32..).zip(&module.tables) {
                let place = layout.place_of(CoreSort::Table, id, nth);
                spaces.tables.extend(place.map(|place| (place, u128::from(table.ty.initial))));
            }
            for (nth, memory) in (0u32..).zip(&module.memories) {
                let place = layout.place_of(CoreSort::Memory, id, nth);
                spaces.memories.extend(place.map(|place| (place, bytes(memory))));
            }
        }
        Ok(spaces)
    }
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
