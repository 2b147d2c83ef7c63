//! The name section. In: the instances' own name sections. Out: one, with the names of functions
//! and their locals at their new indices. Where there are several instances, a function is called
//! `instance!name`. Not its job: names that are interface (imports and exports).

use super::Frame;
use super::assembly::Instance;
use super::layout::module_of;
use super::reencoder::State;
use crate::error::Result;
use crate::ids::LinkId;
use crate::read::{CoreSort, Module, NAMED_SECTION};
use std::borrow::Cow;
use std::collections::BTreeMap;
use wasm_encoder::{IndirectNameMap, NameMap, NameSection};
use wasmparser::{BinaryReader, Name, NameSectionReader};

/// Labels are repeated for every function: longer ones are cut, or a long label of a module with
/// many functions would make a huge section.
const LABEL_BYTES: usize = 64;

/// Makes the name section. `start` is the generated start function, if there is one. Unless it is of
/// `all` names, it has those of modules that ask for it, if there are any.
pub fn section(frame: &Frame, state: &State, start: Option<u32>, all: bool) -> Result<Option<NameSection>> {
    let assembly = &frame.assembly;
    let mut found = BTreeMap::new();
    for (id, instance) in assembly.instances.iter() {
        let module = module_of(assembly, instance)?;
        if !all && !module.customs.iter().any(|(name, _)| *name == NAMED_SECTION) {
            continue;
        }
        let label = if assembly.instances.len() > 1 { prefix(instance) } else { String::new() };
        let mut names = Names::read(module);
        for (index, nth) in own_functions(frame, state, id, module) {
            let name = names.functions.get(&nth).map(|name| join(&label, name));
            found.insert(index, (name, names.locals.remove(&nth)));
        }
    }
    if !all && found.is_empty() {
        return Ok(None);
    }
    let mut functions = NameMap::new();
    let mut locals = IndirectNameMap::new();
    for (index, host) in (0u32..).zip(&assembly.imports).filter(|_| all) {
        functions.append(index, &format!("{}#{}", host.module, host.name));
    }
    for (index, (name, own)) in found {
        if let Some(name) = name {
            functions.append(index, &name);
        }
        if let Some(own) = own {
            locals.append(index, &own);
        }
    }
    if let Some(index) = start.filter(|_| all) {
        functions.append(index, "meld!start");
    }
    let mut section = NameSection::new();
    section.functions(&functions);
    section.locals(&locals);
    Ok(Some(section))
}

fn prefix(instance: &Instance) -> String {
    let mut end = instance.label.len().min(LABEL_BYTES);
    while !instance.label.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let label = instance.label.get(..end).unwrap_or_default();
    format!("{label}!")
}

fn join<'n>(prefix: &str, name: &'n str) -> Cow<'n, str> {
    if prefix.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(format!("{prefix}{name}")) }
}

/// The functions that an instance defines and that are needed: index, and own index.
fn own_functions(frame: &Frame, state: &State, id: LinkId, module: &Module) -> Vec<(u32, u32)> {
    let imported = frame.layout.maps.get(id).map_or(0, |maps| maps.items.funcs.len());
    let imported = imported.saturating_sub(module.functions.len()) as u32;
    let own = (0..module.functions.len() as u32).filter_map(|nth| {
        let place = frame.layout.place_of(CoreSort::Func, id, nth)?;
        Some((state.numbers.items.funcs.get(place)?, imported.saturating_add(nth)))
    });
    own.collect()
}

/// What a module's name section says. Names are only for people: a section that does not parse
/// ends where it stops making sense, as the specification asks (appendix, "Custom Sections").
#[derive(Default)]
struct Names<'a> {
    functions: BTreeMap<u32, &'a str>,
    locals: BTreeMap<u32, NameMap>,
}

impl<'a> Names<'a> {
    fn read(module: &Module<'a>) -> Names<'a> {
        let mut names = Names::default();
        let section = module.customs.iter().find(|(name, _)| *name == "name");
        let Some((_, contents)) = section else { return names };
        for subsection in NameSectionReader::new(BinaryReader::new(contents, 0)) {
            match subsection {
                Ok(Name::Function(map)) => names.functions.extend(good(map).map(|n| (n.index, n.name))),
                Ok(Name::Local(map)) => {
                    names.locals.extend(good(map).map(|function| (function.index, name_map(function.names))));
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
        names
    }
}

/// The items of a list, up to the first that does not parse.
fn good<T>(items: impl IntoIterator<Item = wasmparser::Result<T>>) -> impl Iterator<Item = T> {
    items.into_iter().map_while(|item| item.ok())
}

fn name_map(map: wasmparser::NameMap) -> NameMap {
    // Ascending and without repetition, which the section need not be.
    let sorted: BTreeMap<u32, &str> = good(map).map(|n| (n.index, n.name)).collect();
    let mut names = NameMap::new();
    for (index, name) in sorted {
        names.append(index, name);
    }
    names
}
