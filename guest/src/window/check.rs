//! Accesses at addresses. In: an instruction that has one. Out: the same at its place in the one memory, with a check
//! before it, unless it needs none. Not its job: what is known without a check (`known`), and all other instructions
//! (`body`).

use super::access;
use super::address::Address;
use super::body::{Added, Changer, Failed};
use super::helper::Helper;
use super::layout::GUARDED;
use crate::error::{Error, Result};
use std::ops::Range;
use wasm_encoder::{BlockType, Encode, Instruction, ValType};
use wasmparser::MemArg;

/// The bit of a memory argument's alignment that says that a memory index follows.
const HAS_MEMORY: u64 = 0x40;

impl Changer<'_> {
    /// An access at an address: with a check before it, unless it needs none.
    pub fn at(
        &mut self,
        memarg: MemArg,
        operands: &'static [ValType],
        bytes: &[u8],
        trusted: bool,
        added: &mut Added,
    ) -> Result<()> {
        let window = self.windows.get(memarg.memory)?;
        let end = memarg.offset.saturating_add(access::bytes(&memarg));
        let offset = memarg.offset.checked_add(window.base);
        // No address reaches so far down.
        let Some(offset) =
            offset.filter(|offset| *offset <= self.windows.address.last() && (trusted || end <= window.most))
        else {
            self.trap();
            return changed(bytes, &memarg, memarg.offset, &mut self.code);
        };
        if !trusted && !window.open {
            self.checked(&memarg, operands, end, added)?;
        }
        // An address inside of the window cannot wrap when it becomes one of the one memory.
        let is_added = !window.open && window.base.saturating_add(end) > GUARDED;
        let widened = window.address.to(self.windows.address);
        if is_added || widened.is_some() {
            let out = self.put_away(operands, None, added);
            widened.into_iter().for_each(|widened| self.emit(widened));
            if is_added {
                self.emit(self.windows.address.number(window.base));
                self.emit(self.windows.address.add());
            }
            self.put_back(&out);
        }
        changed(bytes, &memarg, if is_added { memarg.offset } else { offset }, &mut self.code)
    }

    /// Before an access up to `end` bytes behind its address: the check that it needs.
    fn checked(
        &mut self,
        memarg: &MemArg,
        operands: &'static [ValType],
        end: u64,
        added: &mut Added,
    ) -> Result<()> {
        let memory = memarg.memory;
        let window = self.windows.get(memory)?;
        let address = window.address.val_type();
        // Where its largest value is inside from the beginning on, nothing is checked. Of 64 bits nothing is known.
        let most = u64::from(self.known.most(operands.len())).saturating_add(end);
        if self.elide_checks && window.address == Address::I32 && most <= window.initial {
            return Ok(());
        }
        let Some(local) = self.known.local(operands.len()) else {
            // The address is in no local, and below other operands.
            let local = added.local(address, 0);
            let out = self.put_away(operands, Some(address), added);
            self.emit(Instruction::LocalTee(local));
            self.check(memory, local, end, added)?;
            self.put_back(&out);
            return Ok(());
        };
        if self.elide_checks && self.known.is_checked(memory, local, end, &self.ahead) {
            return Ok(());
        }
        if !self.widen(memory, local, end)?
            && let Some(number) = self.check(memory, local, end, added)?
        {
            self.pending.checked(memory, local, end, number);
        }
        self.known.checked(memory, local, end);
        Ok(())
    }

    /// Puts operands into temporaries, but for the first of type `besides`; which those are is the result.
    fn put_away(&mut self, operands: &[ValType], besides: Option<ValType>, added: &mut Added) -> Vec<u32> {
        let mut out = Vec::with_capacity(operands.len());
        for (at, ty) in operands.iter().enumerate() {
            let before = operands.iter().take(at).filter(|other| *other == ty).count();
            let besides = usize::from(besides == Some(*ty));
            out.push(added.local(*ty, before.saturating_add(besides)));
        }
        for local in out.iter().rev() {
            self.emit(Instruction::LocalSet(*local));
        }
        out
    }

    fn put_back(&mut self, operands: &[u32]) {
        for local in operands {
            self.emit(Instruction::LocalGet(*local));
        }
    }

    /// Makes an earlier check of a local one for this access too, where nobody can tell.
    fn widen(&mut self, memory: u32, local: u32, end: u64) -> Result<bool> {
        // Debug information tells where code is, which a longer number moves.
        if !self.elide_checks || self.moves.is_some() {
            return Ok(false);
        }
        let number = self.number(memory, end)?;
        Ok(number.is_some_and(|number| self.pending.widen((memory, local, end), &number, &mut self.code)))
    }

    /// The number in the check of a local's address, where it needs one, and no more bits than the address has.
    fn number(&self, memory: u32, end: u64) -> Result<Option<Instruction<'static>>> {
        let window = self.windows.get(memory)?;
        Ok(match self.windows.globals.size(memory) {
            None => Some(window.address.number(window.initial.saturating_sub(end))),
            // It never has fewer bytes than at first. Of one byte the size itself tells.
            Some(_) if end <= window.initial && end > 1 => Some(window.address.number(end)),
            Some(_) => None,
        })
    }

    /// Traps unless `local + end <= size`, without a sum that wraps. Where the number of `number` is pushed is the
    /// result.
    fn check(
        &mut self,
        memory: u32,
        local: u32,
        end: u64,
        added: &mut Added,
    ) -> Result<Option<Range<usize>>> {
        let number = self.number(memory, end)?;
        let global = self.windows.globals.size(memory);
        let address = self.windows.get(memory)?.address;
        self.emit(Instruction::LocalGet(local));
        let pushed = match (number, global) {
            (Some(number), None) => {
                let pushed = self.pushed(number);
                self.emit(address.gt_u());
                Some(pushed)
            }
            (Some(number), Some(global)) => {
                self.kept_size(memory, global, added)?;
                let pushed = self.pushed(number);
                self.emit(address.sub());
                self.emit(address.gt_u());
                Some(pushed)
            }
            (None, Some(global)) if end == 1 => {
                self.kept_size(memory, global, added)?;
                self.emit(address.ge_u());
                None
            }
            (None, None) => return Err(Error::internal("a window without a size")),
            (None, Some(global)) if address == Address::I64 => {
                // There may be fewer bytes than `end`: then the difference wraps, which is looked at too.
                let end = address.number(end);
                self.kept_size(memory, global, added)?;
                self.emit(end.clone());
                self.emit(address.sub());
                self.emit(address.gt_u());
                self.kept_size(memory, global, added)?;
                self.emit(end);
                self.emit(address.lt_u());
                self.emit(Instruction::I32Or);
                None
            }
            (None, Some(global)) => {
                self.emit(Instruction::I64ExtendI32U);
                self.emit(Instruction::I64Const(end.cast_signed()));
                self.emit(Instruction::I64Add);
                self.kept_size(memory, global, added)?;
                self.emit(Instruction::I64ExtendI32U);
                self.emit(Instruction::I64GtU);
                None
            }
        };
        self.fail_if();
        Ok(pushed)
    }

    /// Emits an instruction, and says where it is.
    fn pushed(&mut self, instruction: Instruction) -> Range<usize> {
        let start = self.code.len();
        self.emit(instruction);
        start..self.code.len()
    }

    /// Traps if the operand on top is not zero.
    fn fail_if(&mut self) {
        match &mut self.failed {
            Failed::Here => {
                self.emit(Instruction::If(BlockType::Empty));
                self.trap();
                self.emit(Instruction::End);
            }
            Failed::End { used, .. } => {
                *used = true;
                // Of the two blocks the inner one is the label behind those of the body. A body has fewer bytes
                // than 2^32, and so fewer blocks.
                let outer = self.known.depth().saturating_add(1) as u32;
                self.emit(Instruction::BrIf(outer));
            }
        }
    }

    /// Pushes the size of a memory that a global has.
    fn kept_size(&mut self, memory: u32, global: u32, added: &mut Added) -> Result<()> {
        if !self.elide_checks {
            self.emit(Instruction::GlobalGet(global));
            return Ok(());
        }
        let local = added.size(memory, self.windows.get(memory)?.address);
        if self.sizes.is_kept(memory) {
            self.emit(Instruction::LocalGet(local));
            return Ok(());
        }
        self.emit(Instruction::GlobalGet(global));
        self.emit(Instruction::LocalTee(local));
        self.sizes.keep(memory);
        Ok(())
    }

    pub fn trap(&mut self) {
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
