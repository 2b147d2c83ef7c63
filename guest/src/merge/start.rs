//! The start function. In: what is deferred for each instance. Out: the function that the merged
//! module starts with. Not its job: deciding what is deferred (`segments`).

use super::definitions::Exported;
use super::entity::{Defined, Merged, to_index};
use super::linked::{Linked, missing};
use super::mapped::convert;
use super::reencoder::{Found, Mapper, Where};
use super::segments::Deferred;
use super::spaces::IndexSpaces;
use crate::error::{Error, Result};
use crate::ids::{DataId, ElementId, FuncId, IdVec, LinkId, TableId};
use crate::read::{Module, PlainFuncTypes};
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{Function, Instruction};
use wasmparser::{DataKind, ElementItems, ElementKind, TableInit};

/// How the merged module starts.
pub enum Start {
    None,
    /// One instance has this start function, and nothing else is deferred.
    Direct(FuncId),
    /// A function of its own, at the end of the index space.
    Generated,
}

impl Start {
    pub fn new(linked: &Linked, deferred: &IdVec<LinkId, Deferred>) -> Result<Start> {
        let mut starts = deferred.values().filter_map(|deferred| deferred.start);
        Ok(match (deferred.values().any(Deferred::has_segments), starts.next(), starts.next()) {
            (false, None, _) => Start::None,
            (false, Some(start), None) if has_plain_type(linked, start)? => Start::Direct(start),
            _ => Start::Generated,
        })
    }
}

/// Whether a start function's type is the one that a module that is put around this one (`wrap`) imports
/// it with, and not one of the same parameters and results that differs by its recursion group.
fn has_plain_type(linked: &Linked, start: FuncId) -> Result<bool> {
    let Some((owner, nth)) = linked.definitions.owner(start) else { return Ok(true) };
    let instance = linked.assembly.instances.get(owner).ok_or_else(missing)?;
    let module = linked.assembly.module(instance)?;
    let ty = nth.get(module).ok_or_else(missing)?;
    Ok(PlainFuncTypes::default().get(instance.module, module, *ty).is_some())
}

/// What is deferred, and live.
pub fn deferred_and_live(linked: &Linked, found: &Found) -> Result<IdVec<LinkId, Deferred>> {
    let (definitions, live) = (&linked.definitions, &found.live);
    let mut all = IdVec::new();
    for (id, deferred) in linked.deferred.iter() {
        let Deferred { tables, elements, data, start } = deferred;
        let is_live =
            |nth: &Defined<TableId>| definitions.id(id, *nth).is_some_and(|t| live.tables.is_live(t));
        let tables = tables.iter().copied().filter(is_live).collect();
        let is_live =
            |nth: &Defined<ElementId>| definitions.id(id, *nth).is_some_and(|e| live.elements.is_live(e));
        let elements = elements.iter().copied().filter(is_live).collect();
        let is_live = |nth: &Defined<DataId>| definitions.id(id, *nth).is_some_and(|d| live.data.is_live(d));
        let data = data.iter().copied().filter(is_live).collect();
        all.push(Deferred { tables, elements, data, start: *start });
    }
    Ok(all)
}

/// The generated function: for each instance in order, its tables, element segments, data
/// segments, and its own start function; then what the host means to call, where it calls this.
pub fn function(linked: &Linked, found: &mut Found, deferred: &IdVec<LinkId, Deferred>) -> Result<Function> {
    let mut function = Function::new([]);
    for ((id, instance), deferred) in linked.assembly.instances.iter().zip(deferred.values()) {
        let spaces = linked.definitions.instances.get(id).ok_or_else(missing)?;
        let module = linked.assembly.module(instance)?;
        let (constants, accessors) = (&linked.constants, &linked.accessors);
        let mapper = Mapper { spaces, constants, accessors, found: &mut *found };
        let mut writer = Effects { module, spaces, mapper, function: &mut function };
        deferred.tables.iter().try_for_each(|nth| writer.table(*nth))?;
        deferred.elements.iter().try_for_each(|nth| writer.element(*nth))?;
        deferred.data.iter().try_for_each(|nth| writer.data(*nth))?;
        if let Some(start) = deferred.start {
            function.instruction(&Instruction::Call(index(found, start)?.raw()));
        }
    }
    if let Some(called) = called(linked)? {
        function.instruction(&Instruction::Call(index(found, called)?.raw()));
    }
    function.instruction(&Instruction::End);
    Ok(function)
}

/// What `Assembly::exports` has for `Assembly::entry`.
fn called(linked: &Linked) -> Result<Option<FuncId>> {
    let Some(entry) = &linked.assembly.entry else { return Ok(None) };
    let mut exports = linked.assembly.exports.iter().zip(&linked.definitions.exports);
    match exports.find(|(export, _)| export.name == *entry) {
        Some((_, Exported::Func(func))) => Ok(Some(*func)),
        Some(_) => Err(Error::internal("what the host is to call is no function")),
        None => Ok(None),
    }
}

/// The index of a start function.
pub fn index(found: &Found, start: FuncId) -> Result<Merged<FuncId>> {
    found.live.funcs.index(start).ok_or_else(missing)
}

/// Writes the effects of one instance.
struct Effects<'w, 'm, 's> {
    module: &'w Module<'m>,
    spaces: &'w IndexSpaces,
    mapper: Mapper<'w, 's>,
    function: &'w mut Function,
}

impl Effects<'_, '_, '_> {
    fn expression(&mut self, expr: &wasmparser::ConstExpr) -> Result<()> {
        self.function.raw(self.mapper.expression(expr, Where::Body)?);
        Ok(())
    }

    fn table_index(&mut self, table: u32) -> Result<u32> {
        self.mapper.table_index(table).map_err(convert)
    }

    /// Gives every element of a table its initial value.
    fn table(&mut self, nth: Defined<TableId>) -> Result<()> {
        let table = nth.get(self.module).ok_or_else(missing)?;
        let index = self.table_index(self.spaces.index(self.module, nth))?;
        let TableInit::Expr(expr) = &table.init else { return Err(missing()) };
        let number = |n: u64| match table.ty.table64 {
            true => Instruction::I64Const(n.cast_signed()),
            false => Instruction::I32Const((n as u32).cast_signed()),
        };
        self.function.instruction(&number(0));
        self.expression(expr)?;
        self.function.instruction(&number(table.ty.initial)).instruction(&Instruction::TableFill(index));
        Ok(())
    }

    /// Copies a segment and drops it, as an active segment does.
    fn element(&mut self, nth: Defined<ElementId>) -> Result<()> {
        let element = nth.get(self.module).ok_or_else(missing)?;
        let ElementKind::Active { table_index, offset_expr } = &element.kind else { return Err(missing()) };
        let len = match &element.items {
            ElementItems::Functions(items) => items.count(),
            ElementItems::Expressions(_, items) => items.count(),
        };
        let table = self.table_index(table_index.unwrap_or(0))?;
        let elem_index = self.mapper.element_index(nth.raw()).map_err(convert)?;
        self.expression(offset_expr)?;
        self.length(len);
        self.function
            .instruction(&Instruction::TableInit { elem_index, table })
            .instruction(&Instruction::ElemDrop(elem_index));
        Ok(())
    }

    fn data(&mut self, nth: Defined<DataId>) -> Result<()> {
        let data = nth.get(self.module).ok_or_else(missing)?;
        let DataKind::Active { memory_index, offset_expr } = &data.kind else { return Err(missing()) };
        let mem = self.mapper.memory_index(*memory_index).map_err(convert)?;
        let data_index = self.mapper.data_index(nth.raw()).map_err(convert)?;
        self.expression(offset_expr)?;
        self.length(to_index(data.data.len())?);
        self.function
            .instruction(&Instruction::MemoryInit { mem, data_index })
            .instruction(&Instruction::DataDrop(data_index));
        Ok(())
    }

    /// From the segment's start, all of it.
    fn length(&mut self, len: u32) {
        self.function
            .instruction(&Instruction::I32Const(0))
            .instruction(&Instruction::I32Const(len.cast_signed()));
    }
}
