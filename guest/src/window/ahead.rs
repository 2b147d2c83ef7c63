//! What lies ahead in a body, for decisions at its loops. In: a body. Out: for each loop, where it ends and what
//! is in it; and where locals are assigned. Not its job: the decisions (`known`, `sizes`).

use super::access::Access;
use super::survey::invalid;
use crate::error::Result;
use wasmparser::{FunctionBody, Operator};

/// A loop. Places are numbers of instructions.
#[derive(Debug, Clone, Default)]
pub struct Loop {
    pub start: u32,
    pub end: u32,
    /// Something in it can make a memory larger.
    pub grows: bool,
    /// The memories with accesses in it, as far as sizes are kept.
    pub memories: Vec<u32>,
}

/// What an instruction does with blocks.
pub enum Control {
    /// One begins that is no loop.
    Block,
    Loop,
    Else,
    Catch,
    End,
}

impl Control {
    /// None: it neither begins a part of a block nor ends one.
    pub fn of(operator: &Operator) -> Option<Control> {
        use Operator::*;
        Some(match operator {
            Block { .. } | If { .. } | TryTable { .. } | Try { .. } => Control::Block,
            Loop { .. } => Control::Loop,
            Else => Control::Else,
            Catch { .. } | CatchAll => Control::Catch,
            End | Delegate { .. } => Control::End,
            _ => return None,
        })
    }
}

#[derive(Debug, Default)]
pub struct Ahead {
    /// In the order in which they begin.
    loops: Vec<Loop>,
    /// Locals, and where they are assigned, in order.
    assigned: Vec<(u32, u32)>,
}

impl Ahead {
    /// Looks through a body. `kept`: memories whose sizes are kept in locals.
    pub fn of(body: &FunctionBody, kept: impl Fn(u32) -> bool) -> Result<Ahead> {
        let mut ahead = Ahead::default();
        // For each block around this place, whether it is a loop; and which loops are around it.
        let mut blocks: Vec<bool> = Vec::new();
        let mut around: Vec<usize> = Vec::new();
        let mut operators = body.get_operators_reader().map_err(invalid)?;
        let mut at = 0u32;
        while !operators.eof() {
            let operator = operators.read().map_err(invalid)?;
            match Control::of(&operator) {
                Some(Control::Loop) => {
                    blocks.push(true);
                    around.push(ahead.loops.len());
                    ahead.loops.push(Loop { start: at, ..Loop::default() });
                }
                Some(Control::Block) => blocks.push(false),
                Some(Control::End) => {
                    let ended = if blocks.pop() == Some(true) { around.pop() } else { None };
                    if let Some(ended) = ended {
                        ahead.ended(ended, at, around.last().copied());
                    }
                }
                Some(Control::Else | Control::Catch) => {}
                None => ahead.look(&operator, at, around.last().copied(), &kept),
            }
            at = at.saturating_add(1);
        }
        ahead.assigned.sort_unstable();
        Ok(ahead)
    }

    /// An instruction, for the innermost loop around it.
    fn look(&mut self, operator: &Operator, at: u32, innermost: Option<usize>, kept: &impl Fn(u32) -> bool) {
        if let Operator::LocalSet { local_index } | Operator::LocalTee { local_index } = operator {
            self.assigned.push((*local_index, at));
        }
        let access = Access::of(operator);
        let grows = can_grow(operator);
        let memory = match access {
            Some(Access::At { memarg, .. }) if kept(memarg.memory) => Some(memarg.memory),
            _ => None,
        };
        if !grows && memory.is_none() {
            return;
        }
        let Some(around) = innermost.and_then(|nth| self.loops.get_mut(nth)) else { return };
        around.grows |= grows;
        around.memories.extend(memory.filter(|memory| !around.memories.contains(memory)));
    }

    /// What is in a loop is in those around it.
    fn ended(&mut self, nth: usize, at: u32, around: Option<usize>) {
        let Some(ended) = self.loops.get_mut(nth) else { return };
        ended.end = at;
        let Loop { grows, memories, .. } = ended.clone();
        if let Some(around) = around.and_then(|nth| self.loops.get_mut(nth)) {
            around.grows |= grows;
            for memory in memories {
                if !around.memories.contains(&memory) {
                    around.memories.push(memory);
                }
            }
        }
    }

    /// The loop that begins `nth`.
    pub fn get(&self, nth: usize) -> Option<&Loop> {
        self.loops.get(nth)
    }

    /// Whether a local is assigned in a loop.
    pub fn assigns(&self, local: u32, in_loop: &Loop) -> bool {
        let first = self.assigned.partition_point(|assigned| *assigned < (local, in_loop.start));
        self.assigned.get(first).is_some_and(|(other, at)| *other == local && *at < in_loop.end)
    }
}

/// Whether an instruction can make a memory larger: it can run other code, or grows one.
pub fn can_grow(operator: &Operator) -> bool {
    use Operator::*;
    matches!(
        operator,
        Call { .. }
            | CallIndirect { .. }
            | CallRef { .. }
            | ReturnCall { .. }
            | ReturnCallIndirect { .. }
            | ReturnCallRef { .. }
            | MemoryGrow { .. }
            | Suspend { .. }
            | Resume { .. }
            | ResumeThrow { .. }
            | ResumeThrowRef { .. }
            | Switch { .. }
    )
}
