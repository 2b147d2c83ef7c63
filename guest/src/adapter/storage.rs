//! `Thread.storage`: what `context.get` and `context.set` read and write. In: slots. Out: the accesses, and
//! code that gives a task a storage of its own. Not its job: which tasks need that (`assemble`).
//!
//! A slot is one global for all tasks of an instance, and its value is that of the task that runs. So
//! code that goes from one task to another has to change it; here is all of that code.

use super::body::{Body, Local, TempLocal};
use super::module::{Global, Module};
use super::spec::{Storage, StorageSlot};
use crate::abi::layout::Pointer;
use crate::abi::side::MemoryRef;
use crate::error::Result;
use crate::runtime::task;
use wasm_encoder::ValType;

/// The values of the task that goes on afterwards, and which it is, where the scheduler has to be told.
#[must_use]
pub struct Kept {
    values: Vec<TempLocal>,
    before: Option<TempLocal>,
}

impl Kept {
    /// With the task that goes on afterwards.
    pub(super) fn after(self, before: Option<TempLocal>) -> Kept {
        Kept { before, ..self }
    }
}

impl StorageSlot {
    pub(super) fn val_type(self) -> ValType {
        Pointer::new(self.slot.wide).val_type()
    }

    /// Its size in a task that waits, in bytes, and where it is there.
    fn width(self) -> u32 {
        Pointer::new(self.slot.wide).size()
    }

    fn offset(self) -> u32 {
        task::STORAGE.saturating_add(self.slot.index.saturating_mul(8))
    }
}

impl Storage {
    /// A task begins: it finds zeros.
    pub(super) fn begin(&self, module: &mut Module, body: &mut Body) -> Kept {
        self.replace(module, body, |_, body, slot| body.zero(slot.val_type()))
    }

    /// A task goes on that has waited: it finds what it has left in its own storage.
    pub(super) fn resume(&self, module: &mut Module, body: &mut Body, task: Local) -> Kept {
        self.replace(module, body, |module, body, slot| {
            let memory = module.memory(MemoryRef::Scheduler);
            body.get(task);
            body.load(memory, slot.width(), slot.offset());
        })
    }

    /// Gives each slot the value that `push` pushes, and keeps what was there if it has to be.
    fn replace(
        &self,
        module: &mut Module,
        body: &mut Body,
        push: impl Fn(&mut Module, &mut Body, StorageSlot),
    ) -> Kept {
        let mut values = Vec::new();
        for slot in &self.slots {
            let global = module.global(Global::Storage(*slot));
            if self.keep {
                body.global_get(global);
                values.push(body.save(slot.val_type()));
            }
            push(module, body, *slot);
            body.global_set(global);
        }
        Kept { values, before: None }
    }

    /// A task may wait: its own storage gets what it leaves.
    pub(super) fn suspend(&self, module: &mut Module, body: &mut Body, task: Local) {
        let memory = module.memory(MemoryRef::Scheduler);
        for slot in &self.slots {
            let global = module.global(Global::Storage(*slot));
            body.get(task);
            body.global_get(global);
            body.store(memory, slot.width(), slot.offset());
        }
    }

    /// The task is over. What it leaves behind where nothing is kept, the next one does not see. The result is
    /// the task that goes on, where the scheduler has to be told.
    pub(super) fn end(&self, module: &mut Module, body: &mut Body, kept: Kept) -> Option<TempLocal> {
        for (slot, value) in self.slots.iter().zip(&kept.values) {
            let global = module.global(Global::Storage(*slot));
            body.get(**value);
            body.global_set(global);
        }
        body.release(kept.values);
        kept.before
    }
}

/// Writes function `index`: "canon context.get".
pub fn write_get(module: &mut Module, index: u32, slot: StorageSlot) -> Result<()> {
    let mut body = Body::new(&[]);
    let global = module.global(Global::Storage(slot));
    body.global_get(global);
    module.define(index, &[slot.val_type()], body)
}

/// Writes function `index`: "canon context.set".
pub fn write_set(module: &mut Module, index: u32, slot: StorageSlot) -> Result<()> {
    let mut body = Body::new(&[slot.val_type()]);
    let global = module.global(Global::Storage(slot));
    for value in body.params() {
        body.get(value);
    }
    body.global_set(global);
    module.define(index, &[], body)
}
