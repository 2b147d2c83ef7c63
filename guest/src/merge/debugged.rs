//! What translating debug information has to know of merging. In: what is live. Out: for each instance with
//! debug information, what its functions and globals have become. Not its job: debug information (`debug`).

use super::entity::{Defined, Merged};
use super::linked::{Linked, missing};
use super::reencoder::Found;
use crate::debug::{self, Guest};
use crate::error::Result;
use crate::ids::{FuncId, Id, LinkId};

/// The instances with debug information, in their order.
pub fn guests<'a>(linked: &Linked<'a>, found: &Found) -> Result<Vec<Guest<'a>>> {
    let live = &found.live;
    let imported = linked.assembly.imported().count();
    let mut guests = Vec::new();
    for (id, instance) in linked.assembly.instances.iter() {
        let module = linked.assembly.module(instance)?;
        if !debug::has_any(module) {
            continue;
        }
        let spaces = linked.definitions.instances.get(id).ok_or_else(missing)?;
        let functions = Defined::<FuncId>::all(module).map(|(nth, _)| body(linked, found, id, nth, imported));
        let global = |global: &_| live.globals.index(*global).map(Merged::raw);
        guests.push(Guest {
            label: instance.label.clone(),
            module: std::rc::Rc::clone(module),
            functions: functions.collect(),
            globals: spaces.globals.iter().map(global).collect(),
            memory: spaces.memories.first().map(|memory| live.memories.index(*memory).map(Merged::raw)),
        });
    }
    Ok(guests)
}

/// Which of the merged module's bodies is that of a function. None: none is.
fn body(linked: &Linked, found: &Found, id: LinkId, nth: Defined<FuncId>, imported: usize) -> Option<usize> {
    found.live.funcs.index(linked.definitions.id(id, nth)?)?.index().checked_sub(imported)
}
