//! The way that values take from one side of a call to the other. In: a `Call`. Out: its route. Not its
//! job: the translations on it (`translate`).

use super::module::Module;
use super::spec::Call;
use crate::abi::layout::Context;
use crate::abi::side::{Domain, MemoryRef, Reallocator, Side};
use crate::error::Result;

/// How values get from one side to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// What lies in memory passes by its address (see `Side`). Flat values are translated.
    ByAddress,
    /// Each value is lifted from one side and lowered to the other in one go.
    ///
    /// The specification lifts all, then lowers all, but only a trap could tell the difference, and a
    /// trap is final; nor can what runs in between, a `realloc`, which may not leave its instance.
    Translated,
    /// All is lifted to the handle runtime's memory, then lowered from there: an instance calls itself
    /// with values that lie in its memory or its handle table. Both sides touch the same one, and the
    /// order of lifting and lowering shows.
    ThroughRuntime,
}

impl Route {
    pub fn of(module: &Module, call: &Call) -> Result<Route> {
        if shares_memory(call.caller, call.callee) {
            return Ok(Route::ByAddress);
        }
        if aliases(module, call)? {
            return Ok(Route::ThroughRuntime);
        }
        Ok(Route::Translated)
    }

    /// The translations that take values from one side to the other, in order. In the runtime's memory
    /// strings keep their encoding, and their form in it, so that the second translation is the
    /// specification's `store_string`.
    pub fn legs(self, from: Side, to: Side) -> Vec<(Side, Side)> {
        match self {
            Route::ByAddress | Route::Translated => vec![(from, to)],
            Route::ThroughRuntime => {
                let transit = Side {
                    domain: Domain::Transit,
                    memory: Some(MemoryRef::Runtime),
                    realloc: Some(Reallocator::Runtime),
                    encoding: from.encoding,
                };
                vec![(from, transit), (transit, to)]
            }
        }
    }
}

/// Whether values in memory pass by address between two sides (see `Side`).
pub fn shares_memory(a: Side, b: Side) -> bool {
    (a.domain == Domain::Host || b.domain == Domain::Host) && a.memory == b.memory
}

/// Whether an instance calls itself with values that lie in its memory or its handle table.
fn aliases(module: &Module, call: &Call) -> Result<bool> {
    if call.caller.domain == Domain::Host || call.caller.domain != call.callee.domain {
        return Ok(false);
    }
    let layouts = module.layouts(call.caller.pointer());
    let flat = layouts.flat_params(&call.ty, Context::Lower)?.is_some()
        && layouts.flat_result(&call.ty, Context::Lower)?.is_some();
    let facts = module.facts.of_func(&call.ty);
    Ok(!flat || facts.pointers || facts.handles())
}
