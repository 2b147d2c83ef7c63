//! Code that waits on the stack (docs/ASYNC.md). In: a plan. Out: the async functions that can do so while something
//! below them could go on. Not its job: what happens then (the scheduler).

use super::confinement::Confinement;
use super::used::Used;
use crate::ids::LiftId;
use crate::link::{AsyncBuiltin, CanonKind, ChannelOperation, Func, Plan};
use std::collections::BTreeSet;

/// The async lifts that something inside calls, and whose code can come to a built-in that waits in a call. The others
/// give back the stack before they wait; and below what the host calls there is nothing.
pub fn waiting(plan: &Plan<'_>, used: &Used) -> BTreeSet<LiftId> {
    let mut confinement = Confinement::new(plan);
    let mut waiting = BTreeSet::new();
    for id in used.lifts_inside.iter().filter(|id| plan.lifts[**id].ty.async_) {
        let lift = &plan.lifts[*id];
        let functions = [lift.core].into_iter().chain(lift.options.callback).collect();
        let reach = confinement.reach(lift.instance, &functions);
        let waits = used.canons(plan).any(|(id, canon)| {
            canon.instance == lift.instance && can_wait(plan, &canon.kind) && reach.may_include(id)
        });
        if waits {
            waiting.insert(*id);
        }
    }
    waiting
}

/// Whether anything that is used can wait on the stack, also at the bottom of it.
pub fn anything_waits(plan: &Plan<'_>, used: &Used) -> bool {
    used.canons(plan).any(|(_, canon)| can_wait(plan, &canon.kind))
}

/// Whether a call of the definition can wait.
fn can_wait(plan: &Plan<'_>, kind: &CanonKind) -> bool {
    match kind {
        CanonKind::Lower { func, options } => {
            let ty = match func {
                Func::Lift(lift) => &plan.lifts[*lift].ty,
                Func::Import(import) => &plan.imports[*import].ty,
            };
            ty.async_ && !options.async_
        }
        CanonKind::Channel { operation: ChannelOperation::Copy { options, .. }, .. } => !options.async_,
        CanonKind::Async(builtin) => match builtin {
            AsyncBuiltin::WaitableSetWait { .. } | AsyncBuiltin::ThreadYield { .. } => true,
            AsyncBuiltin::SubtaskCancel { async_ } => !async_,
            _ => false,
        },
        // A cancelled copy between components is over at once.
        _ => false,
    }
}
