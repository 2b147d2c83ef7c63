//! Which addresses are known to lie inside of a window. In: the instructions of a body, one after the other.
//! Out: which local an address is, how large it can be, and up to where a local's address has been checked. Not
//! its job: code, and what instructions make of numbers (`range`).
//!
//! A memory never gets smaller, so that what has been checked stays checked for as long as the local keeps its
//! value: across calls as well. Each instruction takes the same time, however deep blocks are nested.

use super::ahead::{Ahead, Control, Loop};
use super::range::{self, Range};
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

/// How large the value is that some local was assigned at a time.
#[derive(Debug, Clone, Copy)]
struct Assigned {
    time: u64,
    range: Range,
}

/// An operand: the local that it is still equal to, and how large it can be.
#[derive(Debug, Clone, Copy, Default)]
struct Operand {
    local: Option<u32>,
    range: Range,
}

/// How much was known when a block was entered.
#[derive(Debug, Clone, Copy, Default)]
struct Entered {
    facts: usize,
    ranges: usize,
}

/// What is known at one place in a body.
#[derive(Debug, Default)]
pub struct Known {
    /// The operands on top of the stack.
    stack: Vec<Operand>,
    /// What has been checked on every way to this place, in the order of the checks.
    facts: Vec<Fact>,
    /// What locals were assigned on every way to this place, in the order of the assignments.
    ranges: Vec<Assigned>,
    /// What was known when each block around this place was entered, and whether it is a loop. Behind the block
    /// this holds again: however it is left, it was entered.
    blocks: Vec<(Entered, bool)>,
    /// The loops around this place, with the time when each was entered: what was known then holds of locals that the
    /// loop does not assign, which have the same values whenever it is entered again.
    loops: Vec<(u64, Loop)>,
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
        self.ranges.clear();
        self.blocks.clear();
        self.loops.clear();
        self.now = self.now.saturating_add(1);
    }

    /// How many blocks are around this place.
    pub fn depth(&self) -> usize {
        self.blocks.len()
    }

    /// The local that the operand below `above` others is equal to.
    pub fn local(&self, above: usize) -> Option<u32> {
        self.operand(above).local
    }

    /// How large the operand below `above` others can be at most.
    pub fn most(&self, above: usize) -> u32 {
        self.operand(above).range.most
    }

    fn operand(&self, above: usize) -> Operand {
        let at = self.stack.len().checked_sub(above).and_then(|at| at.checked_sub(1));
        at.and_then(|at| self.stack.get(at)).copied().unwrap_or_default()
    }

    /// Whether an access through a local, up to `end` bytes behind its address, is in bounds.
    pub fn is_checked(&self, memory: u32, local: u32, end: u64, ahead: &Ahead) -> bool {
        let assigned = self.assigned.get(local as usize).copied().unwrap_or_default();
        let found = self.facts.iter().rev().take(MOST).find(|fact| {
            fact.memory == memory && fact.local == local && fact.end >= end && fact.time > assigned
        });
        found.is_some_and(|fact| self.holds(local, fact.time, ahead))
    }

    /// How large the value of a local can be.
    fn range(&self, local: u32, ahead: &Ahead) -> Range {
        let time = self.assigned.get(local as usize).copied().unwrap_or_default();
        let found = self.ranges.binary_search_by_key(&time, |assigned| assigned.time).ok();
        let found = found.and_then(|nth| self.ranges.get(nth)).filter(|_| self.holds(local, time, ahead));
        found.map_or(Range::default(), |assigned| assigned.range)
    }

    /// Whether what was known of a local at a time has not been lost in a loop that was entered since.
    fn holds(&self, local: u32, time: u64, ahead: &Ahead) -> bool {
        // The outermost of them has the others in it.
        let since = self.loops.partition_point(|(entered, _)| *entered < time);
        self.loops.get(since).is_none_or(|(_, outermost)| !ahead.assigns(local, outermost))
    }

    /// Such an access has been checked.
    pub fn checked(&mut self, memory: u32, local: u32, end: u64) {
        self.now = self.now.saturating_add(1);
        self.facts.push(Fact { memory, local, end, time: self.now });
    }

    /// A loop begins.
    pub fn enter_loop(&mut self, entered: Loop) {
        self.loops.push((self.now, entered));
        self.enter(true);
    }

    /// An instruction has been executed; of a loop, `enter_loop` is told.
    pub fn step(&mut self, operator: &Operator, arity: &Arity, ahead: &Ahead) {
        match Control::of(operator) {
            Some(Control::Block) => self.enter(false),
            Some(Control::Loop) => {}
            Some(Control::Else | Control::Catch) => {
                if let Some((entered, _)) = self.blocks.last().copied() {
                    self.back_to(entered);
                }
            }
            Some(Control::End) => {
                let (entered, is_loop) = self.blocks.pop().unwrap_or_default();
                if is_loop {
                    self.loops.pop();
                }
                self.back_to(entered);
            }
            None => self.operands(operator, arity, ahead),
        }
    }

    /// An instruction that takes operands and leaves some.
    fn operands(&mut self, operator: &Operator, arity: &Arity, ahead: &Ahead) {
        match operator {
            Operator::LocalGet { local_index } => {
                let range = self.range(*local_index, ahead);
                self.push(Operand { local: Some(*local_index), range });
            }
            Operator::LocalSet { local_index } => {
                let value = self.stack.pop().unwrap_or_default();
                self.assign(*local_index, value);
            }
            Operator::LocalTee { local_index } => {
                let value = self.stack.pop().unwrap_or_default();
                self.assign(*local_index, value);
                self.push(Operand { local: Some(*local_index), ..value });
            }
            operator => match operator.operator_arity(arity) {
                Some((pops, pushes)) => {
                    let range = range::result(operator, |above| self.operand(above).range);
                    let left = self.stack.len().saturating_sub(pops as usize);
                    self.stack.truncate(left);
                    (0..pushes.min(MOST as u32)).for_each(|_| self.push(Operand { local: None, range }));
                }
                None => self.stack.clear(),
            },
        }
    }

    fn push(&mut self, value: Operand) {
        if self.stack.len() >= 2 * MOST {
            self.stack.drain(..MOST);
        }
        self.stack.push(value);
    }

    fn enter(&mut self, is_loop: bool) {
        self.stack.clear();
        self.blocks.push((self.entered(), is_loop));
    }

    fn entered(&self) -> Entered {
        Entered { facts: self.facts.len(), ranges: self.ranges.len() }
    }

    fn back_to(&mut self, entered: Entered) {
        self.stack.clear();
        self.facts.truncate(entered.facts);
        self.ranges.truncate(entered.ranges);
    }

    /// A local has another value, unless it is its own.
    fn assign(&mut self, local: u32, value: Operand) {
        if value.local == Some(local) {
            return;
        }
        for operand in &mut self.stack {
            if operand.local == Some(local) {
                operand.local = None;
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
        if value.range != Range::default() {
            self.ranges.push(Assigned { time: self.now, range: value.range });
        }
    }
}
