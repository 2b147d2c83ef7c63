//! Instructions that use tables. In: one of them. Out: what it is with parts of tables. Not its job: what it calls
//! (`helper`), and the rest of a body (`window::body`).

use super::super::body::{Added, Changer};
use super::super::helper::{Helper, i32_const};
use super::access::Use;
use super::helper;
use super::layout::Part;
use crate::error::{Error, Result};
use wasm_encoder::{Instruction, ValType};

impl Changer<'_> {
    /// An instruction that uses a table.
    pub fn table(&mut self, found: Use, added: &mut Added) -> Result<()> {
        let tables = self.windows.tables;
        match found {
            Use::Call { table, ty: type_index } => {
                let table_index = self.element(table, added)?;
                self.emit(Instruction::CallIndirect { type_index, table_index });
            }
            Use::ReturnCall { table, ty: type_index } => {
                let table_index = self.element(table, added)?;
                self.emit(Instruction::ReturnCallIndirect { type_index, table_index });
            }
            Use::Get(table) => {
                let table = self.element(table, added)?;
                self.emit(Instruction::TableGet(table));
            }
            Use::Size(table) => {
                let mut code = Vec::new();
                helper::size(self.windows, table, &mut code)?;
                code.into_iter().for_each(|instruction| self.emit(instruction));
            }
            Use::Set(table) => match tables.get(table)? {
                Part { stays: Some(_), table, .. } => self.emit(Instruction::TableSet(*table)),
                _ => self.call(Helper::Table(helper::Helper::Set(table))),
            },
            Use::Grow(table) => match tables.get(table)? {
                Part { stays: Some(_), table, .. } => self.emit(Instruction::TableGrow(*table)),
                _ => self.call(Helper::Table(helper::Helper::Grow(table))),
            },
            Use::Fill(table) => match tables.get(table)? {
                Part { stays: Some(_), table, .. } => self.emit(Instruction::TableFill(*table)),
                _ => self.call(Helper::Table(helper::Helper::Fill(table))),
            },
            Use::Init { to, segment: elem_index } => match tables.get(to)? {
                Part { stays: Some(_), table, .. } => {
                    self.emit(Instruction::TableInit { elem_index, table: *table });
                }
                _ => self.call(Helper::Table(helper::Helper::Init { to, segment: elem_index })),
            },
            Use::Copy { to, from } => match (tables.get(to)?, tables.get(from)?) {
                (
                    Part { stays: Some(_), table: dst_table, .. },
                    Part { stays: Some(_), table: src_table, .. },
                ) => self.emit(Instruction::TableCopy { src_table: *src_table, dst_table: *dst_table }),
                _ => self.call(Helper::Table(helper::Helper::Copy { to, from })),
            },
            Use::Atomic(_) => return Err(Error::internal("a table is used atomically as a part of one")),
        }
        Ok(())
    }

    /// Turns the index of an element, on the top, into one of the table that it is in, which is the result.
    fn element(&mut self, table: u32, added: &mut Added) -> Result<u32> {
        let windows = self.windows;
        let part = windows.tables.get(table)?;
        let Some(bound) = helper::bound(windows, table)? else { return Ok(part.table) };
        let index = added.local(ValType::I32, 0);
        self.emit(Instruction::LocalTee(index));
        if part.base > 0 {
            self.emit(i32_const(part.base));
            self.emit(Instruction::I32Add);
        }
        self.emit(i32_const(super::layout::OUTSIDE));
        self.emit(Instruction::LocalGet(index));
        self.emit(bound);
        self.emit(Instruction::I32LtU);
        self.emit(Instruction::Select);
        Ok(part.table)
    }
}
