//! The start function. In: what waits for each instance, as far as it is needed. Out: the function that the merged module
//! starts with. Not its job: deciding what waits (`segments`).

use super::Frame;
use super::layout::{Maps, module_of};
use super::mapped::convert;
use super::reencoder::{Mapper, State, Where};
use super::resolve::to_index;
use super::segments::Waiting;
use crate::error::{Error, Result};
use crate::read::Module;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{Function, Instruction};
use wasmparser::{DataKind, ElementItems, ElementKind, TableInit};

/// How the merged module starts.
pub enum Start {
    None,
    /// One instance has a start function, at this place, and nothing waits.
    Direct(u32),
    /// A function of its own, at the end of the index space.
    Generated,
}

impl Start {
    pub fn new(waiting: &[Waiting]) -> Start {
        let mut starts = waiting.iter().filter_map(|w| w.start);
        match (waiting.iter().any(Waiting::has_segments), starts.next(), starts.next()) {
            (false, None, _) => Start::None,
            (false, Some(start), None) => Start::Direct(start),
            _ => Start::Generated,
        }
    }
}

/// The generated function: for each instance in order, its tables, element segments, data
/// segments, and its own start function.
pub fn function(frame: &Frame, state: &mut State, waiting: &[Waiting]) -> Result<Function> {
    let mut function = Function::new([]);
    for ((id, instance), waiting) in frame.assembly.instances.iter().zip(waiting) {
        let maps = frame.layout.maps.get(id).ok_or_else(missing)?;
        let module = module_of(&frame.assembly, instance)?;
        let mapper = Mapper { maps, constants: &frame.constants, state: &mut *state };
        let mut writer = Writer { module, maps, mapper, function: &mut function };
        waiting.tables.iter().try_for_each(|&nth| writer.table(nth))?;
        waiting.elements.iter().try_for_each(|&nth| writer.element(nth))?;
        waiting.data.iter().try_for_each(|&nth| writer.data(nth))?;
        if let Some(start) = waiting.start {
            function.instruction(&Instruction::Call(index(state, start)?));
        }
    }
    function.instruction(&Instruction::End);
    Ok(function)
}

/// The index of a start function.
pub fn index(state: &State, start: u32) -> Result<u32> {
    state.numbers.items.funcs.get(start).ok_or_else(missing)
}

fn missing() -> Error {
    Error::internal("the start function refers to an item that does not exist")
}

/// Writes the effects of one instance.
struct Writer<'w, 'm, 's> {
    module: &'w Module<'m>,
    maps: &'w Maps,
    mapper: Mapper<'w, 's>,
    function: &'w mut Function,
}

impl Writer<'_, '_, '_> {
    fn expression(&mut self, expr: &wasmparser::ConstExpr) -> Result<()> {
        self.function.raw(self.mapper.expression(expr, Where::Body)?);
        Ok(())
    }

    fn table_index(&mut self, table: u32) -> Result<u32> {
        self.mapper.table_index(table).map_err(convert)
    }

    /// Gives every element of a table its initial value.
    fn table(&mut self, nth: u32) -> Result<()> {
        let imported = self.maps.items.tables.len().saturating_sub(self.module.tables.len());
        let table = self.module.tables.get(nth as usize).ok_or_else(missing)?;
        let index = self.table_index(to_index(imported)?.saturating_add(nth))?;
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
    fn element(&mut self, nth: u32) -> Result<()> {
        let element = self.module.elements.get(nth as usize).ok_or_else(missing)?;
        let ElementKind::Active { table_index, offset_expr } = &element.kind else { return Err(missing()) };
        let len = match &element.items {
            ElementItems::Functions(items) => items.count(),
            ElementItems::Expressions(_, items) => items.count(),
        };
        let table = self.table_index(table_index.unwrap_or(0))?;
        let elem_index = self.mapper.element_index(nth).map_err(convert)?;
        self.expression(offset_expr)?;
        self.length(len);
        self.function
            .instruction(&Instruction::TableInit { elem_index, table })
            .instruction(&Instruction::ElemDrop(elem_index));
        Ok(())
    }

    fn data(&mut self, nth: u32) -> Result<()> {
        let data = self.module.data.get(nth as usize).ok_or_else(missing)?;
        let DataKind::Active { memory_index, offset_expr } = &data.kind else { return Err(missing()) };
        let mem = self.mapper.memory_index(*memory_index).map_err(convert)?;
        let data_index = self.mapper.data_index(nth).map_err(convert)?;
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
