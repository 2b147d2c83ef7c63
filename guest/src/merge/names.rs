//! The name section. In: the instances' own name sections. Out: one, with the names of functions
//! and their locals at their new indices. Where there are several instances, a function is called
//! `instance!name`, unless its name says it all. Not its job: names that are interface (imports and
//! exports).

use super::assembly::{Instance, Naming};
use super::entity::{Defined, Merged};
use super::linked::Linked;
use super::reencoder::Found;
use crate::error::Result;
use crate::ids::{FuncId, LinkId};
use crate::read::{Module, NAMED_SECTION};
use std::borrow::Cow;
use std::collections::BTreeMap;
use wasm_encoder::{IndirectNameMap, NameMap, NameSection};
use wasmparser::{BinaryReader, Name, NameSectionReader};

/// Labels are repeated for every function: longer ones are cut, or a long label of a module with
/// many functions would make a huge section.
const LABEL_BYTES: usize = 64;

/// Readers take no longer names.
const NAME_BYTES: usize = 100_000;

/// Makes the name section. `start` is the generated start function, if there is one. Unless it is of
/// `all` names, it has those of generated functions and of modules that ask for it, if there are any, and
/// none of locals.
pub fn section(
    linked: &Linked,
    found: &Found,
    start: Option<Merged<FuncId>>,
    all: bool,
) -> Result<Option<NameSection>> {
    let assembly = &linked.assembly;
    let mut named = BTreeMap::new();
    for (id, instance) in assembly.instances.iter() {
        let module = assembly.module(instance)?;
        if !all && instance.naming == Naming::OnRequest && !asks_for_names(module) {
            continue;
        }
        let alone = assembly.instances.len() == 1 || instance.naming == Naming::AlwaysAlone;
        let label = if alone { String::new() } else { prefix(instance) };
        let mut names = FunctionNames::read(module);
        for (index, old) in live_functions(linked, found, id, module) {
            let name = names.functions.get(&old).map(|name| join(&label, name));
            named.insert(index, (name, names.locals.remove(&old).filter(|_| all)));
        }
    }
    if !all && named.is_empty() && start.is_none() {
        return Ok(None);
    }
    let mut functions = NameMap::new();
    let mut locals = IndirectNameMap::new();
    for (index, (_, host)) in (0u32..).zip(assembly.imported()).filter(|_| all) {
        functions.append(index, &cut(format!("{}#{}", host.module, host.name)));
    }
    for (index, (name, own)) in named {
        if let Some(name) = name {
            functions.append(index.raw(), &name);
        }
        if let Some(own) = own {
            locals.append(index.raw(), &own);
        }
    }
    if let Some(index) = start {
        functions.append(index.raw(), "meld!start");
    }
    let mut section = NameSection::new();
    section.functions(&functions);
    if all {
        section.locals(&locals);
    }
    Ok(Some(section))
}

fn asks_for_names(module: &Module) -> bool {
    module.customs.iter().any(|(name, _)| *name == NAMED_SECTION)
}

fn prefix(instance: &Instance) -> String {
    let end = instance.label.floor_char_boundary(LABEL_BYTES);
    let label = instance.label.get(..end).unwrap_or_default();
    format!("{label}!")
}

/// As much of a name as may be.
fn cut(mut name: String) -> String {
    name.truncate(name.floor_char_boundary(NAME_BYTES));
    name
}

fn join<'n>(prefix: &str, name: &'n str) -> Cow<'n, str> {
    if prefix.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(cut(format!("{prefix}{name}"))) }
}

/// The live functions of an instance: index in the merged module, and in its own.
fn live_functions(linked: &Linked, found: &Found, id: LinkId, module: &Module) -> Vec<(Merged<FuncId>, u32)> {
    let Some(spaces) = linked.definitions.instances.get(id) else { return Vec::new() };
    let live = Defined::<FuncId>::all(module).filter_map(|(nth, _)| {
        let index = found.live.funcs.index(linked.definitions.id(id, nth)?)?;
        Some((index, spaces.index(module, nth)))
    });
    live.collect()
}

/// What a module's name section says of functions, by their own indices. Names are only for people: a section that does not parse
/// ends where it stops making sense, as the specification asks (appendix, "Custom Sections").
#[derive(Default)]
struct FunctionNames<'a> {
    functions: BTreeMap<u32, &'a str>,
    locals: BTreeMap<u32, NameMap>,
}

impl<'a> FunctionNames<'a> {
    fn read(module: &Module<'a>) -> FunctionNames<'a> {
        let mut names = FunctionNames::default();
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
