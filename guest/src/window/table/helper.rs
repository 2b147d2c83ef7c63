//! The functions that are called for what takes more of a table than one element. In: what they are to do, with
//! which parts. Out: their types and bodies. Not its job: the calls (`body`).

use super::super::helper::{Signature, Windows, i32_const};
use super::layout::OUTSIDE;
use crate::error::Result;
use wasm_encoder::{BlockType, Instruction, ValType};

/// What a helper does. Tables and segments are those of the module before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Helper {
    /// `(index, value) -> ()`: `table.set`.
    Set(u32),
    /// `(value, elements) -> (elements)`: `table.grow`.
    Grow(u32),
    /// `(index, value, length) -> ()`: `table.fill`.
    Fill(u32),
    /// `(to, from, length) -> ()`: `table.copy`. One of the tables may be one that stays.
    Copy { to: u32, from: u32 },
    /// `(to, from, length) -> ()`: `table.init`.
    Init { to: u32, segment: u32 },
}

type Code = Vec<Instruction<'static>>;

impl Helper {
    /// For the name section.
    pub fn name(self, windows: Windows) -> String {
        let parts = &windows.tables.parts;
        let label = |table: u32| parts.get(table as usize).map_or("", |part| part.label.as_str());
        match self {
            Helper::Set(table) => format!("table.set: {}", label(table)),
            Helper::Grow(table) => format!("table.grow: {}", label(table)),
            Helper::Fill(table) => format!("table.fill: {}", label(table)),
            Helper::Copy { to, from } => format!("table.copy: {} -> {}", label(from), label(to)),
            Helper::Init { to, segment } => format!("table.init: {segment} -> {}", label(to)),
        }
    }

    pub fn signature(self, windows: Windows) -> Result<Signature> {
        let ty = |table: u32| windows.tables.ty(table);
        let value = |table: u32| Ok(ValType::Ref(ty(table)?.element_type));
        let i32 = ValType::I32;
        Ok(match self {
            Helper::Set(table) => (vec![i32, value(table)?], vec![]),
            Helper::Grow(table) => (vec![value(table)?, i32], vec![i32]),
            Helper::Fill(table) => (vec![i32, value(table)?, i32], vec![]),
            // The length is as wide as the narrower of both indices.
            Helper::Copy { to, from } => (vec![ty(to)?.index_type(), ty(from)?.index_type(), i32], vec![]),
            Helper::Init { .. } => (vec![i32, i32, i32], vec![]),
        })
    }

    /// The types of its own locals, and its body.
    pub fn body(self, windows: Windows) -> Result<(Vec<(u32, ValType)>, Code)> {
        let mut out = Vec::new();
        let mut locals = Vec::new();
        match self {
            Helper::Set(table) => {
                out.push(Instruction::LocalGet(0));
                if let Some(bound) = bound(windows, table)? {
                    base(windows, table, &mut out)?;
                    out.extend([i32_const(OUTSIDE), Instruction::LocalGet(0), bound]);
                    out.extend([Instruction::I32LtU, Instruction::Select]);
                }
                out.extend([
                    Instruction::LocalGet(1),
                    Instruction::TableSet(windows.tables.get(table)?.table),
                ]);
            }
            Helper::Grow(table) => {
                if !windows.tables.get(table)?.open {
                    locals.push((1, ValType::I64));
                }
                grow(table, windows, &mut out)?;
            }
            Helper::Fill(table) => {
                let table = place(windows, table, 0, 2, &mut out)?;
                out.extend([
                    Instruction::LocalGet(1),
                    Instruction::LocalGet(2),
                    Instruction::TableFill(table),
                ]);
            }
            Helper::Copy { to, from } => {
                let dst_table = place(windows, to, 0, 2, &mut out)?;
                let src_table = place(windows, from, 1, 2, &mut out)?;
                out.extend([Instruction::LocalGet(2), Instruction::TableCopy { src_table, dst_table }]);
            }
            Helper::Init { to, segment: elem_index } => {
                let table = place(windows, to, 0, 2, &mut out)?;
                out.extend([
                    Instruction::LocalGet(1),
                    Instruction::LocalGet(2),
                    Instruction::TableInit { elem_index, table },
                ]);
            }
        }
        Ok((locals, out))
    }
}

/// What an index has to be less than to be an element of its part; an i32. None: the engine finds out.
pub fn bound(windows: Windows, table: u32) -> Result<Option<Instruction<'static>>> {
    let part = windows.tables.get(table)?;
    Ok(match windows.globals.elements(table) {
        _ if part.stays.is_some() => None,
        Some(global) => Some(Instruction::GlobalGet(global)),
        // Behind it is nothing: with the base it must not wrap around.
        None if part.open => (part.base > 0).then(|| i32_const((1u64 << 32).saturating_sub(part.base))),
        None => Some(i32_const(part.initial)),
    })
}

/// Pushes the size of a table in elements, an i32 unless it stays.
pub fn size(windows: Windows, table: u32, out: &mut Code) -> Result<()> {
    let part = windows.tables.get(table)?;
    match windows.globals.elements(table) {
        _ if part.stays.is_some() => out.push(Instruction::TableSize(part.table)),
        _ if part.open => {
            let base = [i32_const(part.base), Instruction::I32Sub];
            out.push(Instruction::TableSize(part.table));
            out.extend(base.into_iter().filter(|_| part.base > 0));
        }
        Some(global) => out.push(Instruction::GlobalGet(global)),
        None => out.push(i32_const(part.initial)),
    }
    Ok(())
}

/// Adds the base of a part to the index on the top.
fn base(windows: Windows, table: u32, out: &mut Code) -> Result<()> {
    let base = windows.tables.get(table)?.base;
    if base > 0 {
        out.extend([i32_const(base), Instruction::I32Add]);
    }
    Ok(())
}

/// Pushes where so many elements at an index, both in locals, begin in the table that they are in, which is the
/// result; a place outside of it where they do not lie in their part.
fn place(windows: Windows, table: u32, index: u32, length: u32, out: &mut Code) -> Result<u32> {
    let part = windows.tables.get(table)?;
    out.push(Instruction::LocalGet(index));
    if part.stays.is_some() {
        return Ok(part.table);
    }
    base(windows, table, out)?;
    out.extend([
        i32_const(OUTSIDE),
        Instruction::LocalGet(index),
        Instruction::I64ExtendI32U,
        Instruction::LocalGet(length),
        Instruction::I64ExtendI32U,
        Instruction::I64Add,
    ]);
    size(windows, table, out)?;
    out.extend([Instruction::I64ExtendI32U, Instruction::I64LeU, Instruction::Select]);
    Ok(part.table)
}

/// `table.grow`: of the open part for real, of others within what is reserved.
fn grow(table: u32, windows: Windows, out: &mut Code) -> Result<()> {
    let part = windows.tables.get(table)?;
    let refused = [Instruction::I32Const(-1), Instruction::Return, Instruction::End];
    if part.open {
        out.extend([
            Instruction::LocalGet(0),
            Instruction::LocalGet(1),
            Instruction::TableGrow(part.table),
            Instruction::LocalTee(1),
            Instruction::I32Const(-1),
            Instruction::I32Eq,
            Instruction::If(BlockType::Empty),
        ]);
        out.extend(refused);
        out.extend([Instruction::LocalGet(1), i32_const(part.base), Instruction::I32Sub]);
        return Ok(());
    }
    // The new size: as an i64 it cannot wrap.
    size(windows, table, out)?;
    out.extend([
        Instruction::I64ExtendI32U,
        Instruction::LocalGet(1),
        Instruction::I64ExtendI32U,
        Instruction::I64Add,
        Instruction::LocalTee(2),
        Instruction::I64Const(part.most.cast_signed()),
        Instruction::I64GtU,
        Instruction::If(BlockType::Empty),
    ]);
    out.extend(refused);
    size(windows, table, out)?;
    base(windows, table, out)?;
    out.extend([Instruction::LocalGet(0), Instruction::LocalGet(1), Instruction::TableFill(part.table)]);
    size(windows, table, out)?;
    if let Some(global) = windows.globals.elements(table) {
        out.extend([Instruction::LocalGet(2), Instruction::I32WrapI64, Instruction::GlobalSet(global)]);
    }
    Ok(())
}
