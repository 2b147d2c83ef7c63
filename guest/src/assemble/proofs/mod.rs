//! What a plan proves about every run of the component. In: a plan. Out: `Proofs`: what is used, where
//! handle tables live, and which checks can ever fire. Not its job: what follows from that for a
//! particular definition (`decide`).
//!
//! In reading order:
//!
//! - [`used`]: the canonical definitions that something can reach
//! - [`nesting`]: which component instance is inside which
//! - [`entering`]: whether a check of `may_enter` can fire, and whether a call can meet itself
//! - [`tables`]: whether the host's handle table does
//! - [`confinement`]: what core code can call, as far as its bytes tell
//! - [`exceptions`]: whether there are any, and what catches them
//! - [`leaving`]: who keeps `may_leave` of each instance, and which definitions test it
//! - [`starting`]: what can be called while the component is being instantiated
//! - [`waiting`]: which async functions can wait on the stack
//! - [`storage`]: which tasks can tell that `context.get` gives them zeros

mod confinement;
mod entering;
mod exceptions;
mod leaving;
mod nesting;
mod starting;
mod storage;
mod tables;
mod used;
mod waiting;

pub use confinement::Reach;
pub use starting::at_start;
pub use tables::Tables;
pub use used::Used;
pub use waiting::{anything_waits, waiting};

use crate::abi::facts::FactTable;
use crate::adapter::spec::Catches;
use crate::ids::ResourceId;
use crate::link::Plan;
use crate::runtime::Scopes;
use entering::Entering;
use leaving::Leaving;
use nesting::Nesting;
use storage::Storage;

/// What holds in every run.
pub struct Proofs {
    pub used: Used,
    pub tables: Tables,
    pub entering: Entering,
    pub leaving: Leaving,
    pub storage: Storage,
    pub scopes: Scopes,
    /// Some module has a tag, so an exception can reach a lift: what catches it there.
    pub catches: Option<Catches>,
}

impl Proofs {
    /// `visible` tells the resource types that the root imports or exports, `inside` that the host's
    /// table will not do. Without `elide_checks` nothing is proved of checks: all are taken to be able to
    /// fire.
    pub fn of(
        plan: &Plan<'_>,
        used: Used,
        facts: &FactTable,
        visible: impl Fn(ResourceId) -> bool,
        inside: bool,
        elide_checks: bool,
    ) -> Proofs {
        let nesting = Nesting::of(plan);
        let recursive = !elide_checks || entering::recursive(plan, &used, &nesting);
        let scopes = match recursive {
            _ if used.asynchronous() => Scopes::FramesAndCells,
            true => Scopes::Frames,
            false => Scopes::Words,
        };
        // Where code waits on the stack, instances can be entered that calls below have entered: the flags would
        // have to tell these calls from those. Without calls of ancestors no check can fire either way.
        let entering = match elide_checks || used.asynchronous() {
            true => Entering::of(plan, &used, nesting),
            false => Entering::everywhere(nesting),
        };
        let tables = Tables::of(plan, &used, facts, visible, entering.possible(), inside);
        let leaving = match elide_checks {
            true => Leaving::of(plan, &used, &tables),
            false => Leaving::everywhere(plan),
        };
        let storage = match elide_checks {
            true => Storage::of(plan, &used),
            false => Storage::everywhere(plan, &used),
        };
        let catches = exceptions::catches(plan);
        Proofs { used, tables, entering, leaving, storage, scopes, catches }
    }
}
