//! Canonical options, decided. In: the options of a lift or a lower. Out: the side of an adapter that
//! they make, the options that the host gets in their place, and how values pass the outer boundary. Not
//! its job: which function is called (`calls`, `exports`).

use super::Decider;
use crate::abi::func_types::{HandlePlace, Needs};
use crate::abi::layout::Context;
use crate::abi::side::{Domain, MemoryRef, Reallocator, Side};
use crate::adapter::spec::{Function, Guards, Ref, Storage};
use crate::assemble::outer::OuterOptions;
use crate::error::Result;
use crate::ids::InstanceId;
use crate::link::{CoreDef, FuncType, Lift, Options};
use crate::runtime::RuntimeFunction;

/// How the values of a function pass the outer boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// As they are: handles are the host's or there are none, and the host reads and writes the guest's
    /// memory.
    Straight,
    /// In the guest's memory, and no handle is there: only the flat handles are translated.
    Handles,
    /// Through the handle runtime's memory: because there are handles in memory, or the host does not find the
    /// guest's memory where it is. What stays where it is then: `Reallocator::InPlace`.
    Copied,
}

impl Decider<'_> {
    /// `context` is that of the host's function, or of the one that it calls.
    pub fn passage(&self, ty: &FuncType, context: Context) -> Result<Passage> {
        if self.copies && self.func_types.needs(ty, context)?.memory {
            return Ok(Passage::Copied);
        }
        if !self.proofs.tables.inside() {
            return Ok(Passage::Straight);
        }
        Ok(match self.func_types.handles(ty, context)? {
            HandlePlace::Nowhere => Passage::Straight,
            HandlePlace::Flat => Passage::Handles,
            HandlePlace::Memory => Passage::Copied,
        })
    }

    /// The canonical options of a definition in `instance`, as a side of an adapter; `needs` are those of its
    /// type.
    pub fn side(&mut self, instance: InstanceId, options: &Options, needs: Needs) -> Side {
        let realloc = options.realloc.filter(|_| needs.realloc);
        Side {
            domain: Domain::Instance(instance),
            memory: options.memory.map(MemoryRef::Guest),
            realloc: realloc.map(|def| self.reallocator(instance, options, def)),
            encoding: options.string_encoding,
        }
    }

    /// The callee's side of calls of a lift.
    pub fn lift_side(&mut self, lift: &Lift) -> Result<Side> {
        let needs = self.func_types.needs(&lift.ty, Context::Lift)?;
        Ok(self.side(lift.instance, &lift.options, needs))
    }

    pub fn reallocator(&mut self, instance: InstanceId, options: &Options, realloc: CoreDef) -> Reallocator {
        if let Some(shared) = self.shared.get(instance, options, realloc) {
            return shared;
        }
        self.own_reallocator(instance, options, realloc)
    }

    /// The same where it is not one of many.
    pub fn own_reallocator(
        &mut self,
        instance: InstanceId,
        options: &Options,
        realloc: CoreDef,
    ) -> Reallocator {
        let storage = self.realloc_storage(instance, realloc);
        match self.proofs.leaving.flag(instance) {
            _ if !storage.slots.is_empty() => {
                Reallocator::Adapter(self.realloc(instance, options, realloc, storage))
            }
            Some(instance) => Reallocator::Guarded(realloc, instance),
            None => Reallocator::Direct(realloc),
        }
    }

    /// The guest's `realloc` with all that goes around it.
    fn realloc(
        &mut self,
        instance: InstanceId,
        options: &Options,
        realloc: CoreDef,
        storage: Storage,
    ) -> u32 {
        let memory64 = options.memory.is_some_and(|m| m.memory64);
        let instance = self.proofs.leaving.flag(instance);
        let guards = Guards { storage, ..self.guards(None, Vec::new()) };
        self.function(Function::Realloc { realloc, instance, memory64, guards })
    }

    /// The options of a definition in `instance`, whose side is `side`, as the host has them where it
    /// reads and writes the guest's memory itself.
    pub fn guest_options(
        &mut self,
        instance: InstanceId,
        options: &Options,
        side: &Side,
        needs: Needs,
        post_return: Option<Ref>,
    ) -> OuterOptions {
        OuterOptions {
            encoding: side.encoding,
            memory: side.memory.filter(|_| needs.memory),
            realloc: self.host_realloc(instance, options).filter(|_| needs.realloc),
            post_return,
            async_: false,
        }
    }

    /// The host as the other side of an adapter, where values go through the runtime's memory, as far as they have
    /// to; strings keep `other`'s encoding.
    pub fn host_side(&self, other: &Side, needs: Needs) -> Side {
        Side {
            domain: Domain::Host,
            memory: needs.memory.then_some(MemoryRef::Runtime),
            realloc: needs.memory.then_some(match self.copies {
                // The runtime's memory is where the one memory of the module begins: the host finds all of it.
                true => Reallocator::InPlace,
                false => Reallocator::Runtime,
            }),
            encoding: other.encoding,
        }
    }

    /// The options of that side, as the host has them.
    pub fn runtime_options(&self, side: &Side, needs: Needs, post_return: Option<Ref>) -> OuterOptions {
        OuterOptions {
            encoding: side.encoding,
            memory: side.memory,
            realloc: needs.realloc.then_some(Ref::Runtime(match self.proofs.used.asynchronous() {
                true => RuntimeFunction::HostRealloc,
                false => RuntimeFunction::Realloc,
            })),
            post_return,
            async_: false,
        }
    }

    /// The host as the other end of what the guest's side `side` gives or takes, and the options that it has: values
    /// are `copied` through the runtime's memory, or stay in the guest's.
    pub fn host_end(
        &mut self,
        instance: InstanceId,
        options: &Options,
        side: Side,
        needs: Needs,
        copied: bool,
    ) -> (Side, OuterOptions) {
        if copied {
            let host = self.host_side(&side, needs);
            return (host, self.runtime_options(&host, needs, None));
        }
        let host = Side { domain: Domain::Host, ..side };
        (host, self.guest_options(instance, options, &side, needs, None))
    }

    /// The guest's `realloc` as the host shall call it.
    fn host_realloc(&mut self, instance: InstanceId, options: &Options) -> Option<Ref> {
        let realloc = options.realloc?;
        let storage = self.realloc_storage(instance, realloc);
        Some(match self.proofs.leaving.flag(instance) {
            None if storage.slots.is_empty() => Ref::Core(realloc),
            _ => Ref::Adapter(self.realloc(instance, options, realloc, storage)),
        })
    }
}
