//! Function bodies. In: a body that uses several memories or tables. Out: one that uses their windows and parts.
//! Not its job: what it calls for that (`helper`), what is known without a check (`known`), tables (`table`).

use super::Request;
use super::access::Access;
use super::address::Address;
use super::ahead::Ahead;
use super::helper::{Helper, Helpers, Windows};
use super::known::Known;
use super::layout::Window;
use super::pending::Pending;
use super::sizes::Sizes;
use super::survey::{Arity, invalid};
use super::table::access::Use;
use crate::debug::Moves;
use crate::error::{Error, Result};
use crate::read::limits;
use std::ops::Range;
use wasm_encoder::{BlockType, Encode, Instruction, ValType};
use wasmparser::{FunctionBody, Operator};

/// Changes bodies, one after the other.
pub struct Changer<'c> {
    pub windows: Windows<'c>,
    pub arity: &'c Arity,
    /// `Request::bases`
    bases: &'c [(u32, u32)],
    pub helpers: Helpers,
    /// Whether checks are left out that an earlier one covers.
    pub elide_checks: bool,
    pub known: Known,
    pub pending: Pending,
    pub sizes: Sizes,
    pub ahead: Ahead,
    pub code: Vec<u8>,
    /// Where the body's checks go that fail.
    pub failed: Failed,
    /// Where the bytes of bodies go, where that is asked for.
    pub moves: Option<Moves>,
}

/// Where a check goes that fails.
#[derive(Debug, Clone, Copy)]
pub enum Failed {
    /// It traps where it stands.
    Here,
    /// To the end of the body, behind the code that is executed: the body is in two blocks, of which the inner one
    /// is what the function's label was, and the outer one ends before the trap.
    End { result: BlockType, used: bool },
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
    /// The `nth` temporary of this type: those before it are asked for first.
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

    /// The local for the size of a memory with such addresses.
    pub fn size(&mut self, memory: u32, address: Address) -> u32 {
        match self.sizes.iter().find(|(of, _)| *of == memory) {
            Some((_, local)) => *local,
            None => {
                let local = self.add(address.val_type());
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
        request: &Request<'c>,
        moves: Option<Moves>,
    ) -> Changer<'c> {
        // Budgets keep the number of functions far below 2^32.
        let helpers = Helpers::new(arity.functions() as u32);
        Changer {
            windows,
            arity,
            bases: request.bases,
            helpers,
            elide_checks: request.elide_checks,
            known: Known::default(),
            pending: Pending::default(),
            sizes: Sizes::default(),
            ahead: Ahead::default(),
            code: Vec::new(),
            failed: Failed::Here,
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
        self.pending.clear();
        self.sizes.begin();
        self.failed = match self.arity.result(nth) {
            // Debug information tells each place from which something is called.
            Some(result) if self.moves.is_none() => Failed::End { result, used: false },
            _ => Failed::Here,
        };
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
            if let Operator::GlobalGet { global_index } = operator
                && has_windows
                && let Some((_, memory)) = self.bases.iter().find(|(global, _)| *global == global_index)
            {
                self.copy(bytes, copied..from);
                copied = at(operators.original_position());
                let Window { address, base, .. } = self.windows.get(*memory)?;
                self.emit(address.number(*base));
            }
            if !has_checks {
                continue;
            }
            if let Operator::Loop { .. } = operator {
                self.copy(bytes, copied..from);
                copied = from;
                self.enter_loop(loops, &mut added)?;
                loops = loops.saturating_add(1);
            }
            self.known.step(&operator, self.arity, &self.ahead);
            self.pending.step(&operator);
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
        if let Failed::End { result, used: true } = self.failed {
            Instruction::Block(BlockType::Empty).encode(&mut head);
            Instruction::Block(result).encode(&mut head);
            self.emit(Instruction::Return);
            self.emit(Instruction::End);
            self.trap();
            self.emit(Instruction::End);
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
    fn enter_loop(&mut self, nth: usize, added: &mut Added) -> Result<()> {
        let entered = self.ahead.get(nth).cloned().unwrap_or_default();
        if self.elide_checks && !entered.grows {
            for memory in entered.memories.iter().copied() {
                if !self.sizes.is_kept(memory)
                    && let Some(global) = self.windows.globals.size(memory)
                {
                    self.emit(Instruction::GlobalGet(global));
                    let address = self.windows.get(memory)?.address;
                    self.emit(Instruction::LocalSet(added.size(memory, address)));
                    self.sizes.keep(memory);
                }
            }
        }
        self.sizes.enter_loop(&entered);
        self.known.enter_loop(entered);
        Ok(())
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
                self.emit(window.address.number(window.base >> 16));
                self.emit(window.address.sub());
            }
            Some(global) => {
                self.emit(Instruction::GlobalGet(global));
                if window.page_bits > 0 {
                    self.emit(window.address.number(window.page_bits.into()));
                    self.emit(window.address.shr_u());
                }
            }
            None => self.emit(window.address.number(window.initial >> window.page_bits)),
        }
        Ok(())
    }
}
