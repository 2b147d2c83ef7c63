//! `Thread.storage`: what `context.get` and `context.set` read and write. In: slots. Out: the accesses, and
//! code that gives a task a storage of its own. Not its job: which tasks need that (`assemble`).
//!
//! A slot is one global for all tasks of an instance, and its value is that of the task that runs. So
//! code that goes from one task to another has to change it; here is all of that code.

use super::body::{Body, TempLocal};
use super::module::{Global, Module};
use super::spec::{Storage, StorageSlot};
use crate::abi::layout::Pointer;
use crate::error::Result;
use wasm_encoder::ValType;

/// The values of the task that goes on afterwards.
#[must_use]
pub struct Kept(Vec<TempLocal>);

impl StorageSlot {
    pub(super) fn val_type(self) -> ValType {
        Pointer::new(self.slot.wide).val_type()
    }
}

impl Storage {
    /// A task begins: it finds zeros.
    pub(super) fn begin(&self, module: &mut Module, body: &mut Body) -> Kept {
        let mut kept = Vec::new();
        for slot in &self.slots {
            let global = module.global(Global::Storage(*slot));
            if self.keep {
                body.global_get(global);
                kept.push(body.save(slot.val_type()));
            }
            body.zero(slot.val_type());
            body.global_set(global);
        }
        Kept(kept)
    }

    /// The task is over. What it leaves behind where nothing is kept, the next one does not see.
    pub(super) fn end(&self, module: &mut Module, body: &mut Body, Kept(kept): Kept) {
        for (slot, value) in self.slots.iter().zip(&kept) {
            let global = module.global(Global::Storage(*slot));
            body.get(**value);
            body.global_set(global);
        }
        body.release(kept);
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
