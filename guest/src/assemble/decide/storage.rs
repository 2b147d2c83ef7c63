//! `Thread.storage`. In: the definitions of `context.get` and `context.set`; what begins a task. Out: what
//! the former have become, and the storage that the latter has to give. Not its job: which function can
//! come to which definition (`proofs`).

use super::Decider;
use crate::adapter::spec::{Function, Guards, Ref, Storage, StorageSlot};
use crate::assemble::decisions::Outcome;
use crate::error::Result;
use crate::ids::{CoreInstanceId, InstanceId, ResourceId};
use crate::link::{CoreDef, Lift, Resource, Slot};
use std::collections::BTreeMap;

impl Decider<'_> {
    pub fn context_get(&mut self, instance: InstanceId, slot: Slot) -> Outcome {
        Outcome::Context(self.function(Function::ContextGet(StorageSlot { instance, slot })))
    }

    pub fn context_set(&mut self, instance: InstanceId, slot: Slot) -> Outcome {
        Outcome::Context(self.function(Function::ContextSet(StorageSlot { instance, slot })))
    }

    /// Of a call of a lift; `caller` is none where the host calls, which it cannot do while anything
    /// inside is in progress. `post-return` belongs to the same task.
    pub fn lift_storage(&self, caller: Option<InstanceId>, lift: &Lift) -> Storage {
        let functions = [lift.core].into_iter().chain(lift.options.post_return).chain(lift.options.callback);
        let functions: Vec<CoreDef> = functions.collect();
        let keep = caller.is_some_and(|caller| self.proofs.entering.meets_itself(caller, lift.instance));
        self.storage(lift.instance, &functions, keep)
    }

    /// Of a call of a destructor. Where the host calls it, that can be because code of the instance has
    /// called `resource.drop` of the host.
    pub fn destructor_storage(&self, caller: Option<InstanceId>, resource: ResourceId) -> Storage {
        let Resource::Defined { instance, dtor: Some(dtor) } = self.plan.resources[resource] else {
            return Storage::default();
        };
        let keep = caller.is_none_or(|caller| self.proofs.entering.meets_itself(caller, instance));
        self.storage(instance, &[dtor], keep)
    }

    /// Of a call of `realloc`: a task of its own (CanonicalABI.md, "Lifting and Lowering Context"), while
    /// that is in progress for whose values it finds room.
    pub fn realloc_storage(&self, instance: InstanceId, realloc: CoreDef) -> Storage {
        self.storage(instance, &[realloc], true)
    }

    /// The start functions that have to find zeros: each is a task of its own (Concurrency.md,
    /// "Interaction with the start function").
    pub fn starts(&mut self) -> Result<BTreeMap<CoreInstanceId, Ref>> {
        let mut starts = BTreeMap::new();
        for (id, core) in self.plan.core_instances.iter() {
            let Some(start) = core.start else { continue };
            let storage = self.storage(core.owner, &[start], false);
            if storage.slots.is_empty() {
                continue;
            }
            let function = self.core(start)?;
            let guards = Guards { storage, ..self.guards(None, Vec::new()) };
            let guard = Function::Guard { function, params: Vec::new(), results: Vec::new(), guards };
            starts.insert(id, Ref::Adapter(self.function(guard)));
        }
        Ok(starts)
    }

    /// `keep` is whether a task of the instance can be in progress.
    fn storage(&self, instance: InstanceId, functions: &[CoreDef], keep: bool) -> Storage {
        let slots = self.proofs.storage.slots(instance, functions);
        // Tasks that wait are in progress.
        let keep = keep || self.proofs.used.asynchronous();
        Storage { keep: keep && !slots.is_empty(), slots }
    }
}
