//! Sizes of memories that bodies keep in locals: a check in a loop then reads none that engines take to change.
//! In: the instructions of a body, one after the other. Out: whether a local has the size of a memory at this
//! place. Not its job: code.
//!
//! Only what can make a memory larger makes a local out of date: calls, and `memory.grow`.

use super::ahead::{Control, Loop, can_grow};
use wasmparser::Operator;

/// Of how many memories sizes are kept at a place.
const MOST: usize = 4;

#[derive(Debug, Default)]
pub struct Sizes {
    /// The memories whose sizes are in locals.
    kept: Vec<u32>,
    /// For each block around this place.
    blocks: Vec<Block>,
}

#[derive(Debug, Default)]
struct Block {
    /// The memories whose sizes were in locals where it began. They still are where it ends, unless something
    /// in it can grow one.
    before: Vec<u32>,
    grows: bool,
}

impl Sizes {
    /// A new body begins.
    pub fn begin(&mut self) {
        self.kept.clear();
        self.blocks.clear();
    }

    pub fn is_kept(&self, memory: u32) -> bool {
        self.kept.contains(&memory)
    }

    /// A local has the size of a memory from here on.
    pub fn keep(&mut self, memory: u32) {
        if self.kept.len() >= MOST {
            self.kept.remove(0);
        }
        self.kept.push(memory);
    }

    /// A loop begins.
    pub fn enter_loop(&mut self, entered: &Loop) {
        self.enter();
        if entered.grows {
            self.kept.clear();
        }
    }

    /// An instruction has been executed; of a loop, `enter_loop` is told.
    pub fn step(&mut self, operator: &Operator) {
        match Control::of(operator) {
            Some(Control::Block) => self.enter(),
            Some(Control::Loop) => {}
            Some(Control::Else) => {
                // It is entered from where the block was.
                if let Some(block) = self.blocks.last() {
                    self.kept.clone_from(&block.before);
                }
            }
            Some(Control::Catch) => {
                if let Some(block) = self.blocks.last() {
                    self.kept = if block.grows { Vec::new() } else { block.before.clone() };
                }
            }
            Some(Control::End) => {
                let Block { before, grows } = self.blocks.pop().unwrap_or_default();
                self.kept = if grows { Vec::new() } else { before };
                if let Some(around) = self.blocks.last_mut() {
                    around.grows |= grows;
                }
            }
            None if can_grow(operator) => {
                self.kept.clear();
                if let Some(block) = self.blocks.last_mut() {
                    block.grows = true;
                }
            }
            None => {}
        }
    }

    fn enter(&mut self) {
        self.blocks.push(Block { before: self.kept.clone(), grows: false });
    }
}
