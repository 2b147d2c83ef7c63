//! The functions that changed bodies call. In: what they are to do, with which windows. Out: their types and
//! bodies. Not its job: the calls (`body`).

use super::address::Address;
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
        let address = |memory: u32| windows.get(memory).map(|window| window.address);
        let of = |memory: u32| address(memory).map(Address::val_type);
        let i32 = ValType::I32;
        Ok(match self {
            Helper::OutOfBounds => (vec![], vec![]),
            Helper::Grow(memory) => (vec![of(memory)?], vec![of(memory)?]),
            Helper::Fill { memory, .. } => (vec![of(memory)?, i32, of(memory)?], vec![]),
            Helper::Copy { to, from, .. } => {
                let length = address(to)?.shorter(address(from)?);
                (vec![of(to)?, of(from)?, length.val_type()], vec![])
            }
            Helper::Init { to, .. } => (vec![of(to)?, i32, i32], vec![]),
            Helper::Size(memory) => (vec![], vec![of(memory)?]),
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
    /// The addresses of the one memory.
    pub address: Address,
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
            _ if window.open => out.push(Instruction::MemorySize(0)),
            Some(global) => out.push(Instruction::GlobalGet(global)),
            None => {
                out.push(Instruction::I64Const(window.initial.cast_signed()));
                return Ok(());
            }
        }
        out.extend(window.address.to(Address::I64));
        if window.open {
            let base = window.base.cast_signed();
            let pages = [Instruction::I64Const(16), Instruction::I64Shl];
            out.extend(pages.into_iter().chain([Instruction::I64Const(base), Instruction::I64Sub]));
        }
        Ok(())
    }

    /// Pushes an address of the one memory: that of a window which is in a local.
    fn address(&self, memory: u32, local: u32, out: &mut Vec<Instruction<'static>>) -> Result<()> {
        let window = self.get(memory)?;
        out.push(Instruction::LocalGet(local));
        out.extend(window.address.to(self.address));
        if window.base > 0 {
            out.extend([self.address.number(window.base), self.address.add()]);
        }
        Ok(())
    }

    /// Traps unless so many bytes at an address, both in locals, lie in a window.
    fn check(
        &self,
        memory: u32,
        address: u32,
        (length, of_length): (u32, Address),
        trap: u32,
        out: &mut Vec<Instruction<'static>>,
    ) -> Result<()> {
        let of_address = self.get(memory)?.address;
        let wide =
            |local: u32, of: Address| [Instruction::LocalGet(local)].into_iter().chain(of.to(Address::I64));
        out.extend(wide(address, of_address));
        if of_address == Address::I32 {
            out.extend(wide(length, of_length));
            out.push(Instruction::I64Add);
            self.size(memory, out)?;
            out.push(Instruction::I64GtU);
        } else {
            // The sum could wrap. Where there are fewer bytes than the length, the difference does: that is looked at
            // too.
            self.size(memory, out)?;
            out.extend(wide(length, of_length));
            out.extend([Instruction::I64Sub, Instruction::I64GtU]);
            out.extend(wide(length, of_length));
            self.size(memory, out)?;
            out.extend([Instruction::I64GtU, Instruction::I32Or]);
        }
        out.extend([
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
    Address::I32.number(number)
}

/// A helper's body; what it calls is added to `helpers`.
pub fn function(helper: Helper, helpers: &mut Helpers, windows: Windows) -> Result<Function> {
    let mut out = Vec::new();
    let mut locals = Vec::new();
    // An operand of a bulk instruction, in a local.
    let operand =
        |local: u32, of: Address| [Instruction::LocalGet(local)].into_iter().chain(of.to(windows.address));
    match helper {
        Helper::OutOfBounds => out.push(Instruction::Unreachable),
        Helper::Size(memory) => out.extend(windows.globals.size(memory).map(Instruction::GlobalGet)),
        Helper::Grow(memory) => grow(memory, windows, &mut out)?,
        Helper::Fill { memory, checks } => {
            let length = windows.get(memory)?.address;
            if checks {
                windows.check(memory, 0, (2, length), helpers.index(Helper::OutOfBounds), &mut out)?;
            }
            windows.address(memory, 0, &mut out)?;
            out.push(Instruction::LocalGet(1));
            out.extend(operand(2, length));
            out.push(Instruction::MemoryFill(0));
        }
        Helper::Copy { to, from, checks } => {
            let length = windows.get(to)?.address.shorter(windows.get(from)?.address);
            if checks {
                let trap = helpers.index(Helper::OutOfBounds);
                windows.check(to, 0, (2, length), trap, &mut out)?;
                windows.check(from, 1, (2, length), trap, &mut out)?;
            }
            windows.address(to, 0, &mut out)?;
            windows.address(from, 1, &mut out)?;
            out.extend(operand(2, length));
            out.push(Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 });
        }
        Helper::Init { to, segment, checks } => {
            if checks {
                let trap = helpers.index(Helper::OutOfBounds);
                // Whatever the memory's addresses are: a segment's length has 32 bits.
                windows.check(to, 0, (2, Address::I32), trap, &mut out)?;
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
    let address = window.address;
    let failed = address.number(address.last());
    let refused = [failed.clone(), Instruction::Return, Instruction::End];
    if window.open {
        out.extend([
            Instruction::LocalGet(0),
            Instruction::MemoryGrow(0),
            Instruction::LocalTee(0),
            failed,
            address.eq(),
            Instruction::If(BlockType::Empty),
        ]);
        out.extend(refused);
        out.extend([Instruction::LocalGet(0), address.number(window.base >> 16), address.sub()]);
        return Ok(());
    }
    let page_bits = Instruction::I64Const(window.page_bits.into());
    let delta = || [Instruction::LocalGet(0)].into_iter().chain(address.to(Address::I64));
    // More pages than are left.
    out.extend(delta());
    out.push(Instruction::I64Const(window.most.cast_signed()));
    windows.size(memory, out)?;
    out.extend([Instruction::I64Sub, page_bits.clone(), Instruction::I64ShrU]);
    out.extend([Instruction::I64GtU, Instruction::If(BlockType::Empty)]);
    out.extend(refused);
    // The result is how many there were.
    windows.size(memory, out)?;
    out.extend([page_bits.clone(), Instruction::I64ShrU]);
    out.extend(Address::I64.to(address));
    if let Some(global) = windows.globals.size(memory) {
        windows.size(memory, out)?;
        out.extend(delta());
        out.extend([page_bits, Instruction::I64Shl, Instruction::I64Add]);
        out.extend(Address::I64.to(address));
        out.push(Instruction::GlobalSet(global));
    }
    Ok(())
}
