//! What has become of each definition. In: nothing, these are the types. Out: the one record of what
//! `decide` has decided, which wiring follows and which `report` tells people. Not its job: deciding.

use crate::adapter::spec::{Function, Ref};
use crate::ids::{CanonId, CoreInstanceId, InstanceId, LiftId};
use crate::link::{Canon, CanonKind, Func, Plan};
use crate::name::Name;
use crate::runtime::Scopes;
use std::collections::{BTreeMap, BTreeSet};

/// What a canonical definition, or an exported function as the host calls it, has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The function that it is defined by, which may be what another definition has become: nothing has
    /// to be done on the way.
    Direct(Ref),
    /// A function that the fused module imports, by its index into `Assembly::imports`.
    HostImport(u32),
    /// A `Function::Guard`, by its index into `Decisions::functions`: one of the above behind checks.
    Guard(u32),
    /// A `Function::Call`, by its index into `Decisions::functions`.
    Adapter(u32),
    /// A resource built-in on a handle table of the fused module, by its index into
    /// `Decisions::functions`.
    TableBuiltin(u32),
    /// `context.get` or `context.set`, by its index into `Decisions::functions`.
    Context(u32),
    /// A call of an async function or a built-in that the scheduler does, by its index into
    /// `Decisions::functions`.
    Scheduled(u32),
}

impl Outcome {
    /// What is called.
    pub fn reference(self) -> Ref {
        match self {
            Outcome::Direct(reference) => reference,
            Outcome::HostImport(index) => Ref::Host(index),
            Outcome::Guard(index)
            | Outcome::Adapter(index)
            | Outcome::TableBuiltin(index)
            | Outcome::Context(index)
            | Outcome::Scheduled(index) => Ref::Adapter(index),
        }
    }
}

/// What the scheduler imports beside the handle tables and the functions that trap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchedulerImports {
    /// Functions of the adapter module, by index: those of the scheduler's module `adapters`.
    pub start: u32,
    pub callback: u32,
    pub resolve: u32,
    pub copy: u32,
    pub host_channels: HostChannels,
    /// Those of its module `host`, as `TaskBuiltin::ALL` has them.
    pub host: Vec<Ref>,
}

/// Functions of the adapter module, by index, that call the host's built-ins of streams and futures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostChannels {
    pub new: u32,
    pub copy: u32,
    pub cancel: u32,
    pub drop: u32,
    pub take_back: u32,
}

/// A function that the root exports, by one of its names.
#[derive(Debug)]
pub struct ExportedLift {
    /// The way from the root's exports, name by name.
    pub path: Vec<Name>,
    pub lift: LiftId,
    pub outcome: Outcome,
}

/// All that was decided of one plan.
#[derive(Debug, Default)]
pub struct Decisions {
    /// What each used canonical definition has become.
    pub canons: BTreeMap<CanonId, Outcome>,
    /// What the host calls for each function that the root exports and defines, in its order.
    pub exports: Vec<ExportedLift>,
    /// What runs in the place of a core instance's start function, where that needs something around it.
    pub starts: BTreeMap<CoreInstanceId, Ref>,
    /// What the scheduler calls; none where nothing needs it.
    pub scheduler: Option<SchedulerImports>,
    /// The async functions that can wait on the stack while something below could go on.
    pub waiting: BTreeSet<LiftId>,
    /// The functions of the adapter module, in the order of their indices.
    pub functions: Vec<Function>,
    /// What these are called, for people.
    pub names: Vec<String>,
    /// How many handle tables the fused module keeps.
    pub handle_tables: usize,
    /// The instances whose `may_leave` the fused module does not keep.
    pub unchecked: Vec<InstanceId>,
    /// The definitions of other instances that do not test `may_leave`.
    pub untested: Vec<CanonId>,
    /// Whether `may_enter` is kept.
    pub entered: bool,
    pub scopes: Scopes,
    /// Whether adapters do what the handle runtime does without calling it.
    pub inline_handles: bool,
}

impl Decisions {
    /// What a function of the adapter module is called.
    pub fn name(&self, function: usize) -> &str {
        self.names.get(function).map_or("", String::as_str)
    }

    /// The calls from one component instance to another or to itself: each used lower of a lift, in the
    /// order of the plan.
    pub fn inner_calls<'d>(
        &'d self,
        plan: &'d Plan<'_>,
    ) -> impl Iterator<Item = (&'d Canon, LiftId, Outcome)> {
        self.canons.iter().filter_map(|(id, outcome)| {
            let canon = &plan.canons[*id];
            match canon.kind {
                CanonKind::Lower { func: Func::Lift(lift), .. } => Some((canon, lift, *outcome)),
                _ => None,
            }
        })
    }
}
