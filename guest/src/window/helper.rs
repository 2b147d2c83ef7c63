//! The functions that changed bodies call. In: what they are to do, with which windows. Out: their types and
//! bodies. Not its job: the calls (`body`).

use super::layout::Window;
use super::module::Globals;
use super::table::{self, layout::Tables};
use crate::error::{Error, Result};
use crate::runtime::TRAP_PREFIX;
use indexmap::IndexSet;
use wasm_encoder::{BlockType, Function, Instruction, ValType};

/// Why an access outside of a window traps: what engines call it.
const OUT_OF_BOUNDS: &str = "out of bounds memory access";

/// What a helper does. Memories and segments are those of the module before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Helper {
    /// `() -> ()`: does not return.
    OutOfBounds,
    /// `() -> (bytes)`: the size of a memory that can grow within what is reserved.
    Size(u32),
    /// `(pages) -> (pages)`: `memory.grow`.
    Grow(u32),
    /// `(address, value, length) -> ()`: `memory.fill`.
    Fill { memory: u32, checks: bool },
    /// `(to, from, length) -> ()`: `memory.copy`.
    Copy { to: u32, from: u32, checks: bool },
    /// `(to, from, length) -> ()`: `memory.init`.
    Init { to: u32, segment: u32, checks: bool },
    /// What it does is about tables.
    Table(table::helper::Helper),
}

/// Parameters and results.
pub type Signature = (Vec<ValType>, Vec<ValType>);

impl Helper {
    pub fn signature(self, windows: Windows) -> Result<Signature> {
        let i32 = ValType::I32;
        Ok(match self {
            Helper::OutOfBounds => (vec![], vec![]),
            Helper::Grow(_) => (vec![i32], vec![i32]),
            Helper::Fill { .. } | Helper::Copy { .. } | Helper::Init { .. } => (vec![i32, i32, i32], vec![]),
            Helper::Size(_) => (vec![], vec![i32]),
            Helper::Table(helper) => return helper.signature(windows),
        })
    }

    /// For the name section.
    pub fn name(self, windows: Windows) -> String {
        let label = |memory: u32| windows.all.get(memory as usize).map_or("", |window| window.label.as_str());
        match self {
            Helper::OutOfBounds => format!("{TRAP_PREFIX}{OUT_OF_BOUNDS}"),
            Helper::Size(memory) => format!("size: {}", label(memory)),
            Helper::Grow(memory) => format!("memory.grow: {}", label(memory)),
            Helper::Fill { memory, .. } => format!("memory.fill: {}", label(memory)),
            Helper::Copy { to, from, .. } => format!("memory.copy: {} -> {}", label(from), label(to)),
            Helper::Init { to, segment, .. } => format!("memory.init: {segment} -> {}", label(to)),
            Helper::Table(helper) => helper.name(windows),
        }
    }
}

/// The helpers that are called, by the order of their first calls.
pub struct Helpers {
    /// How many functions the module has without them.
    first: u32,
    all: IndexSet<Helper>,
}

impl Helpers {
    pub fn new(first: u32) -> Helpers {
        Helpers { first, all: IndexSet::new() }
    }

    /// The index of one as a function of the module.
    pub fn index(&mut self, helper: Helper) -> u32 {
        let (nth, _) = self.all.insert_full(helper);
        // Budgets keep both far below 2^32.
        self.first.saturating_add(nth as u32)
    }

    /// The index of one that is called.
    pub fn find(&self, helper: Helper) -> Option<u32> {
        self.all.get_index_of(&helper).map(|nth| self.first.saturating_add(nth as u32))
    }

    pub fn get(&self, nth: usize) -> Option<Helper> {
        self.all.get_index(nth).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, Helper)> {
        (self.first..).zip(self.all.iter().copied())
    }
}

/// What helpers and bodies have to know of windows, and of parts of tables.
#[derive(Clone, Copy)]
pub struct Windows<'w> {
    /// For each memory. None: memories stay as they are.
    pub all: &'w [Window],
    pub tables: &'w Tables,
    pub globals: &'w Globals,
}

impl<'w> Windows<'w> {
    pub fn get(&self, memory: u32) -> Result<&'w Window> {
        let window = self.all.get(memory as usize);
        window.ok_or_else(|| Error::internal("an instruction uses a memory that is not there"))
    }

    /// Pushes the size of a memory in bytes, an i64.
    fn size(&self, memory: u32, out: &mut Vec<Instruction<'static>>) -> Result<()> {
        let window = self.get(memory)?;
        match self.globals.size(memory) {
            _ if window.open => out.extend([
                Instruction::MemorySize(0),
                Instruction::I64ExtendI32U,
                Instruction::I64Const(16),
                Instruction::I64Shl,
                Instruction::I64Const(window.base.cast_signed()),
                Instruction::I64Sub,
            ]),
            Some(global) => out.extend([Instruction::GlobalGet(global), Instruction::I64ExtendI32U]),
            None => out.push(Instruction::I64Const(window.initial.cast_signed())),
        }
        Ok(())
    }

    /// Pushes an address of the one memory: that of a window which is in a local.
    fn address(&self, memory: u32, local: u32, out: &mut Vec<Instruction<'static>>) -> Result<()> {
        out.push(Instruction::LocalGet(local));
        let base = self.get(memory)?.base;
        if base > 0 {
            out.extend([i32_const(base), Instruction::I32Add]);
        }
        Ok(())
    }

    /// Traps unless so many bytes at an address, both in locals, lie in a window.
    fn check(
        &self,
        memory: u32,
        address: u32,
        length: u32,
        trap: u32,
        out: &mut Vec<Instruction<'static>>,
    ) -> Result<()> {
        out.extend([
            Instruction::LocalGet(address),
            Instruction::I64ExtendI32U,
            Instruction::LocalGet(length),
            Instruction::I64ExtendI32U,
            Instruction::I64Add,
        ]);
        self.size(memory, out)?;
        out.extend([
            Instruction::I64GtU,
            Instruction::If(BlockType::Empty),
            Instruction::Call(trap),
            Instruction::Unreachable,
            Instruction::End,
        ]);
        Ok(())
    }
}

/// A number below 2^32.
pub fn i32_const(number: u64) -> Instruction<'static> {
    Instruction::I32Const((number as u32).cast_signed())
}

/// A helper's body; what it calls is added to `helpers`.
pub fn function(helper: Helper, helpers: &mut Helpers, windows: Windows) -> Result<Function> {
    let mut out = Vec::new();
    let mut locals = Vec::new();
    match helper {
        Helper::OutOfBounds => out.push(Instruction::Unreachable),
        Helper::Size(memory) => out.extend(windows.globals.size(memory).map(Instruction::GlobalGet)),
        Helper::Grow(memory) => {
            locals.push((1, ValType::I64));
            grow(memory, windows, &mut out)?;
        }
        Helper::Fill { memory, checks } => {
            if checks {
                windows.check(memory, 0, 2, helpers.index(Helper::OutOfBounds), &mut out)?;
            }
            windows.address(memory, 0, &mut out)?;
            out.extend([Instruction::LocalGet(1), Instruction::LocalGet(2), Instruction::MemoryFill(0)]);
        }
        Helper::Copy { to, from, checks } => {
            if checks {
                let trap = helpers.index(Helper::OutOfBounds);
                windows.check(to, 0, 2, trap, &mut out)?;
                windows.check(from, 1, 2, trap, &mut out)?;
            }
            windows.address(to, 0, &mut out)?;
            windows.address(from, 1, &mut out)?;
            out.extend([Instruction::LocalGet(2), Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 }]);
        }
        Helper::Init { to, segment, checks } => {
            if checks {
                windows.check(to, 0, 2, helpers.index(Helper::OutOfBounds), &mut out)?;
            }
            windows.address(to, 0, &mut out)?;
            out.extend([
                Instruction::LocalGet(1),
                Instruction::LocalGet(2),
                Instruction::MemoryInit { mem: 0, data_index: segment },
            ]);
        }
        Helper::Table(helper) => (locals, out) = helper.body(windows)?,
    }
    let mut function = Function::new(locals);
    for instruction in &out {
        function.instruction(instruction);
    }
    function.instruction(&Instruction::End);
    Ok(function)
}

/// `memory.grow`: of the open window for real, of others within what is reserved.
fn grow(memory: u32, windows: Windows, out: &mut Vec<Instruction<'static>>) -> Result<()> {
    let window = windows.get(memory)?;
    let delta = [Instruction::LocalGet(0)];
    let refused = [Instruction::I32Const(-1), Instruction::Return, Instruction::End];
    if window.open {
        out.extend(delta);
        out.extend([
            Instruction::MemoryGrow(0),
            Instruction::LocalTee(0),
            Instruction::I32Const(-1),
            Instruction::I32Eq,
            Instruction::If(BlockType::Empty),
        ]);
        out.extend(refused);
        out.extend([Instruction::LocalGet(0), i32_const(window.base >> 16), Instruction::I32Sub]);
        return Ok(());
    }
    // The new size, in bytes: with 32 bits for the pages and 16 for their size it cannot wrap.
    out.extend(delta);
    out.extend([
        Instruction::I64ExtendI32U,
        Instruction::I64Const(window.page_bits.into()),
        Instruction::I64Shl,
    ]);
    windows.size(memory, out)?;
    out.extend([
        Instruction::I64Add,
        Instruction::LocalTee(1),
        Instruction::I64Const(window.most.cast_signed()),
        Instruction::I64GtU,
        Instruction::If(BlockType::Empty),
    ]);
    out.extend(refused);
    windows.size(memory, out)?;
    out.extend([
        Instruction::I64Const(window.page_bits.into()),
        Instruction::I64ShrU,
        Instruction::I32WrapI64,
    ]);
    if let Some(global) = windows.globals.size(memory) {
        out.extend([Instruction::LocalGet(1), Instruction::I32WrapI64, Instruction::GlobalSet(global)]);
    }
    Ok(())
}
