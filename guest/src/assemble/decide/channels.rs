//! The built-ins of streams and futures. In: definitions. Out: what they have become, and the copies of elements from
//! each writer to each reader of a type. Not its job: other built-ins (`asynchronous`).

use super::Decider;
use crate::abi::func_types::Needs;
use crate::abi::side::{Reallocator, Side};
use crate::adapter::channel;
use crate::adapter::spec::{ChannelEnd, Function, Leading};
use crate::assemble::decisions::Outcome;
use crate::error::{Error, Result};
use crate::ids::{InstanceId, TypeId};
use crate::link::{CanonKind, ChannelOperation, End, Options, Type};
use crate::read::limits;
use crate::runtime::SchedulerFunction;
use indexmap::IndexSet;
use std::collections::BTreeMap;

/// Who reads and writes each stream and future type.
#[derive(Default)]
pub struct Channels {
    users: Option<BTreeMap<TypeId, Users>>,
    /// How many ways there are from an end to another, once that is known.
    pub ways: u32,
}

/// The sides at which streams or futures of one type are written and read. The copy from the n-th of `writers` to the
/// m-th of `readers` has the number `first + n * readers + m`.
#[derive(Default)]
struct Users {
    writers: IndexSet<Side>,
    readers: IndexSet<Side>,
    first: u32,
}

impl Decider<'_> {
    pub fn channel(
        &mut self,
        instance: InstanceId,
        check_may_leave: Option<InstanceId>,
        ty: TypeId,
        operation: &ChannelOperation,
    ) -> Result<Outcome> {
        use SchedulerFunction as F;
        let table = Leading::Table(instance);
        let (function, leading) = match operation {
            ChannelOperation::New => {
                let future = matches!(self.plan.types[ty], Type::Future(_));
                let flags = [future, self.is_local(ty)].map(|flag| Leading::Number(flag.into()));
                let [future, local] = flags;
                (F::ChannelNew, vec![table, Leading::End(ty, End::Readable), future, local])
            }
            ChannelOperation::Cancel { end, async_ } => {
                let async_ = Leading::Number((*async_).into());
                (F::ChannelCancel, vec![table, Leading::End(ty, *end), async_])
            }
            ChannelOperation::Drop(end) => (F::ChannelDrop, vec![table, Leading::End(ty, *end)]),
            ChannelOperation::Copy { end, options } => {
                return self.copy(instance, check_may_leave, (ty, *end), options);
            }
        };
        let function = Function::Scheduled { check_may_leave, function, leading };
        Ok(Outcome::Scheduled(self.function(function)))
    }

    /// `none_or_number_type`
    fn is_local(&self, ty: TypeId) -> bool {
        self.element(ty).is_none_or(|element| channel::is_number(&self.plan.types[element]))
    }

    pub fn element(&self, ty: TypeId) -> Option<TypeId> {
        channel::element(&self.plan.types[ty])
    }

    fn copy(
        &mut self,
        instance: InstanceId,
        check_may_leave: Option<InstanceId>,
        (ty, end): (TypeId, End),
        options: &Options,
    ) -> Result<Outcome> {
        let side = self.end_side(instance, ty, end, options);
        let site = self.site(ty, end, side)?;
        let end = ChannelEnd { ty, end, side };
        let bridge = self.bridge(instance, end, options)?;
        let function = Function::ChannelCopy { check_may_leave, end, async_: options.async_, site, bridge };
        Ok(Outcome::Scheduled(self.function(function)))
    }

    /// How elements lie at an end: the reader's `realloc` alone is called.
    fn end_side(&mut self, instance: InstanceId, ty: TypeId, end: End, options: &Options) -> Side {
        let pointers = self.element(ty).is_some_and(|element| self.func_types.facts.of(element).pointers);
        let needs = Needs { memory: true, realloc: pointers && end == End::Readable };
        let side = self.side(instance, options, needs);
        // Of one among many the number would have to be chosen before each copy.
        match (side.realloc, options.realloc) {
            (Some(Reallocator::OneOf { .. }), Some(realloc)) => {
                Side { realloc: Some(self.own_reallocator(instance, options, realloc)), ..side }
            }
            _ => side,
        }
    }

    /// What an end adds to the number of a copy.
    fn site(&mut self, ty: TypeId, end: End, side: Side) -> Result<u32> {
        let users = self.users()?.remove(&ty).unwrap_or_default();
        let site = match end {
            End::Readable => users.readers.get_index_of(&side).map(|m| m as u32),
            End::Writable => users.writers.get_index_of(&side).map(|n| {
                let row = (n as u32).saturating_mul(users.readers.len() as u32);
                users.first.saturating_add(row)
            }),
        };
        self.users()?.insert(ty, users);
        site.ok_or_else(|| Error::internal("an end that nobody has counted"))
    }

    /// Who reads and writes, looked at once.
    fn users(&mut self) -> Result<&mut BTreeMap<TypeId, Users>> {
        if self.channels.users.is_none() {
            let mut all: BTreeMap<TypeId, Users> = BTreeMap::new();
            let plan = self.plan;
            let copies = self.proofs.used.canons(plan).filter_map(|(_, canon)| match &canon.kind {
                CanonKind::Channel { ty, operation: ChannelOperation::Copy { end, options } } => {
                    Some((canon.instance, *ty, *end, *options))
                }
                _ => None,
            });
            for (instance, ty, end, options) in copies.collect::<Vec<_>>() {
                let side = self.end_side(instance, ty, end, &options);
                let users = all.entry(ty).or_default();
                match end {
                    End::Readable => users.readers.insert(side),
                    End::Writable => users.writers.insert(side),
                };
            }
            let mut count = 0usize;
            for users in all.values_mut() {
                users.first = count as u32;
                count = count.saturating_add(users.writers.len().saturating_mul(users.readers.len()));
                if count > limits::FUNCTIONS {
                    let what = "ways from an end of a stream to another";
                    return Err(Error::limit(what, limits::FUNCTIONS as u64));
                }
            }
            self.channels = Channels { users: Some(all), ways: count as u32 };
        }
        Ok(self.channels.users.get_or_insert_default())
    }

    /// The functions that copy elements, by their numbers; none where there is nothing to copy.
    pub fn copies(&mut self) -> Result<Vec<Option<u32>>> {
        let users = std::mem::take(self.users()?);
        let mut copies = Vec::new();
        for (ty, Users { writers, readers, .. }) in &users {
            for from in writers {
                for to in readers {
                    copies.push(self.element(*ty).map(|element| {
                        let (from, to, trap_on_throw) = (*from, *to, self.proofs.catches);
                        self.function(Function::ChannelElements { element, from, to, trap_on_throw })
                    }));
                }
            }
        }
        copies.extend(self.bridges.carriers());
        Ok(copies)
    }
}
