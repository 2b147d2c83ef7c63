//! Function bodies. In: a body that uses several memories or tables. Out: one that uses their windows and parts.
//! Not its job: what it calls for that (`helper`), what is known without a check (`known`), tables (`table`).

use super::access::{self, Access};
use super::ahead::Ahead;
use super::helper::{Helper, Helpers, Windows, i32_const};
use super::known::Known;
use super::sizes::Sizes;
use super::survey::{Arity, invalid};
use super::table::access::Use;
use crate::debug::Moves;
use crate::error::{Error, Result};
use crate::read::limits;
use std::ops::Range;
use wasm_encoder::{BlockType, Encode, Instruction, ValType};
use wasmparser::{FunctionBody, MemArg, Operator};

/// The bit of a memory argument's alignment that says that a memory index follows.
const HAS_MEMORY: u64 = 0x40;

/// Changes bodies, one after the other.
pub struct Changer<'c> {
    pub windows: Windows<'c>,
    pub arity: &'c Arity,
    pub helpers: Helpers,
    /// Whether checks are left out that an earlier one covers.
    elide_checks: bool,
    known: Known,
    sizes: Sizes,
    ahead: Ahead,
    code: Vec<u8>,
    /// Where the bytes of bodies go, where that is asked for.
    pub moves: Option<Moves>,
}

/// The locals that are added to a body.
#[derive(Default)]
pub struct Added {
    /// The locals that it has without them.
    first: u32,
    types: Vec<ValType>,
    /// Those that hold operands while an address is checked.
    temporaries: Vec<(ValType, u32)>,
    /// Those that hold the size of a memory.
    sizes: Vec<(u32, u32)>,
}

impl Added {
    /// The `nth` temporary of this type.
    pub fn local(&mut self, ty: ValType, nth: usize) -> u32 {
        let mut of_type = self.temporaries.iter().filter(|(found, _)| *found == ty);
        match of_type.nth(nth) {
            Some((_, local)) => *local,
            None => {
                let local = self.add(ty);
                self.temporaries.push((ty, local));
                local
            }
        }
    }

    /// The local for the size of a memory.
    fn size(&mut self, memory: u32) -> u32 {
        match self.sizes.iter().find(|(of, _)| *of == memory) {
            Some((_, local)) => *local,
            None => {
                let local = self.add(ValType::I32);
                self.sizes.push((memory, local));
                local
            }
        }
    }

    fn add(&mut self, ty: ValType) -> u32 {
        self.types.push(ty);
        // No more than one for each memory and a few are ever added, to 50,000 at most.
        self.first.saturating_add(self.types.len().saturating_sub(1) as u32)
    }
}

impl<'c> Changer<'c> {
    pub fn new(
        windows: Windows<'c>,
        arity: &'c Arity,
        elide_checks: bool,
        moves: Option<Moves>,
    ) -> Changer<'c> {
        // Budgets keep the number of functions far below 2^32.
        let helpers = Helpers::new(arity.functions() as u32);
        Changer {
            windows,
            arity,
            helpers,
            elide_checks,
            known: Known::default(),
            sizes: Sizes::default(),
            ahead: Ahead::default(),
            code: Vec::new(),
            moves,
        }
    }

    /// Adds the changed body to `out`, with its size in front. Errors: `limit-exceeded` for one with more locals
    /// or bytes than engines take.
    pub fn body(&mut self, nth: usize, body: &FunctionBody, trusted: bool, out: &mut Vec<u8>) -> Result<()> {
        let missing = || Error::internal("a body without a type");
        let mut count = self.arity.params(nth).ok_or_else(missing)?;
        let mut locals = body.get_locals_reader().map_err(invalid)?;
        let mut groups = locals.get_count();
        let start = locals.original_position();
        for _ in 0..groups {
            let (more, _) = locals.read().map_err(invalid)?;
            count = count.saturating_add(more);
        }
        let bytes = body.as_bytes();
        let begin = body.range().start;
        let at = |position: u64| position.saturating_sub(begin) as usize;
        let declared = bytes.get(at(start)..at(locals.original_position())).unwrap_or_default();
        let mut added = Added { first: count, ..Added::default() };
        self.code.clear();
        self.known.begin();
        self.sizes.begin();
        let has_windows = !self.windows.all.is_empty();
        let has_parts = !self.windows.tables.joined.is_empty();
        // Nothing has to be known where nothing is checked.
        let has_checks = has_windows && !trusted;
        let globals = self.windows.globals;
        self.ahead = match has_checks {
            true => Ahead::of(body, |memory| globals.size(memory).is_some())?,
            false => Ahead::default(),
        };
        let mut loops = 0usize;
        let mut copied = at(locals.original_position());
        let mut operators = body.get_operators_reader().map_err(invalid)?;
        while !operators.eof() {
            let from = at(operators.original_position());
            let operator = operators.read().map_err(invalid)?;
            let access = if has_windows { Access::of(&operator) } else { None };
            let table = if has_parts { Use::of(&operator) } else { None };
            if access.is_some() || table.is_some() {
                let to = at(operators.original_position());
                self.copy(bytes, copied..from);
                copied = to;
                if let Some(access) = access {
                    self.access(access, bytes.get(from..to).unwrap_or_default(), trusted, &mut added)?;
                }
                if let Some(table) = table {
                    self.table(table, &mut added)?;
                }
            }
            if !has_checks {
                continue;
            }
            if let Operator::Loop { .. } = operator {
                self.copy(bytes, copied..from);
                copied = from;
                self.enter_loop(loops, &mut added);
                loops = loops.saturating_add(1);
            }
            self.known.step(&operator, self.arity);
            self.sizes.step(&operator);
        }
        self.copy(bytes, copied..bytes.len());

        let mut head = Vec::new();
        groups = groups.saturating_add(added.types.len() as u32);
        groups.encode(&mut head);
        head.extend_from_slice(declared);
        for ty in &added.types {
            1u32.encode(&mut head);
            ty.encode(&mut head);
        }
        let all = count.saturating_add(added.types.len() as u32);
        if all > limits::LOCALS {
            let what = "locals of a function whose memory or table becomes a part of one";
            return Err(Error::limit(what, limits::LOCALS.into()));
        }
        let size = head.len().saturating_add(self.code.len());
        if size > limits::BODY_BYTES {
            let what = "bytes of a function whose memory or table becomes a part of one";
            return Err(Error::limit(what, limits::BODY_BYTES as u64));
        }
        if let Some(moves) = &mut self.moves {
            moves.shift(head.len());
            moves.end();
        }
        size.encode(out);
        out.extend_from_slice(&head);
        out.extend_from_slice(&self.code);
        Ok(())
    }

    /// Copies instructions that stay.
    fn copy(&mut self, bytes: &[u8], range: Range<usize>) {
        if let Some(moves) = &mut self.moves {
            moves.copied(range.start, self.code.len(), range.len());
        }
        self.code.extend_from_slice(bytes.get(range).unwrap_or_default());
    }

    /// Before a loop: the sizes that it needs, if nothing in it changes them.
    fn enter_loop(&mut self, nth: usize, added: &mut Added) {
        let entered = self.ahead.get(nth).cloned().unwrap_or_default();
        if self.elide_checks && !entered.grows {
            for memory in entered.memories.iter().copied() {
                if !self.sizes.is_kept(memory)
                    && let Some(global) = self.windows.globals.size(memory)
                {
                    self.emit(Instruction::GlobalGet(global));
                    self.emit(Instruction::LocalSet(added.size(memory)));
                    self.sizes.keep(memory);
                }
            }
        }
        self.sizes.enter_loop(&entered);
        self.known.enter_loop(entered);
    }

    pub fn emit(&mut self, instruction: Instruction) {
        instruction.encode(&mut self.code);
    }

    pub fn call(&mut self, helper: Helper) {
        let index = self.helpers.index(helper);
        self.emit(Instruction::Call(index));
    }

    /// An instruction that uses a memory: `bytes` are all of it.
    fn access(&mut self, access: Access, bytes: &[u8], trusted: bool, added: &mut Added) -> Result<()> {
        let checks = !trusted;
        match access {
            Access::At { memarg, operands } => self.at(memarg, operands, bytes, trusted, added)?,
            Access::Size(memory) => self.size(memory)?,
            Access::Grow(memory) => self.call(Helper::Grow(memory)),
            Access::Fill(memory) => self.call(Helper::Fill { memory, checks }),
            Access::Copy { to, from } => self.call(Helper::Copy { to, from, checks }),
            Access::Init { to, segment } => self.call(Helper::Init { to, segment, checks }),
            Access::Discard(_) => {
                return Err(Error::unsupported("`memory.discard`, where several memories become one,"));
            }
        }
        Ok(())
    }

    /// `memory.size`, in pages of the memory's own.
    fn size(&mut self, memory: u32) -> Result<()> {
        let window = self.windows.get(memory)?;
        match self.windows.globals.size(memory) {
            _ if window.open => {
                self.emit(Instruction::MemorySize(0));
                self.emit(i32_const(window.base >> 16));
                self.emit(Instruction::I32Sub);
            }
            Some(global) => {
                self.emit(Instruction::GlobalGet(global));
                if window.page_bits > 0 {
                    self.emit(Instruction::I32Const(window.page_bits.cast_signed()));
                    self.emit(Instruction::I32ShrU);
                }
            }
            None => self.emit(i32_const(window.initial >> window.page_bits)),
        }
        Ok(())
    }

    /// An access at an address: with a check before it, unless it needs none.
    fn at(
        &mut self,
        memarg: MemArg,
        operands: &[ValType],
        bytes: &[u8],
        trusted: bool,
        added: &mut Added,
    ) -> Result<()> {
        let window = self.windows.get(memarg.memory)?;
        let offset = memarg.offset.saturating_add(window.base);
        let end = memarg.offset.saturating_add(access::bytes(&memarg));
        // No address reaches so far down.
        if offset > u32::MAX.into() || end > window.most && !trusted {
            self.trap();
            return changed(bytes, &memarg, memarg.offset, &mut self.code);
        }
        if !trusted && !window.open {
            match self.known.local(operands.len()) {
                Some(local)
                    if self.elide_checks && self.known.is_checked(memarg.memory, local, end, &self.ahead) => {
                }
                Some(local) => {
                    self.check(memarg.memory, local, end, added)?;
                    self.known.checked(memarg.memory, local, end);
                }
                None => self.stashed(&memarg, operands, end, added)?,
            }
        }
        changed(bytes, &memarg, offset, &mut self.code)
    }

    /// Checks an address that is in no local, with the operands above it out of the way.
    fn stashed(&mut self, memarg: &MemArg, operands: &[ValType], end: u64, added: &mut Added) -> Result<()> {
        let address = added.local(ValType::I32, 0);
        let nth = |at: usize| {
            let ty = operands.get(at).copied().unwrap_or(ValType::I32);
            let before = operands.iter().take(at).filter(|other| **other == ty).count();
            (ty, before.saturating_add(usize::from(ty == ValType::I32)))
        };
        for at in (0..operands.len()).rev() {
            let (ty, nth) = nth(at);
            self.emit(Instruction::LocalSet(added.local(ty, nth)));
        }
        self.emit(Instruction::LocalTee(address));
        if operands.is_empty() {
            // The address stays where it is.
            return self.check(memarg.memory, address, end, added);
        }
        self.check(memarg.memory, address, end, added)?;
        for at in 0..operands.len() {
            let (ty, nth) = nth(at);
            self.emit(Instruction::LocalGet(added.local(ty, nth)));
        }
        Ok(())
    }

    /// Traps unless `local + end <= size`, without a sum that wraps.
    fn check(&mut self, memory: u32, local: u32, end: u64, added: &mut Added) -> Result<()> {
        let window = self.windows.get(memory)?;
        self.emit(Instruction::LocalGet(local));
        match self.windows.globals.size(memory) {
            None => {
                self.emit(i32_const(window.initial.saturating_sub(end)));
                self.emit(Instruction::I32GtU);
            }
            // It never has fewer bytes than at first.
            Some(global) if end <= window.initial => {
                self.kept_size(memory, global, added);
                self.emit(i32_const(end));
                self.emit(Instruction::I32Sub);
                self.emit(Instruction::I32GtU);
            }
            Some(global) => {
                self.emit(Instruction::I64ExtendI32U);
                self.emit(Instruction::I64Const(end.cast_signed()));
                self.emit(Instruction::I64Add);
                self.kept_size(memory, global, added);
                self.emit(Instruction::I64ExtendI32U);
                self.emit(Instruction::I64GtU);
            }
        }
        self.emit(Instruction::If(BlockType::Empty));
        self.trap();
        self.emit(Instruction::End);
        Ok(())
    }

    /// Pushes the size of a memory that a global has.
    fn kept_size(&mut self, memory: u32, global: u32, added: &mut Added) {
        if !self.elide_checks {
            return self.emit(Instruction::GlobalGet(global));
        }
        let local = added.size(memory);
        if self.sizes.is_kept(memory) {
            return self.emit(Instruction::LocalGet(local));
        }
        self.emit(Instruction::GlobalGet(global));
        self.emit(Instruction::LocalTee(local));
        self.sizes.keep(memory);
    }

    fn trap(&mut self) {
        self.call(Helper::OutOfBounds);
        self.emit(Instruction::Unreachable);
    }
}

/// The instruction with another offset, and without a memory's index.
fn changed(bytes: &[u8], memarg: &MemArg, offset: u64, out: &mut Vec<u8>) -> Result<()> {
    let cut = || Error::internal("an instruction ends too early");
    // The opcode: a byte, or a prefix with a number.
    let prefixed = matches!(bytes.first(), Some(0xfb..=0xfe));
    let opcode = if prefixed { 1usize.saturating_add(number(bytes.get(1..)).ok_or_else(cut)?.1) } else { 1 };
    out.extend_from_slice(bytes.get(..opcode).ok_or_else(cut)?);
    let argument = bytes.get(opcode..).ok_or_else(cut)?;
    let (flags, mut length) = number(Some(argument)).ok_or_else(cut)?;
    // Not only the alignment: atomic instructions may have bits for their order.
    (flags & !HAS_MEMORY).encode(out);
    if flags & HAS_MEMORY != 0 {
        length = length.saturating_add(number(argument.get(length..)).ok_or_else(cut)?.1);
    }
    let (old, more) = number(argument.get(length..)).ok_or_else(cut)?;
    if old != memarg.offset {
        return Err(Error::internal("a memory argument has something else in it"));
    }
    offset.encode(out);
    out.extend_from_slice(argument.get(length.saturating_add(more)..).ok_or_else(cut)?);
    Ok(())
}

/// An unsigned LEB128 number of up to 64 bits at the front, and how many bytes it takes.
fn number(bytes: Option<&[u8]>) -> Option<(u64, usize)> {
    let mut number = 0u64;
    for (nth, byte) in bytes?.iter().enumerate().take(10) {
        let shift = u32::try_from(nth).ok()?.checked_mul(7)?;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some((number, nth.saturating_add(1)));
        }
    }
    None
}
