//! Whether a core module still fits what it was fused to. In: the validator's types of the module, and the
//! boundary that it carries. Out: nothing, or an error that names the import or export. Not its job: whether
//! what is around it fits (the validator tells, in `again`).

use crate::assemble::boundary::{Boundary, CoreType, CoreValType, ImportKind, Options};
use crate::error::{Code, Error, Result, shown};
use indexmap::IndexMap;
use std::collections::HashMap;
use wasmparser::types::{EntityType, TypesRef};
use wasmparser::{CompositeInnerType, FuncType, ValType};

/// What an export was when the module was fused.
enum Expected {
    /// A function, of this type where the boundary tells it.
    Func(Option<CoreType>),
    Memory,
}

/// Checks that `module` imports nothing else than it did, that its exports are all there, and that each has its
/// type. What is no longer imported, and what else is exported, does not matter.
///
/// Errors: `invalid`, with the name.
pub(super) fn check(module: TypesRef<'_>, boundary: &Boundary) -> Result<()> {
    let known: HashMap<_, _> = boundary
        .imports
        .iter()
        .map(|import| ((import.module.as_str(), import.name.as_str()), &import.core))
        .collect();
    for (space, name, ty) in module.core_imports().into_iter().flatten() {
        let what = || format!("the import \"{}\" \"{}\"", shown(space), shown(name));
        match known.get(&(space, name)) {
            None => return Err(changed(format!("{} is new since the module was fused", what()))),
            Some(core) => fits(module, ty, &Expected::Func(Some((*core).clone())), what)?,
        }
    }
    let there: HashMap<_, _> = module.core_exports().into_iter().flatten().collect();
    for (name, expected) in expected(boundary) {
        let what = || format!("the export \"{}\"", shown(name));
        match there.get(name) {
            None => {
                return Err(changed(format!(
                    "{} is missing, which the module had when it was fused",
                    what()
                )));
            }
            Some(ty) => fits(module, *ty, &expected, what)?,
        }
    }
    Ok(())
}

/// Every export that the boundary names.
fn expected(boundary: &Boundary) -> IndexMap<&str, Expected> {
    let mut expected = IndexMap::new();
    let func = |params: &[CoreValType], results: &[CoreValType]| {
        Expected::Func(Some(CoreType { params: params.to_vec(), results: results.to_vec() }))
    };
    use CoreValType::I32;
    for export in &boundary.exports {
        expected.insert(export.export.as_str(), Expected::Func(Some(export.core.clone())));
        options(&export.options, &mut expected);
        if let Some(post_return) = &export.options.post_return {
            expected.insert(post_return.as_str(), func(&export.core.results, &[]));
        }
        if let Some(callback) = &export.options.callback {
            expected.insert(callback.as_str(), func(&[I32; 3], &[I32]));
        }
    }
    for import in &boundary.imports {
        match &import.kind {
            ImportKind::Func { options: o, .. } | ImportKind::TaskReturn { options: o, .. } => {
                options(o, &mut expected);
            }
            ImportKind::Task { memory: Some(memory), .. } => {
                expected.insert(memory.as_str(), Expected::Memory);
            }
            _ => {}
        }
    }
    for dtor in boundary.resources.iter().filter_map(|resource| resource.dtor.as_ref()) {
        expected.insert(dtor.as_str(), func(&[I32], &[]));
    }
    expected
}

fn options<'b>(options: &'b Options, expected: &mut IndexMap<&'b str, Expected>) {
    if let Some(memory) = &options.memory {
        expected.insert(memory.as_str(), Expected::Memory);
    }
    if let Some(realloc) = &options.realloc {
        // Its type is that of the memory's addresses.
        expected.insert(realloc.as_str(), Expected::Func(None));
    }
}

fn fits(module: TypesRef<'_>, ty: EntityType, expected: &Expected, what: impl Fn() -> String) -> Result<()> {
    let was = match expected {
        Expected::Func(_) => "a function",
        Expected::Memory => "a memory",
    };
    match (ty, expected) {
        (EntityType::Memory(_), Expected::Memory) => Ok(()),
        (EntityType::Func(id) | EntityType::FuncExact(id), Expected::Func(core)) => {
            let CompositeInnerType::Func(func) = &module[id].composite_type.inner else {
                return Err(Error::internal("a function whose type is none"));
            };
            match core {
                Some(core) if !equal(func, core) => {
                    let (is, was) = (signature(func.params(), func.results()), core_signature(core));
                    Err(changed(format!("{} is {is}, and was {was} when the module was fused", what())))
                }
                _ => Ok(()),
            }
        }
        _ => Err(changed(format!("{} is {}, and was {was} when the module was fused", what(), kind(ty)))),
    }
}

fn equal(func: &FuncType, core: &CoreType) -> bool {
    let same = |types: &[ValType], core: &[CoreValType]| {
        types.iter().copied().eq(core.iter().map(|ty| val_type(*ty)))
    };
    same(func.params(), &core.params) && same(func.results(), &core.results)
}

fn val_type(ty: CoreValType) -> ValType {
    match ty {
        CoreValType::I32 => ValType::I32,
        CoreValType::I64 => ValType::I64,
        CoreValType::F32 => ValType::F32,
        CoreValType::F64 => ValType::F64,
    }
}

fn core_signature(core: &CoreType) -> String {
    let types = |types: &[CoreValType]| types.iter().map(|ty| val_type(*ty)).collect::<Vec<_>>();
    signature(&types(&core.params), &types(&core.results))
}

fn signature(params: &[ValType], results: &[ValType]) -> String {
    let list = |types: &[ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!("({}) -> ({})", list(params), list(results))
}

fn kind(ty: EntityType) -> &'static str {
    match ty {
        EntityType::Func(_) | EntityType::FuncExact(_) => "a function",
        EntityType::Table(_) => "a table",
        EntityType::Memory(_) => "a memory",
        EntityType::Global(_) => "a global",
        EntityType::Tag(_) => "a tag",
    }
}

fn changed(message: String) -> Error {
    Error::new(Code::Invalid, message)
}
