//! Streams and futures of which the host has an end. In: the types of what the root imports and exports, and ends that
//! copy. Out: the host's built-ins for them, and how elements get to the host. Not its job: what happens between the
//! two ends of one (the scheduler).

use super::Decider;
use crate::abi::func_types::Needs;
use crate::abi::layout::{Signature, children, inside};
use crate::abi::side::{Domain, MemoryRef, Side};
use crate::adapter::spec::{Bridge, Carried, ChannelEnd, Function, Ref};
use crate::assemble::boundary::ChannelBuiltin;
use crate::assemble::decisions::HostChannels;
use crate::assemble::outer::{ChannelPlace, HostChannel, OuterOptions, visit_exports};
use crate::assemble::proofs::Used;
use crate::error::{Error, Result};
use crate::ids::{InstanceId, ResourceId, TypeId};
use crate::link::{
    CanonKind, ChannelOperation, End, ExportItem, Func, FuncType, Options, Plan, Resource, StringEncoding,
    Type,
};
use indexmap::{IndexMap, IndexSet};
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::ValType;

/// The most bytes of a value in a future that is an element itself: the runtime's memory has as many from the start.
const MOST_OFFERED: u32 = 0xffe0;

/// What is known of such types.
pub struct Bridges {
    /// The types, by their numbers, with a place where each crosses the boundary.
    types: IndexMap<TypeId, ChannelPlace>,
    /// What the component itself does with ends of each.
    uses: BTreeSet<(TypeId, Use)>,
    /// The functions of the adapter module that call the host's reads and writes, by their numbers.
    copies: IndexSet<u32>,
    /// The functions that carry elements, by their numbers among those of copies.
    carriers: IndexMap<u32, u32>,
    /// The types of streams and futures in elements that are written to the host, each with the number of a write by
    /// the host if it is a future.
    offered_channels: BTreeMap<TypeId, u32>,
    /// The resource types in such elements that the component defines.
    offered_resources: IndexSet<ResourceId>,
}

/// An operation on streams or futures of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    New,
    Cancel { writable: bool, async_: bool },
    Drop { writable: bool },
}

impl Bridges {
    pub fn of(plan: &Plan<'_>, used: &Used) -> Bridges {
        let mut types = IndexMap::new();
        for (_, canon) in used.canons(plan) {
            if let CanonKind::Lower { func: Func::Import(import), .. } = canon.kind {
                let import = &plan.imports[import];
                let place = |number| ChannelPlace { exported: false, path: import.path.clone(), number };
                channels_of(plan, &import.ty, |ty, number| {
                    types.entry(ty).or_insert_with(|| place(number));
                });
            }
        }
        visit_exports(&plan.exports, &mut |path, item| {
            if let ExportItem::Func(Func::Lift(lift)) = item {
                let place = |number| ChannelPlace { exported: true, path: path.to_vec(), number };
                let ty = &plan.lifts[*lift].ty;
                channels_of(plan, ty, |ty, number| {
                    types.entry(ty).or_insert_with(|| place(number));
                });
            }
        });
        let uses = used.canons(plan).filter_map(|(_, canon)| match &canon.kind {
            CanonKind::Channel { ty, operation } if types.contains_key(ty) => Some((*ty, use_of(operation)?)),
            _ => None,
        });
        let uses = uses.collect();
        Bridges {
            types,
            uses,
            copies: IndexSet::new(),
            carriers: IndexMap::new(),
            offered_channels: BTreeMap::new(),
            offered_resources: IndexSet::new(),
        }
    }

    /// Whether the host has an end of anything.
    pub fn any(&self) -> bool {
        !self.types.is_empty()
    }

    /// What passes through streams and futures of which the host has an end.
    pub fn elements<'b>(&'b self, plan: &'b Plan<'_>) -> impl Iterator<Item = TypeId> + 'b {
        self.types.keys().filter_map(|ty| match &plan.types[*ty] {
            Type::Stream(element) | Type::Future(element) => *element,
            _ => None,
        })
    }

    /// The functions that carry elements, in the order of their numbers.
    pub fn carriers(&self) -> impl Iterator<Item = Option<u32>> {
        self.carriers.keys().map(|function| Some(*function))
    }

    /// The resource types that the component defines and whose handles the host is offered.
    pub fn offered(&self) -> &IndexSet<ResourceId> {
        &self.offered_resources
    }

    /// What adapters have to know.
    pub fn finish(self) -> (IndexMap<TypeId, u32>, IndexSet<ResourceId>) {
        let write = |ty: &TypeId| self.offered_channels.get(ty).copied().unwrap_or_default();
        let types = self.types.keys().map(|ty| (*ty, write(ty))).collect();
        (types, self.offered_resources)
    }
}

fn use_of(operation: &ChannelOperation) -> Option<Use> {
    let writable = |end: End| end == End::Writable;
    match operation {
        ChannelOperation::New => Some(Use::New),
        ChannelOperation::Cancel { end, async_ } => {
            Some(Use::Cancel { writable: writable(*end), async_: *async_ })
        }
        ChannelOperation::Drop(end) => Some(Use::Drop { writable: writable(*end) }),
        ChannelOperation::Copy { .. } => None,
    }
}

/// The types of streams and futures in a function's type, and in what passes through these: each with the number that
/// core names give it, which counts from parameter to parameter and from inside out, and each again where it occurs
/// again. (`find_futures_and_streams` of wit-parser)
fn channels_of(plan: &Plan<'_>, ty: &FuncType, each: impl FnMut(TypeId, u32)) {
    let mut numbering = Numbering { plan, each, next: 0, counts: BTreeMap::new() };
    ty.params.iter().map(|(_, ty)| *ty).chain(ty.result).for_each(|ty| numbering.visit(ty));
}

struct Numbering<'p, 'a, F> {
    plan: &'p Plan<'a>,
    each: F,
    next: u32,
    /// How many there are in each type.
    counts: BTreeMap<TypeId, u32>,
}

impl<F: FnMut(TypeId, u32)> Numbering<'_, '_, F> {
    fn visit(&mut self, id: TypeId) {
        if let Some(count) = self.counts.get(&id) {
            self.next = self.next.saturating_add(*count);
            return;
        }
        let first = self.next;
        match &self.plan.types[id] {
            Type::Stream(element) | Type::Future(element) => {
                element.iter().for_each(|element| self.visit(*element));
                (self.each)(id, self.next);
                self.next = self.next.saturating_add(1);
            }
            ty => children(ty).into_iter().for_each(|ty| self.visit(ty)),
        }
        self.counts.insert(id, self.next.saturating_sub(first));
    }
}

impl Decider<'_> {
    /// How an end copies to or from the host; none if its type never gets there.
    pub fn bridge(
        &mut self,
        instance: InstanceId,
        end: ChannelEnd,
        options: &Options,
    ) -> Result<Option<Bridge>> {
        let ChannelEnd { ty, end, side } = end;
        if !self.bridges.types.contains_key(&ty) {
            return Ok(None);
        }
        let Some(element) = self.element(ty) else {
            let none = Side { memory: None, realloc: None, ..side };
            let needs = Needs { memory: false, realloc: false };
            let outer = self.guest_options(instance, options, &none, needs, None);
            return Ok(Some(Bridge { site: self.host_copy(ty, end, none, None, outer)?, carried: None }));
        };
        let facts = self.func_types.facts.of(element);
        let needs = Needs { memory: true, realloc: facts.pointers && end == End::Readable };
        let mut within = None;
        let in_place = self.copies && facts.is_whole();
        let copied = !in_place && (self.copies || facts.handles());
        if copied && end == End::Writable {
            self.offer(element)?;
        }
        let (host, mut outer) = self.host_end(instance, options, side, needs, copied);
        if in_place {
            within = side.memory;
            outer.memory = Some(MemoryRef::Runtime);
        }
        let site = self.host_copy(ty, end, host, within, outer)?;
        if !copied {
            return Ok(Some(Bridge { site, carried: None }));
        }
        let (from, to) = if end == End::Writable { (side, host) } else { (host, side) };
        let trap_on_throw = self.proofs.catches;
        let function = self.function(Function::ChannelElements { element, from, to, trap_on_throw });
        let next = self.channels.ways.saturating_add(self.bridges.carriers.len() as u32);
        let copy = *self.bridges.carriers.entry(function).or_insert(next);
        let size = self.func_types.element_size(element)?;
        let handles = facts.handles() && end == End::Writable;
        Ok(Some(Bridge { site, carried: Some(Carried { copy, size, handles }) }))
    }

    /// Notes what there is in elements that the host may not take after they have been carried to it, and that has to
    /// be taken back then.
    fn offer(&mut self, element: TypeId) -> Result<()> {
        let plan = self.plan;
        let owned = self.func_types.owned([element]);
        let defined = |id: &ResourceId| matches!(plan.resources[*id], Resource::Defined { .. });
        self.bridges.offered_resources.extend(owned.into_iter().filter(defined));
        for (id, ty) in inside(&plan.types, [element]) {
            let write = match ty {
                Type::Stream(_) => 0,
                Type::Future(payload) => self.void_write(id, *payload)?,
                _ => continue,
            };
            self.bridges.offered_channels.insert(id, write);
        }
        Ok(())
    }

    /// The number of a write by the host to a future that nobody reads, which so reads nothing.
    fn void_write(&mut self, ty: TypeId, payload: Option<TypeId>) -> Result<u32> {
        let size = payload.map(|payload| self.func_types.element_size(payload)).transpose()?.unwrap_or(0);
        if size > MOST_OFFERED {
            return Err(Error::limit(
                "bytes of a value in a future that is written to the host",
                MOST_OFFERED.into(),
            ));
        }
        let memory = payload.map(|_| MemoryRef::Runtime);
        let side = Side { domain: Domain::Host, memory, realloc: None, encoding: StringEncoding::default() };
        let options = self.runtime_options(&side, Needs { memory: true, realloc: false }, None);
        self.host_copy(ty, End::Writable, side, None, options)
    }

    /// The number of the host's read or write for such buffers; see `Function::HostCopy`.
    fn host_copy(
        &mut self,
        ty: TypeId,
        end: End,
        side: Side,
        within: Option<MemoryRef>,
        outer: OuterOptions,
    ) -> Result<u32> {
        let future = matches!(self.plan.types[ty], Type::Future(_));
        let memory64 = side.memory64();
        let pointer = side.pointer().val_type();
        let mut params = vec![ValType::I32, pointer];
        if !future {
            params.push(ValType::I32);
        }
        let core = Signature { params, results: vec![ValType::I32] };
        let builtin = match end {
            End::Readable => ChannelBuiltin::Read,
            End::Writable => ChannelBuiltin::Write,
        };
        let outer = OuterOptions { async_: true, ..outer };
        let place = self.bridges.types.get(&ty).ok_or_else(|| Error::internal("a type without a place"))?;
        let channel = HostChannel { ty, place, builtin, options: outer };
        let function = Ref::Host(self.outer.channel(channel, &core)?);
        let function = self.function(Function::HostCopy { function, future, memory64, within });
        Ok(self.bridges.copies.insert_full(function).0 as u32)
    }

    /// What the scheduler calls of the host's.
    pub fn host_channels(&mut self) -> Result<HostChannels> {
        use ChannelBuiltin as B;
        let (mut new, mut cancel, mut drop) = (Vec::new(), Vec::new(), Vec::new());
        let i32s = |count| vec![ValType::I32; count];
        let to = |params, results| Signature { params, results };
        let outer = &mut self.outer;
        for (ty, place) in &self.bridges.types {
            let ty = *ty;
            let uses = |what| self.bridges.uses.contains(&(ty, what));
            let offered = self.bridges.offered_channels.contains_key(&ty);
            let made = uses(Use::New) || offered;
            let [read, read_async] =
                [false, true].map(|async_| uses(Use::Cancel { writable: false, async_ }));
            let [write, write_async] =
                [false, true].map(|async_| uses(Use::Cancel { writable: true, async_ }));
            let dropped = uses(Use::Drop { writable: false }) || offered;
            let mut builtin = |builtin, async_: bool, used: bool, core: Signature| match used {
                true => {
                    let options = OuterOptions { async_, ..OuterOptions::default() };
                    let channel = HostChannel { ty, place, builtin, options };
                    outer.channel(channel, &core).map(|index| Some(Ref::Host(index)))
                }
                false => Ok(None),
            };
            new.push(builtin(B::New, false, made, to(Vec::new(), vec![ValType::I64]))?);
            for (what, async_, used) in [
                (B::CancelRead, false, read),
                (B::CancelRead, true, read_async),
                (B::CancelWrite, false, write && made),
                (B::CancelWrite, true, write_async && made),
            ] {
                cancel.push(builtin(what, async_, used, to(i32s(1), i32s(1)))?);
            }
            drop.push(builtin(B::DropReadable, false, dropped, to(i32s(1), Vec::new()))?);
            drop.push(builtin(B::DropWritable, false, made, to(i32s(1), Vec::new()))?);
        }
        let copy = self.bridges.copies.iter().map(|function| Some(Ref::Adapter(*function))).collect();
        let copied = vec![ValType::I32, ValType::I32, ValType::I64, ValType::I32];
        let offered = self.bridges.offered_resources.clone().into_iter();
        let take_back = offered
            .map(|resource| Some(Ref::Adapter(self.function(Function::TakeBack { resource }))))
            .collect();
        Ok(HostChannels {
            take_back: self.dispatch(i32s(2), Vec::new(), take_back),
            new: self.dispatch(i32s(1), vec![ValType::I64], new),
            copy: self.dispatch(copied, i32s(1), copy),
            cancel: self.dispatch(i32s(2), i32s(1), cancel),
            drop: self.dispatch(i32s(2), Vec::new(), drop),
        })
    }
}
