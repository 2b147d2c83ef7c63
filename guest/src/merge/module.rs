//! The merged module, written. In: the sections that copying has made, and what is live. Out: the
//! module. Not its job: what is live, and what the sections have that refer to other things
//! (`sections`).

use super::code;
use super::definitions::{Exported, exact_imports};
use super::entity::{Merged, to_index};
use super::linked::{Linked, missing};
use super::mapped::convert;
use super::reencoder::Found;
use super::sections::Sections;
use super::start::{self, Start};
use super::{Settings, names, valid};
use crate::error::{Error, Result};
use crate::ids::{FuncId, Id};
use std::collections::BTreeSet;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CustomSection, DataCountSection, Elements, Encode, EntityType, ExportKind, ExportSection,
    FunctionSection, ImportSection, MemorySection, MemoryType, Section, SectionId, StartSection,
};

/// Writes the module.
///
/// Its custom sections are those of `Assembly::customs`, and a name section on request: the caller's, or a
/// module's (`read::NAMED_SECTION`) for its own functions. No custom section of an input module is copied:
/// most of them speak of byte offsets or indices, which merging changes, or of a module that stands
/// alone. These are left out:
///
/// - `name`: the names of functions and of their locals are written anew on request (`names`); those
///   of modules, labels, types, tables, memories, globals, segments, fields and tags are not;
/// - hints: `metadata.code.*`;
/// - debug information: `.debug_*`, `sourceMappingURL`, `external_debug_info`, `build_id`;
/// - what linkers and loaders read: `linking`, `reloc.*`, `dylink.0`, `target_features`;
/// - `producers`, `component-type*`, and every other one, whatever its name.
///
/// Tells whether its last function is a generated start function.
///
/// Errors: `limit-exceeded` where there are more types than engines take; else `internal`, also where the
/// module is not valid.
pub fn write(
    mut sections: Sections,
    linked: &Linked,
    mut found: Found,
    settings: Settings,
) -> Result<(Vec<u8>, bool)> {
    let start = start(&mut sections, linked, &mut found)?;
    let generated = start.filter(|start| start.index() == found.live.funcs.len());
    let imports = imports(linked, &mut found)?;
    let functions = functions(linked, &mut found, generated.is_some())?;
    let memories = memories(linked, &mut found)?;
    let exports = exports(linked, &mut found, start)?;
    let undeclared = found.references.undeclared(&found.live.funcs);
    if !undeclared.is_empty() {
        let undeclared: Vec<u32> = undeclared.into_iter().map(Merged::raw).collect();
        sections.elements.declared(Elements::Functions(undeclared.into()));
    }
    found.types.check_limits()?;

    let mut module = wasm_encoder::Module::new();
    let types = found.types.section();
    add(&mut module, types.is_empty(), types);
    add(&mut module, imports.is_empty(), &imports);
    add(&mut module, functions.is_empty(), &functions);
    add(&mut module, sections.tables.is_empty(), &sections.tables);
    add(&mut module, memories.is_empty(), &memories);
    add(&mut module, sections.tags.is_empty(), &sections.tags);
    add(&mut module, sections.globals.is_empty(), &sections.globals);
    add(&mut module, exports.is_empty(), &exports);
    if let Some(start) = start.filter(|_| linked.assembly.entry.is_none()) {
        module.section(&StartSection { function_index: start.raw() });
    }
    add(&mut module, sections.elements.is_empty(), &sections.elements);
    if found.references.data {
        module.section(&DataCountSection { count: to_index(sections.data.len())? });
    }
    let unproved = sections.code.unproved();
    let mut module = std::mem::take(&mut sections.code).behind(module.finish())?;
    data_section(&sections, linked, &found, &mut module)?;
    if let Some(section) = names::section(linked, &found, generated, settings.names)? {
        section.append_to(&mut module);
    }
    for (name, data) in &linked.assembly.customs {
        // Checked because wasm-encoder counts on it.
        to_index(data.len())?;
        let section = CustomSection { name: name.as_str().into(), data: data.as_slice().into() };
        section.append_to(&mut module);
    }
    valid::check(&module, &unproved)?;
    Ok((module, generated.is_some()))
}

/// The index of the start function, or of the one in its place. It is generated if need be: then it is the
/// last function and its body the last body.
fn start(sections: &mut Sections, linked: &Linked, found: &mut Found) -> Result<Option<Merged<FuncId>>> {
    let deferred = start::deferred_and_live(linked, found)?;
    let entry = linked.assembly.entry.is_some();
    match if entry { Start::Generated } else { Start::new(linked, &deferred)? } {
        Start::None => Ok(None),
        Start::Direct(start) => Ok(Some(start::index(found, start)?)),
        Start::Generated => {
            let before = found.live.len();
            sections.code.function(&start::function(linked, found, &deferred)?);
            if found.live.len() != before {
                return Err(Error::internal("the start function refers to what nothing else does"));
            }
            Ok(Some(Merged::from_index(found.live.funcs.len())))
        }
    }
}

/// Appends the data section, if there are segments: from the input straight to where they stay.
fn data_section(sections: &Sections, linked: &Linked, found: &Found, module: &mut Vec<u8>) -> Result<()> {
    if sections.data.is_empty() {
        return Ok(());
    }
    module.push(SectionId::Data.into());
    code::sized(module, |out| {
        to_index(sections.data.len())?;
        sections.data.len().encode(out);
        for (segment, active) in found.live.data.order().iter().zip(&sections.data) {
            match active {
                Some((0, offset)) => {
                    out.push(0x00);
                    offset.encode(out);
                }
                Some((memory, offset)) => {
                    out.push(0x02);
                    memory.encode(out);
                    offset.encode(out);
                }
                None => out.push(0x01),
            }
            let bytes = linked.locate(*segment)?.definition.data;
            to_index(bytes.len())?;
            bytes.encode(out);
        }
        Ok(())
    })?;
    Ok(())
}

fn imports(linked: &Linked, found: &mut Found) -> Result<ImportSection> {
    let mut section = ImportSection::new();
    let exact = exact_imports(&linked.assembly, &linked.definitions)?;
    for (nth, host) in linked.assembly.imported() {
        let ty = found.types.add_function(&host.params, &host.results);
        let ty = match exact.contains(&FuncId::from_index(nth)) {
            true => EntityType::FunctionExact(ty),
            false => EntityType::Function(ty),
        };
        section.import(&host.module, &host.name, ty);
    }
    Ok(section)
}

fn functions(linked: &Linked, found: &mut Found, generated_start: bool) -> Result<FunctionSection> {
    let mut section = FunctionSection::new();
    for func in found.live.funcs.order().iter().skip(linked.assembly.imported().count()) {
        let at = linked.locate(*func)?;
        section.function(found.types.index(at.spaces.module, *at.definition).map_err(convert)?);
    }
    if generated_start {
        section.function(found.types.add_function(&[], &[]));
    }
    Ok(section)
}

/// A memory refers to nothing, so all can wait until the end. Where index 0 was kept for one that
/// is not live, an empty one has it.
fn memories(linked: &Linked, found: &mut Found) -> Result<MemorySection> {
    let mut section = MemorySection::new();
    for memory in found.live.memories.order().to_vec() {
        if !found.live.memories.is_live(memory) {
            section.memory(MemoryType {
                minimum: 0,
                maximum: Some(0),
                memory64: false,
                shared: false,
                page_size_log2: None,
            });
            continue;
        }
        let at = linked.locate(memory)?;
        section.memory(at.mapper(found).memory_type(*at.definition).map_err(convert)?);
    }
    Ok(section)
}

/// `start` is the function that does what the module starts with.
fn exports(linked: &Linked, found: &mut Found, start: Option<Merged<FuncId>>) -> Result<ExportSection> {
    let mut section = ExportSection::new();
    let mut seen = BTreeSet::new();
    let Found { live, references, .. } = found;
    for (export, exported) in linked.assembly.exports.iter().zip(&linked.definitions.exports) {
        if !seen.insert(export.name.as_str()) {
            return Err(Error::internal(format!("two exports are named `{}`", export.name)));
        }
        let (kind, index) = match *exported {
            Exported::Func(id) => {
                references.declare(id);
                (ExportKind::Func, live.funcs.index(id).map(Merged::raw))
            }
            Exported::Table(id) => (ExportKind::Table, live.tables.index(id).map(Merged::raw)),
            Exported::Memory(id) => (ExportKind::Memory, live.memories.index(id).map(Merged::raw)),
            Exported::Global(id) => (ExportKind::Global, live.globals.index(id).map(Merged::raw)),
            Exported::Tag(id) => (ExportKind::Tag, live.tags.index(id).map(Merged::raw)),
        };
        if linked.assembly.entry.as_ref() != Some(&export.name) {
            section.export(&export.name, kind, index.ok_or_else(missing)?);
        }
    }
    if let Some(entry) = &linked.assembly.entry {
        section.export(entry, ExportKind::Func, start.ok_or_else(missing)?.raw());
    }
    Ok(section)
}

fn add(module: &mut wasm_encoder::Module, empty: bool, section: &impl Section) {
    if !empty {
        module.section(section);
    }
}
