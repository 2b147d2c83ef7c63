//! The custom sections of a core module output. In: the original component, its plan and the boundary. Out:
//! `meld:boundary`, and `component-type:..` and `meld:component` where they can be. Not its job: putting them
//! into the module (`merge`, `session`).

use super::component::wrapping;
use super::core::needs_core;
use crate::assemble::boundary::{
    Boundary, CoreType, FuncType, ImportKind, Options, SECTION, StringEncoding, ValueType,
};
use crate::assemble::{self, Reach};
use crate::error::{Code, Error, Result};
use crate::ids::{CanonId, ResourceId};
use crate::interface::Wasi;
use crate::link::{CanonKind, Export, ExportItem, Func, Plan};
use crate::name::Name;
use crate::read::{Tree, limits, wit, wit_walk};
use indexmap::IndexMap;
use std::collections::HashSet;
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    MemorySection, MemoryType, Module, TypeSection, ValType,
};
use wasmparser::component_types::ComponentEntityType;
use wit_component::ComponentEncoder;

/// The custom section of a core module output that holds what goes around it (docs/BOUNDARY.md).
pub(super) const COMPONENT: &str = "meld:component";
/// wit-component reads every section whose name starts with `component-type`.
pub(super) const COMPONENT_TYPE: &str = "component-type:meld";
/// The names that wit-component gives these two.
const MEMORY: &str = "memory";
const REALLOC: &str = "cabi_realloc";

/// The custom sections of a core module output: `meld:boundary`, and, where one memory serves and
/// WIT can tell the component `original`, the `component-type:..` from which
/// `wasm-tools component new` makes a component.
///
/// Errors: `unsupported` for an export that is nothing to a core module, with its offset in the original.
pub fn custom_sections(
    original: &Tree<'_>,
    plan: &Plan<'_>,
    boundary: &Boundary,
    wasi: Wasi,
) -> Result<Vec<(String, Vec<u8>)>> {
    refuse_definitions(&plan.exports)?;
    let json = serde_json::to_vec(boundary).map_err(|e| Error::internal(e.to_string()))?;
    let mut sections = vec![(SECTION.to_string(), json)];
    // Tools that read it take the imports of WASI 0.1 for those of another component.
    if wasi == Wasi::AsImported
        && let Some(section) = component_type(original, plan, boundary)
    {
        sections.push((COMPONENT_TYPE.to_string(), section));
    }
    Ok(sections)
}

/// The section `meld:component` of a core module output: what `component` would put around `core`. None where
/// `component` refuses it or makes too much of it, where addresses that cross the boundary are not those of the
/// module's memories, and on WASI 0.1.
pub fn component_section(
    core: &[u8],
    original: &Tree<'_>,
    plan: &Plan<'_>,
    boundary: &Boundary,
    wasi: Wasi,
) -> Option<(String, Vec<u8>)> {
    if wasi != Wasi::AsImported || !boundary.memories.is_empty() {
        return None;
    }
    // `meld wrap` says that there is none, and to fuse to a component why.
    let section = wrapping(core, boundary, plan, &original.types, original.bytes).ok()?;
    (section.len() <= limits::WRAPPING_BYTES).then(|| (COMPONENT.to_string(), section))
}

/// A core module has no place for definitions: for code that the component hands out without running it.
/// Functions and what they need are told; a type is told where a function mentions it.
fn refuse_definitions(exports: &[Export]) -> Result<()> {
    for Export { name, item, offset } in exports {
        let what = match item {
            ExportItem::Module { .. } => "an exported core module",
            ExportItem::Component { .. } => "an exported component",
            ExportItem::Instance(exports) => {
                refuse_definitions(exports).map_err(|error| error.within(format!("export {name:?}")))?;
                continue;
            }
            ExportItem::Func(_) | ExportItem::Resource(_) | ExportItem::Type(_) | ExportItem::OtherType => {
                continue;
            }
        };
        let error = Error::new(Code::Unsupported, format!("{what} cannot be part of a core module"));
        let error = error.at(*offset).within(format!("export {name:?}"));
        return Err(error.hint("fuse it as a component, which keeps it"));
    }
    Ok(())
}

/// The functions and types that the component imports and exports, those in instances too.
fn world_items(component: &Tree<'_>) -> usize {
    let items = component.root_items().filter_map(|(_, _, item)| item);
    items.fold(0, |sum, item| {
        sum.saturating_add(match item.ty {
            ComponentEntityType::Instance(id) => component.types[id].exports.len(),
            _ => 1,
        })
    })
}

/// The contents of the section, where wit-component takes the module as a component with it.
fn component_type(original: &Tree<'_>, plan: &Plan<'_>, boundary: &Boundary) -> Option<Vec<u8>> {
    let encoding = common_encoding(boundary)?;
    // Its memory begins where the module's does.
    if boundary.memories.iter().any(|memory| memory.base != 0) {
        return None;
    }
    // wit-component lifts and lowers; it cannot pass an import on.
    if !boundary.reexports.is_empty() || starts_too_early(plan, boundary) {
        return None;
    }
    if world_items(original) > limits::WIT_ITEMS {
        return None;
    }
    let (resolve, world) = wit::exact_world(original).ok()?;
    if wit_walk::steps(&resolve, world) > limits::WIT_STEPS {
        return None;
    }
    let section = wit_component::metadata::encode(&resolve, world, encoding, None).ok()?;
    // Its rules for names and signatures are its own: let it say itself whether they are kept.
    let mut skeleton = skeleton(boundary);
    let custom = wasm_encoder::CustomSection { name: COMPONENT_TYPE.into(), data: section.as_slice().into() };
    skeleton.section(&custom);
    ComponentEncoder::default().module(&skeleton.finish()).ok()?.encode().ok()?;
    Some(section)
}

/// Whether instantiation can come to a function that is not there yet in a component as wit-component makes
/// it: that gives the module its memory's lowered imports, and the resource types their destructors, only
/// when the module has been instantiated, with its start function.
fn starts_too_early(plan: &Plan<'_>, boundary: &Boundary) -> bool {
    let mut functions: HashSet<&[Name]> = HashSet::new();
    let mut drops: HashSet<ResourceId> = HashSet::new();
    for import in &boundary.imports {
        match &import.kind {
            ImportKind::Func { path, .. } if needs_core(&import.kind) => drop(functions.insert(path)),
            ImportKind::ResourceDrop(nth) => {
                let resource = boundary.resources.get(*nth as usize);
                drops.extend(resource.filter(|resource| resource.dtor.is_some()).and_then(|r| r.id));
            }
            _ => {}
        }
    }
    if functions.is_empty() && drops.is_empty() {
        return false;
    }
    let late = |id: &CanonId| match &plan.canons[*id].kind {
        CanonKind::Lower { func: Func::Import(import), .. } => {
            functions.contains(plan.imports[*import].path.as_slice())
        }
        CanonKind::ResourceDrop(resource) => drops.contains(resource),
        _ => false,
    };
    match assemble::at_start(plan) {
        Reach::Unknown => true,
        Reach::Only(canons) => canons.iter().any(late),
    }
}

/// The string encoding, if all functions that pass strings agree on it, and all functions on the
/// memory and on the realloc.
fn common_encoding(boundary: &Boundary) -> Option<wit_component::StringEncoding> {
    let has_string = types_with_strings(boundary);
    let passes_string = |func: &FuncType| {
        let types = func.params.iter().map(|(_, ty)| *ty).chain(func.result);
        types.into_iter().any(|ty| has_string.get(ty as usize) == Some(&true))
    };
    let is = |name: Option<&str>, its: &str| name.is_none_or(|name| name == its);
    if !memories_and_reallocs(boundary).all(|(memory, realloc)| is(memory, MEMORY) && is(realloc, REALLOC)) {
        return None;
    }
    let mut encoding = None;
    for (func, options) in crossing(boundary) {
        let agrees = !passes_string(func)
            || *encoding.get_or_insert(options.string_encoding) == options.string_encoding;
        if !agrees {
            return None;
        }
    }
    Some(match encoding.unwrap_or(StringEncoding::Utf8) {
        StringEncoding::Utf8 => wit_component::StringEncoding::UTF8,
        StringEncoding::Utf16 => wit_component::StringEncoding::UTF16,
        StringEncoding::Latin1Utf16 => wit_component::StringEncoding::CompactUTF16,
    })
}

/// For each type of the boundary, whether there are strings in it. What is inside a type comes
/// before it.
fn types_with_strings(boundary: &Boundary) -> Vec<bool> {
    let mut has_string: Vec<bool> = Vec::new();
    for ty in &boundary.types {
        let inner = |ty: &u32| has_string.get(*ty as usize) == Some(&true);
        let any = match ty {
            ValueType::String => true,
            ValueType::List(ty) | ValueType::FixedList(ty, _) | ValueType::Option(ty) => inner(ty),
            ValueType::Map(key, value) => inner(key) || inner(value),
            ValueType::Record(fields) => fields.iter().any(|(_, ty)| inner(ty)),
            ValueType::Tuple(types) => types.iter().any(inner),
            ValueType::Variant(cases) => cases.iter().filter_map(|(_, ty)| ty.as_ref()).any(inner),
            ValueType::Result { ok, err } => ok.iter().chain(err).any(inner),
            _ => false,
        };
        has_string.push(any);
    }
    has_string
}

/// The functions that are lowered or lifted.
fn crossing(boundary: &Boundary) -> impl Iterator<Item = (&FuncType, &Options)> {
    let imports = boundary.imports.iter().filter_map(|import| match &import.kind {
        ImportKind::Func { func, options, .. } => Some((func, options)),
        _ => None,
    });
    imports.chain(boundary.exports.iter().map(|export| (&export.func, &export.options)))
}

/// The memory and the realloc of each definition that has one of them.
fn memories_and_reallocs(boundary: &Boundary) -> impl Iterator<Item = (Option<&str>, Option<&str>)> {
    let imports = boundary.imports.iter().filter_map(|import| match &import.kind {
        ImportKind::Func { options, .. }
        | ImportKind::TaskReturn { options, .. }
        | ImportKind::Channel { options, .. } => {
            Some((options.memory.as_deref(), options.realloc.as_deref()))
        }
        ImportKind::Task { builtin, memory } => {
            Some((memory.as_deref().or(builtin.copies().then_some(MEMORY)), None))
        }
        _ => None,
    });
    let exports = boundary.exports.iter().map(|export| &export.options);
    imports.chain(exports.map(|options| (options.memory.as_deref(), options.realloc.as_deref())))
}

/// A module with the imports and exports of the fused one, and nothing in it.
fn skeleton(boundary: &Boundary) -> Module {
    let (mut types, mut imports, mut functions) =
        (TypeSection::new(), ImportSection::new(), FunctionSection::new());
    let (mut memories, mut exports, mut code) =
        (MemorySection::new(), ExportSection::new(), CodeSection::new());
    for import in &boundary.imports {
        let ty = function_type(&mut types, &import.core);
        imports.import(&import.module, &import.name, EntityType::Function(ty));
    }
    for (index, (name, core)) in (imports.len()..).zip(exported_functions(boundary)) {
        let ty = function_type(&mut types, &core);
        functions.function(ty);
        exports.export(name, ExportKind::Func, index);
        let mut body = Function::new([]);
        body.instructions().unreachable().end();
        code.function(&body);
    }
    if memories_and_reallocs(boundary).any(|(memory, _)| memory.is_some()) {
        let ty =
            MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
        memories.memory(ty);
        exports.export(MEMORY, ExportKind::Memory, 0);
    }
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&memories);
    module.section(&exports).section(&code);
    module
}

fn function_type(types: &mut TypeSection, core: &CoreType) -> u32 {
    let index = types.len();
    let params: Vec<ValType> = core.params.iter().map(|ty| (*ty).into()).collect();
    let results: Vec<ValType> = core.results.iter().map(|ty| (*ty).into()).collect();
    types.ty().function(params, results);
    index
}

/// Every function that the boundary tells as an export of the module.
fn exported_functions(boundary: &Boundary) -> IndexMap<&str, CoreType> {
    use crate::assemble::boundary::CoreValType::I32;
    let mut functions = IndexMap::new();
    for export in &boundary.exports {
        functions.insert(export.export.as_str(), export.core.clone());
        if let Some(post_return) = &export.options.post_return {
            let core = CoreType { params: export.core.results.clone(), results: Vec::new() };
            functions.insert(post_return.as_str(), core);
        }
        if let Some(callback) = &export.options.callback {
            functions.insert(callback.as_str(), CoreType { params: vec![I32; 3], results: vec![I32] });
        }
    }
    for resource in &boundary.resources {
        if let Some(dtor) = &resource.dtor {
            functions.insert(dtor.as_str(), CoreType { params: vec![I32], results: Vec::new() });
        }
    }
    if memories_and_reallocs(boundary).any(|(_, realloc)| realloc.is_some()) {
        functions.insert(REALLOC, CoreType { params: vec![I32; 4], results: vec![I32] });
    }
    functions
}
