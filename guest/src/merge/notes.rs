//! What merging has done to make the module smaller, for people. In: what gave way, and what is live.
//! Out: notes, in the order of the instances. Not its job: doing it.

use super::entity::Defined;
use super::linked::Linked;
use super::live::Mark;
use super::reencoder::Found;
use super::shims::Shims;
use crate::debug;
use crate::error::Result;
use crate::ids::{DataId, ElementId, FuncId, GlobalId, Id, LinkId, MemoryId, TableId, TagId};
use crate::optimizations::{Note, name};
use crate::read::Module;

/// The functions that gave way to those that they call.
pub fn shims(linked: &Linked, shims: &Shims) -> Vec<Note> {
    let note = |(shim, callee): (&FuncId, &FuncId)| {
        Note::new(name::import_shims, format!("is {}", function(linked, *callee)), function(linked, *shim))
    };
    shims.iter().map(note).collect()
}

/// What was left out of each instance.
pub fn unreachable(linked: &Linked, found: &Found) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    for (id, instance) in linked.assembly.instances.iter() {
        let module = linked.assembly.module(instance)?;
        let of = LeftOut { linked, found, id, module };
        let functions: Vec<Defined<FuncId>> = of.all().collect();
        let mut parts = Vec::new();
        if !functions.is_empty() {
            let bytes = functions.iter().filter_map(|nth| module.bodies.get(nth.index()));
            let bytes = bytes.fold(0usize, |sum, body| sum.saturating_add(body.as_bytes().len()));
            let (out, count) = (functions.len(), module.functions.len());
            parts.push(format!("{out} of {count} functions, {bytes} bytes"));
        }
        parts.extend(of.note::<TableId>("tables"));
        parts.extend(of.note::<MemoryId>("memories"));
        parts.extend(of.note::<GlobalId>("globals"));
        parts.extend(of.note::<TagId>("tags"));
        let segments = of.all::<ElementId>().count().saturating_add(of.all::<DataId>().count());
        if segments > 0 {
            let count = module.elements.len().saturating_add(module.data.len());
            parts.push(format!("{segments} of {count} segments"));
        }
        if !parts.is_empty() {
            notes.push(Note::new(name::unreachable, parts.join("; "), instance.label.clone()));
        }
    }
    Ok(notes)
}

/// The debug information that is not carried over.
pub fn debug_info(linked: &Linked, asked_for: bool) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    for instance in linked.assembly.instances.values() {
        notes.extend(debug::dropped(linked.assembly.module(instance)?, &instance.label, asked_for));
    }
    Ok(notes)
}

/// What one instance defines and is not live.
struct LeftOut<'o, 'a> {
    linked: &'o Linked<'a>,
    found: &'o Found<'a>,
    id: LinkId,
    module: &'o Module<'a>,
}

impl LeftOut<'_, '_> {
    fn all<E: Mark>(&self) -> impl Iterator<Item = Defined<E>> {
        let is_live = |nth| {
            let id = self.linked.definitions.id(self.id, nth);
            id.is_some_and(|id| E::set(&self.found.live).is_live(id))
        };
        Defined::<E>::all(self.module).map(|(nth, _)| nth).filter(move |nth| !is_live(*nth))
    }

    fn note<E: Mark>(&self, what: &str) -> Option<String> {
        let (out, count) = (self.all::<E>().count(), E::defined(self.module).len());
        (out > 0).then(|| format!("{out} of {count} {what}"))
    }
}

/// A function by its index in the module that defines it.
fn function(linked: &Linked, id: FuncId) -> String {
    if let Some(host) = linked.assembly.imports.get(id.index()) {
        return format!("`{}` of the host's `{}`", host.name, host.module);
    }
    let Some((owner, nth)) = linked.definitions.owner(id) else { return "nothing".to_string() };
    let instance = linked.assembly.instances.get(owner);
    let module = instance.and_then(|instance| linked.assembly.module(instance).ok());
    let spaces = linked.definitions.instances.get(owner);
    let index = module.zip(spaces).map_or(0, |(module, spaces)| spaces.index(module, nth));
    format!("function {index} of {}", instance.map_or("", |instance| &instance.label))
}
