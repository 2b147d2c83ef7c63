//! The handle runtime. In: how many tables, and whether a scope of borrows is a word or a frame. Out: a
//! core module as bytes, made from `handles.wat`, and where the tables are in its memory. Not its job:
//! what each function does, which the text says.

use super::{assemble, fill};
use crate::error::{Error, Result};
use crate::ids::{InstanceId, ResourceId, TypeId};
use crate::optimizations::Optimizations;
use indexmap::{IndexMap, IndexSet};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// The handle runtime's text.
const HANDLES: &str = include_str!("handles.wat");

/// What is in it for the scheduler.
const SCHEDULED: &str = include_str!("scheduled.wat");

/// Where the table descriptors begin, the size of one, and the size of a page, in bytes: as in
/// `handles.wat`.
const DESCRIPTORS: u32 = 0x80;
const DESCRIPTOR_SIZE: u32 = 32;
const PAGE: u32 = 0x10000;

/// The offset of `borrows` in a descriptor, in bytes: as in `handles.wat`.
pub const BORROWS: u32 = 16;

/// `Table.get` as far as bounds go: the entry may be a free one.
const ENTRY: &str = "
        (br_if $refused (i32.ge_u (local.get $handle) (i32.load offset=4 (local.get $descriptor))))
        (local.set $entry
          (i32.add (i32.load (local.get $descriptor)) (i32.shl (local.get $handle) (i32.const 4))))";

/// The entry of a handle that is in the table.
const ADDRESS: &str = "
        (local.set $entry
          (i32.add (i32.load (local.get $descriptor)) (i32.shl (local.get $handle) (i32.const 4))))";

/// What happens to a handle that is not as it has to be.
const REFUSE: &str = "
      (call $refuse (local.get $descriptor) (local.get $meta) (local.get $handle))
      (unreachable)";

/// `Table.add`: an index that was removed before, the last one first, or else a new one. What was
/// in the entry is still there.
const ADD: &str = "
    (local.set $handle (i32.load offset=12 (local.get $descriptor)))
    (if (i32.eqz (local.get $handle))
      (then (local.set $handle (call $extend (local.get $descriptor)))))
    (local.set $entry
      (i32.add (i32.load (local.get $descriptor)) (i32.shl (local.get $handle) (i32.const 4))))
    (i32.store offset=12 (local.get $descriptor) (i32.load offset=12 (local.get $entry)))";

/// `Table.remove`: the entry becomes the head of the free list.
const REMOVE: &str = "
    (i32.store offset=4 (local.get $entry) (i32.const 0))
    (i32.store offset=12 (local.get $entry) (i32.load offset=12 (local.get $descriptor)))
    (i32.store offset=12 (local.get $descriptor) (local.get $handle))";

/// Where the borrow handles of a call in progress are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scopes {
    /// In the callee's descriptor: each instance has one call in progress at most, and while it calls another
    /// instance, none of its own code runs.
    #[default]
    Words,
    /// In a frame for each call: some instance can be called while a call of it is in progress.
    Frames,
    /// In a frame, or in a cell of its own where the call may go on after its caller.
    FramesAndCells,
}

impl Scopes {
    /// Whether there are frames.
    pub fn frames(self) -> bool {
        self != Scopes::Words
    }
}

/// The address of what a frame, which is even, or a cell, which is not, stands for.
const CELL: &str = "(i32.and (i32.const -2) (i32.add (local.get $scope)
      (select (i32.const 0) (global.get $stack) (i32.and (local.get $scope) (i32.const 1)))))";

/// The handle tables that the handle runtime keeps.
#[derive(Debug, Clone, Default)]
pub struct HandleTables {
    /// The number of each instance's table.
    pub numbers: BTreeMap<InstanceId, u32>,
    pub scopes: Scopes,
    /// The types of streams and futures of which the host has ends, by their numbers. For those that it may not take,
    /// the number of a write by the host.
    pub of_host: IndexMap<TypeId, u32>,
    /// The resource types that are defined inside, and whose handles the host may not take, by their numbers.
    pub offered: IndexSet<ResourceId>,
    /// See `HandleTables::module`.
    pub module: OnceCell<Vec<u8>>,
}

impl HandleTables {
    /// Whether adapters contain what the handle runtime does, in place of calls. Frames are found by a
    /// global of the runtime, which an adapter does not have.
    pub fn inlined(&self, optimizations: Optimizations) -> bool {
        optimizations.inline_handles && !self.scopes.frames() && !self.numbers.is_empty()
    }

    /// The handle runtime that keeps these tables, made when it is first asked for.
    pub fn module(&self) -> Result<&[u8]> {
        match self.module.get() {
            Some(module) => Ok(module),
            None => {
                let module = handles(self.numbers.len(), self.scopes)?;
                Ok(self.module.get_or_init(|| module))
            }
        }
    }
}

/// The handle runtime with `tables` handle tables, as a core module that imports nothing but the
/// functions of `traps` (see `handles.wat`). Errors: an internal one for more tables than a 32-bit memory holds,
/// which is past every budget.
pub fn handles(tables: usize, scopes: Scopes) -> Result<Vec<u8>> {
    let heap = u32::try_from(tables).ok().and_then(descriptor).filter(|heap| i32::try_from(*heap).is_ok());
    let heap = heap.ok_or_else(|| Error::internal("too many handle tables"))?;
    let cell = match scopes {
        Scopes::Words => "(local.get $scope)",
        Scopes::Frames => "(i32.add (global.get $stack) (local.get $scope))",
        Scopes::FramesAndCells => CELL,
    };
    let scheduled = if scopes == Scopes::FramesAndCells { SCHEDULED } else { "" };
    assemble(&fill(
        HANDLES,
        &[
            ("{scheduled}", scheduled),
            ("{HEAP}", &heap.to_string()),
            ("{PAGES}", &heap.div_ceil(PAGE).to_string()),
            ("{entry}", ENTRY),
            ("{address}", ADDRESS),
            ("{refuse}", REFUSE),
            ("{add}", ADD),
            ("{remove}", REMOVE),
            ("{cell}", cell),
        ],
    ))
}

/// The address of the descriptor of a handle table, by its number; none past 32 bits.
pub fn descriptor(table: u32) -> Option<u32> {
    table.checked_mul(DESCRIPTOR_SIZE)?.checked_add(DESCRIPTORS)
}
