//! `may_enter` (CanonicalABI.md, "Component Instance State"). In: a plan. Out: what each call enters,
//! and whether a check can ever fire. Not its job: the code of the checks (`adapter`).

use super::nesting::Nesting;
use super::used::Used;
use crate::ids::InstanceId;
use crate::link::{Canon, CanonKind, Func, Plan, Resource};

/// A call enters the callee and those of its ancestors that are not the caller's. It traps if one
/// of them has been entered already. Without a call from an instance to its own ancestor that
/// cannot happen: every other callee was complete before the caller came to be, and so was
/// whatever that one calls; a chain of calls that has left an instance therefore never finds its
/// way back into it.
pub struct Entering {
    nesting: Nesting,
    possible: bool,
}

impl Entering {
    pub fn of(plan: &Plan<'_>, used: &Used, nesting: Nesting) -> Entering {
        let possible = used.canons(plan).any(|(_, canon)| calls_ancestor(plan, &nesting, canon));
        Entering { nesting, possible }
    }

    /// Every call is checked.
    pub fn everywhere(nesting: Nesting) -> Entering {
        Entering { nesting, possible: true }
    }

    /// Whether any check can fire.
    pub fn possible(&self) -> bool {
        self.possible
    }

    /// Whether a task of `callee` can be in progress where `caller` calls it: no check of `may_enter` is
    /// between them.
    pub fn meets_itself(&self, caller: InstanceId, callee: InstanceId) -> bool {
        caller == callee || self.nesting.inside(caller, callee)
    }

    /// The entering set of a call from `caller` (none: the host) to `callee`, outermost first; empty
    /// where no check can fire.
    pub fn set(&self, caller: Option<InstanceId>, callee: InstanceId) -> Vec<InstanceId> {
        if !self.possible {
            return Vec::new();
        }
        let around = |id: InstanceId| caller.is_some_and(|c| c == id || self.nesting.inside(c, id));
        let mut set: Vec<InstanceId> = self.nesting.outwards(callee).take_while(|id| !around(*id)).collect();
        set.reverse();
        set
    }
}

/// Whether an instance can be called while a call of it is in progress: by an instance inside it, or
/// by itself. (See `Entering` for why there is no other way. When an instance drops what it has made
/// itself, it runs its own destructor, but that is no call of its own.)
pub fn recursive(plan: &Plan<'_>, used: &Used, nesting: &Nesting) -> bool {
    used.canons(plan).any(|(_, canon)| calls_itself(plan, canon) || calls_ancestor(plan, nesting, canon))
}

fn calls_itself(plan: &Plan<'_>, canon: &Canon) -> bool {
    match &canon.kind {
        CanonKind::Lower { func: Func::Lift(lift), .. } => plan.lifts[*lift].instance == canon.instance,
        _ => false,
    }
}

fn calls_ancestor(plan: &Plan<'_>, nesting: &Nesting, canon: &Canon) -> bool {
    let callee = match &canon.kind {
        CanonKind::Lower { func: Func::Lift(lift), .. } => plan.lifts[*lift].instance,
        CanonKind::ResourceDrop(id) => match &plan.resources[*id] {
            Resource::Defined { instance, .. } => *instance,
            Resource::Imported { .. } => return false,
        },
        _ => return false,
    };
    nesting.inside(canon.instance, callee)
}
