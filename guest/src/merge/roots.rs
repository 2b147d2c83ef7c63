//! What is live whatever refers to it. In: the linked assembly. Out: its roots, on the worklists. Not
//! its job: draining these (`Merger::step`).

use super::Settings;
use super::definitions::Exported;
use super::linked::{Linked, missing};
use super::live::{Live, Mark};
use super::mapped::convert;
use super::memories;
use super::reencoder::Found;
use super::segments::Deferred;
use crate::error::Result;
use crate::ids::{DataId, ElementId, FuncId, Id};

/// Segments at which instantiation may trap.
pub struct MayTrap {
    pub elements: Vec<ElementId>,
    pub data: Vec<DataId>,
}

/// Pushes the roots: the functions of the host, segments at which instantiation may trap, exports and
/// start functions. Without `unreachable`, which leaves out what is not live, everything is a root.
/// In a survey the functions of the host are none.
pub fn push(linked: &Linked, found: &mut Found, settings: Settings, may_trap: MayTrap) -> Result<()> {
    let Found { live, types, .. } = found;
    let unreachable = settings.optimizations.unreachable;
    let first = match unreachable {
        true => memories::first(&linked.assembly, &linked.definitions)?,
        false => linked.definitions.first_memory,
    };
    if let Some(memory) = first {
        live.keep_first_memory(memory);
    }
    for (nth, host) in linked.assembly.imported().filter(|_| !settings.survey) {
        mark(live, FuncId::from_index(nth))?;
        types.add_function(&host.params, &host.results);
        // It has no body to look at.
        live.funcs.take();
    }
    if !unreachable {
        for instance in linked.assembly.instances.values() {
            types.add_module(instance.module).map_err(convert)?;
        }
        live.mark_all();
    }
    may_trap.elements.into_iter().try_for_each(|segment| mark(live, segment))?;
    may_trap.data.into_iter().try_for_each(|segment| mark(live, segment))?;
    linked.definitions.exports.iter().try_for_each(|export| match *export {
        Exported::Func(id) => mark(live, id),
        Exported::Table(id) => mark(live, id),
        Exported::Memory(id) => mark(live, id),
        Exported::Global(id) => mark(live, id),
        Exported::Tag(id) => mark(live, id),
    })?;
    let mut starts = linked.deferred.values().filter_map(|deferred: &Deferred| deferred.start);
    starts.try_for_each(|start| mark(live, start))?;
    live.check_limits()
}

fn mark<E: Mark>(live: &mut Live, id: E) -> Result<()> {
    live.mark(id).map(drop).ok_or_else(missing)
}
