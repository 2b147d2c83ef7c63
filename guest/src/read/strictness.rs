//! Valid components that wasmparser 0.258 refuses. In: its error, with the section and the types so
//! far. Out: the error to report where the specification takes what wasmparser does not. Not its
//! job: any other error, and whether the rest of the component is valid.

use super::module::malformed;
use crate::error::{Error, Result, shown};
use wasmparser::component_types::ComponentAnyTypeId;
use wasmparser::types::{CoreTypeId, EntityType, TypesRef};
use wasmparser::{
    AbstractHeapType, ComponentExport, ComponentExternalKind, ComponentTypeRef, CompositeInnerType,
    FromReader, GlobalType, HeapType, Instance, InstantiationArg, Payload, RefType, SectionLimited,
    TypeBounds, ValType,
};

/// Errors: `Unsupported`, with the offset of the definition. None: the input is not valid.
pub(super) fn explain(
    error: &wasmparser::Error,
    types: TypesRef<'_>,
    payload: &Payload<'_>,
) -> Option<Error> {
    let explained = match payload {
        Payload::ComponentExportSection(section) => ascription(types, &item(section, error.offset()).ok()??),
        Payload::InstanceSection(section) => match item(section, error.offset()).ok()?? {
            Instance::Instantiate { module_index, args }
                if error.message().contains("expected global type") =>
            {
                global(types, module_index, &args)
            }
            _ => None,
        },
        _ => None,
    };
    explained.map(|explained| explained.at(error.offset() as usize))
}

fn item<'a, T: FromReader<'a>>(section: &SectionLimited<'a, T>, offset: u64) -> Result<Option<T>> {
    for item in section.clone().into_iter_with_offsets() {
        let (start, item) = item.map_err(malformed)?;
        if start == offset {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// Every resource type is one of `(sub resource)`, and the export a new type (Explainer.md, "Type
/// Checking"). wasmparser makes the new type first, and then finds that the two are not the same;
/// nothing of the export but its index is looked at earlier.
fn ascription(types: TypesRef<'_>, export: &ComponentExport<'_>) -> Option<Error> {
    let ComponentExport { kind: ComponentExternalKind::Type, index, ty, .. } = export else { return None };
    let written = matches!(ty, Some(ComponentTypeRef::Type(TypeBounds::SubResource)));
    let resource = *index < types.component_type_count()
        && matches!(types.component_any_type_at(*index), ComponentAnyTypeId::Resource(_));
    (written && resource).then(|| {
        Error::unsupported("a resource type exported with the type `(sub resource)` written out")
            .hint("leave the written type out, if the export may be the same type as others")
    })
}

/// A constant global may be imported as one of a supertype (core specification, "Matching": "Global
/// Types"); wasmparser wants the types to be equal. It compares imports in their order, so the first
/// global whose type is another one is the one that it means.
fn global(types: TypesRef<'_>, module: u32, args: &[InstantiationArg<'_>]) -> Option<Error> {
    if module >= types.module_count() {
        return None;
    }
    for ((module, name), wanted) in &types[types.module_at(module)].imports {
        let arg = args.iter().find(|arg| arg.name == module.as_str())?;
        if arg.index >= types.core_instance_count() {
            return None;
        }
        let given = types[types.core_instance_at(arg.index)].exports(types).get(name)?;
        let (EntityType::Global(given), EntityType::Global(wanted)) = (given, wanted) else { continue };
        if given.content_type != wanted.content_type {
            return global_matches(types, given, wanted).then(|| {
                let (module, name) = (shown(module), shown(name));
                let what = format!("the import `{module}` `{name}` of a global as one of a supertype");
                Error::unsupported(what).hint("import the global with the type that it is defined with")
            });
        }
    }
    None
}

fn global_matches(types: TypesRef<'_>, given: &GlobalType, wanted: &GlobalType) -> bool {
    let constant = !given.mutable && !wanted.mutable && given.shared == wanted.shared;
    match (given.content_type, wanted.content_type) {
        (ValType::Ref(given), ValType::Ref(wanted)) => constant && ref_matches(types, given, wanted),
        _ => false,
    }
}

/// Core specification, "Matching": "Reference Types" and "Heap Types".
fn ref_matches(types: TypesRef<'_>, a: RefType, b: RefType) -> bool {
    use HeapType as H;
    if a.is_nullable() && !b.is_nullable() {
        return false;
    }
    let defined = |index: wasmparser::UnpackedIndex| {
        let id = index.as_core_type_id()?;
        Some((id, sort(types, id)?, types.get(id)?.composite_type.shared))
    };
    match (a.heap_type(), b.heap_type()) {
        (a, b) if a == b => true,
        (H::Abstract { shared, ty: a }, H::Abstract { shared: b_shared, ty: b }) => {
            shared == b_shared && abstract_matches(a, b)
        }
        (H::Concrete(a) | H::Exact(a), H::Abstract { shared, ty }) => {
            defined(a).is_some_and(|(_, sort, a_shared)| a_shared == shared && abstract_matches(sort, ty))
        }
        (H::Abstract { shared, ty }, H::Concrete(b)) => defined(b).is_some_and(|(_, sort, b_shared)| {
            ty != sort && b_shared == shared && abstract_matches(ty, sort)
        }),
        (H::Concrete(a) | H::Exact(a), H::Concrete(b)) => match (defined(a), defined(b)) {
            (Some((a, ..)), Some((b, ..))) => {
                std::iter::successors(Some(a), |id| types.supertype_of(*id)).any(|id| id == b)
            }
            _ => false,
        },
        (_, H::Exact(_)) => false,
    }
}

/// The abstract type right above a defined type.
fn sort(types: TypesRef<'_>, id: CoreTypeId) -> Option<AbstractHeapType> {
    match types.get(id)?.composite_type.inner {
        CompositeInnerType::Func(_) => Some(AbstractHeapType::Func),
        CompositeInnerType::Array(_) => Some(AbstractHeapType::Array),
        CompositeInnerType::Struct(_) => Some(AbstractHeapType::Struct),
        CompositeInnerType::Cont(_) => Some(AbstractHeapType::Cont),
    }
}

fn abstract_matches(a: AbstractHeapType, b: AbstractHeapType) -> bool {
    use AbstractHeapType as A;
    a == b
        || matches!(
            (a, b),
            (A::Eq | A::I31 | A::Struct | A::Array | A::None, A::Any)
                | (A::I31 | A::Struct | A::Array | A::None, A::Eq)
                | (A::None, A::I31 | A::Struct | A::Array)
                | (A::NoFunc, A::Func)
                | (A::NoExtern, A::Extern)
                | (A::NoExn, A::Exn)
                | (A::NoCont, A::Cont)
        )
}
