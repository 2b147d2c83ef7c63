//! Which addresses are known to lie inside of a window. In: the instructions of a body, one after the other.
//! Out: which local an address is, and up to where a local's address has been checked. Not its job: code.
//!
//! A memory never gets smaller, so that what has been checked stays checked for as long as the local keeps its
//! value: across calls as well. Each instruction takes the same time, however deep blocks are nested.

use super::ahead::{Ahead, Control, Loop};
use super::survey::Arity;
use wasmparser::Operator;

/// How many of the operands on top, and of the checks that were made last, are looked at.
const MOST: usize = 32;

/// A check that has been made: `local + end <= size`.
#[derive(Debug, Clone, Copy)]
struct Fact {
    memory: u32,
    local: u32,
    end: u64,
    time: u64,
}

/// What is known at one place in a body.
#[derive(Debug, Default)]
pub struct Known {
    /// The operands on top of the stack: the local that an operand is still equal to.
    stack: Vec<Option<u32>>,
    /// What has been checked on every way to this place, in the order of the checks.
    facts: Vec<Fact>,
    /// How many facts there were when each block around this place was entered, and whether it is a loop. Behind
    /// the block these hold again: however it is left, it was entered.
    blocks: Vec<(usize, bool)>,
    /// The loops around this place, with how many facts there were: those hold of locals that the loop does not
    /// assign, which have the same values whenever it is entered again.
    loops: Vec<(usize, Loop)>,
    /// It goes on from body to body.
    now: u64,
    /// When each local was last assigned.
    assigned: Vec<u64>,
}

impl Known {
    /// A new body begins.
    pub fn begin(&mut self) {
        self.stack.clear();
        self.facts.clear();
        self.blocks.clear();
        self.loops.clear();
        self.now = self.now.saturating_add(1);
    }

    /// The local that the operand below `above` others is equal to.
    pub fn local(&self, above: usize) -> Option<u32> {
        let at = self.stack.len().checked_sub(above)?.checked_sub(1)?;
        self.stack.get(at).copied().flatten()
    }

    /// Whether an access through a local, up to `end` bytes behind its address, is in bounds.
    pub fn is_checked(&self, memory: u32, local: u32, end: u64, ahead: &Ahead) -> bool {
        let assigned = self.assigned.get(local as usize).copied().unwrap_or_default();
        let found = self.facts.iter().enumerate().rev().take(MOST).find(|(_, fact)| {
            fact.memory == memory && fact.local == local && fact.end >= end && fact.time > assigned
        });
        // The outermost of the loops that were entered after the check has the others in it.
        found.is_some_and(|(nth, _)| {
            let entered = self.loops.partition_point(|(facts, _)| *facts <= nth);
            self.loops.get(entered).is_none_or(|(_, outermost)| !ahead.assigns(local, outermost))
        })
    }

    /// Such an access has been checked.
    pub fn checked(&mut self, memory: u32, local: u32, end: u64) {
        self.now = self.now.saturating_add(1);
        self.facts.push(Fact { memory, local, end, time: self.now });
    }

    /// A loop begins.
    pub fn enter_loop(&mut self, entered: Loop) {
        self.loops.push((self.facts.len(), entered));
        self.enter(true);
    }

    /// An instruction has been executed; of a loop, `enter_loop` is told.
    pub fn step(&mut self, operator: &Operator, arity: &Arity) {
        match Control::of(operator) {
            Some(Control::Block) => self.enter(false),
            Some(Control::Loop) => {}
            Some(Control::Else | Control::Catch) => {
                if let Some((facts, _)) = self.blocks.last().copied() {
                    self.back_to(facts);
                }
            }
            Some(Control::End) => {
                let (facts, is_loop) = self.blocks.pop().unwrap_or_default();
                if is_loop {
                    self.loops.pop();
                }
                self.back_to(facts);
            }
            None => self.operands(operator, arity),
        }
    }

    /// An instruction that takes operands and leaves some.
    fn operands(&mut self, operator: &Operator, arity: &Arity) {
        match operator {
            Operator::LocalGet { local_index } => self.push(Some(*local_index)),
            Operator::LocalSet { local_index } => {
                let value = self.stack.pop().flatten();
                self.assign(*local_index, value);
            }
            Operator::LocalTee { local_index } => {
                let value = self.stack.pop().flatten();
                self.assign(*local_index, value);
                self.push(Some(*local_index));
            }
            operator => match operator.operator_arity(arity) {
                Some((pops, pushes)) => {
                    let left = self.stack.len().saturating_sub(pops as usize);
                    self.stack.truncate(left);
                    (0..pushes.min(MOST as u32)).for_each(|_| self.push(None));
                }
                None => self.stack.clear(),
            },
        }
    }

    fn push(&mut self, value: Option<u32>) {
        if self.stack.len() >= 2 * MOST {
            self.stack.drain(..MOST);
        }
        self.stack.push(value);
    }

    fn enter(&mut self, is_loop: bool) {
        self.stack.clear();
        self.blocks.push((self.facts.len(), is_loop));
    }

    fn back_to(&mut self, facts: usize) {
        self.stack.clear();
        self.facts.truncate(facts);
    }

    /// A local has another value, unless it is its own.
    fn assign(&mut self, local: u32, value: Option<u32>) {
        if value == Some(local) {
            return;
        }
        for operand in &mut self.stack {
            if *operand == Some(local) {
                *operand = None;
            }
        }
        self.now = self.now.saturating_add(1);
        // Validation allows 50,000 locals.
        if self.assigned.len() <= local as usize {
            self.assigned.resize((local as usize).saturating_add(1), 0);
        }
        if let Some(assigned) = self.assigned.get_mut(local as usize) {
            *assigned = self.now;
        }
    }
}
