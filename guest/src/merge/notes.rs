//! What merging has done to make the module smaller, for people. In: what gave way, and what has got
//! an index. Out: notes, in the order of the instances. Not its job: doing it.

use super::Frame;
use super::layout::module_of;
use super::reencoder::State;
use super::resolve::{SORTS, defined};
use super::shims::Aliases;
use crate::error::Result;
use crate::ids::LinkId;
use crate::optimizations::{Note, name};
use crate::read::{CoreSort, Module};

/// The functions that gave way to those that they call.
pub fn shims(frame: &Frame, aliases: &Aliases) -> Vec<Note> {
    let note = |(from, to): (&u32, &u32)| {
        Note::new(name::import_shims, format!("is {}", function(frame, *to)), function(frame, *from))
    };
    aliases.iter().map(note).collect()
}

/// What was left out of each instance.
pub fn unreachable(frame: &Frame, state: &State) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    for (id, instance) in frame.assembly.instances.iter() {
        let module = module_of(&frame.assembly, instance)?;
        let mut left_out = Vec::new();
        for sort in SORTS {
            let numbers = state.numbers.items.get(sort);
            let count = defined(module, sort);
            let is_out = |nth: &u32| {
                let place = frame.layout.place_of(sort, id, *nth);
                place.is_none_or(|place| numbers.get(place).is_none())
            };
            let out: Vec<u32> = (0..count as u32).filter(is_out).collect();
            if out.is_empty() {
                continue;
            }
            left_out.push(match sort {
                CoreSort::Func => {
                    let bytes = out.iter().filter_map(|nth| module.bodies.get(*nth as usize));
                    let bytes = bytes.fold(0usize, |sum, body| sum.saturating_add(body.as_bytes().len()));
                    format!("{} of {count} functions, {bytes} bytes", out.len())
                }
                CoreSort::Table => format!("{} of {count} tables", out.len()),
                CoreSort::Memory => format!("{} of {count} memories", out.len()),
                CoreSort::Global => format!("{} of {count} globals", out.len()),
                CoreSort::Tag => format!("{} of {count} tags", out.len()),
            });
        }
        left_out.extend(segments(frame, state, id, module));
        if !left_out.is_empty() {
            notes.push(Note::new(name::unreachable, left_out.join("; "), instance.label.clone()));
        }
    }
    Ok(notes)
}

fn segments(frame: &Frame, state: &State, id: LinkId, module: &Module) -> Option<String> {
    let maps = frame.layout.maps.get(id)?;
    let elements = (maps.first_element..).take(module.elements.len());
    let data = (maps.first_data..).take(module.data.len());
    let out = elements.filter(|place| state.numbers.elements.get(*place).is_none()).count();
    let out = out.saturating_add(data.filter(|place| state.numbers.data.get(*place).is_none()).count());
    let count = module.elements.len().saturating_add(module.data.len());
    (out > 0).then(|| format!("{out} of {count} segments"))
}

/// A function by its index in the module that defines it.
fn function(frame: &Frame, place: u32) -> String {
    if let Some(host) = frame.assembly.imports.get(place as usize) {
        return format!("`{}` of the host's `{}`", host.name, host.module);
    }
    let Some((id, nth)) = frame.layout.owner(CoreSort::Func, place) else { return "nothing".to_string() };
    let instance = frame.assembly.instances.get(id);
    let module = instance.and_then(|instance| module_of(&frame.assembly, instance).ok());
    let defined = module.map_or(0, |module| module.functions.len());
    let all = frame.layout.maps.get(id).map_or(0, |maps| maps.items.funcs.len());
    let index = all.saturating_sub(defined).saturating_add(nth as usize);
    format!("function {index} of {}", instance.map_or("", |instance| &instance.label))
}
