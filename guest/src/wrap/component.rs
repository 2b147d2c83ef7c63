//! Core module to component. In: the core module, its boundary, the plan and the validator's types
//! of the original. Out: a component with the original's own import and export types. Not its job:
//! how types are written (`types`), how instances are made (`exports`), where the core module's bytes
//! go (`enclose`).

use super::core::{Shim, needs_core};
use super::enclose::{check, enclose};
use super::exports::{InstanceItem, Items, mismatch};
use super::shim::{self, Unstarted};
use super::types::extern_name;
use super::wrapper::{ROOT, Wrapper};
use crate::assemble::boundary::Boundary;
use crate::error::{Code, Error, Result};
use crate::ids::ResourceId;
use crate::link::{Export, ExportItem, Func, Plan, Resource};
use crate::name::{Name, joined};
use std::collections::HashMap;
use wasm_encoder::{ComponentExportKind, ComponentTypeRef, ComponentValType, ExportKind, ValType};
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ComponentFuncTypeId};
use wasmparser::types::TypesRef;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// A component around `core`. In: the core module with what `boundary` says of it, the plan of the
/// component `original` (its bytes), and the validator's types of its root. Out: a valid component
/// whose imports and exports have the original's names and types.
///
/// Errors: `unsupported` for a type that is not written here (docs/LIMITS.md), with its offset in the
/// original; `internal` where the parameters do not belong together.
pub fn component(
    core: Vec<u8>,
    boundary: &Boundary,
    plan: &Plan<'_>,
    types: &wasmparser::types::Types,
    original: &[u8],
) -> Result<Vec<u8>> {
    let (wrapping, start) = around(&core, boundary, plan, types, original)?;
    let (component, module) = enclose(core, start, &wrapping)?;
    check(&component, &module)?;
    Ok(component)
}

/// What `component` puts around `core`: a component that has an empty module in its place. Parameters and
/// errors: those of `component`.
pub fn wrapping(
    core: &[u8],
    boundary: &Boundary,
    plan: &Plan<'_>,
    types: &wasmparser::types::Types,
    original: &[u8],
) -> Result<Vec<u8>> {
    Ok(around(core, boundary, plan, types, original)?.0)
}

fn around(
    core: &[u8],
    boundary: &Boundary,
    plan: &Plan<'_>,
    types: &wasmparser::types::Types,
    original: &[u8],
) -> Result<(Vec<u8>, Option<Unstarted>)> {
    let mut wrapper = Wrapper::new(types.as_ref(), boundary, plan, original);
    wrapper.imports()?;
    wrapper.name_resources()?;
    let slots = wrapper.slots();
    let shim = wrapper.shim(&slots)?;
    wrapper.declare_resources(shim)?;
    // Nothing calls through the shim before the fixup has filled its table.
    let start = if slots.is_empty() { None } else { shim::without_start(core)? };
    wrapper.core_instance(&slots, shim, start.as_ref().map(|start| start.name.as_str()))?;
    wrapper.exports()?;
    Ok((wrapper.encoder.finish()?, start))
}

impl<'a> Wrapper<'a, '_> {
    /// Imports what the original imports.
    fn imports(&mut self) -> Result<()> {
        let types = self.types();
        for name in import_names(self.original)? {
            let item = types.component_item_for_import(name).ok_or_else(|| mismatch(name))?;
            let ty = self.encoder.entity(ROOT, item.ty)?;
            let index = self.encoder.builder(ROOT)?.import(extern_name(name, item), ty);
            let kind = match item.ty {
                ComponentEntityType::Type { created, .. } => {
                    self.encoder.name(ROOT, created, index)?;
                    ComponentExportKind::Type
                }
                ComponentEntityType::Instance(id) => {
                    self.encoder.name_exports(ROOT, id, index, false)?;
                    ComponentExportKind::Instance
                }
                _ => ComponentExportKind::Func,
            };
            self.imported.insert(name.to_string(), (kind, index));
        }
        Ok(())
    }

    /// Finds the imported resource types of the plan among the validator's, by their paths.
    fn name_resources(&mut self) -> Result<()> {
        let types = self.types();
        for (id, resource) in self.plan.resources.iter() {
            if let Resource::Imported { path } = resource {
                let ty = imported_type(types, path).ok_or_else(|| mismatch(&joined(path, "/")))?;
                let index = self.encoder.find_exact(ROOT, ty)?.ok_or_else(|| mismatch(&joined(path, "/")))?;
                self.resource_types.insert(id, index);
            }
        }
        Ok(())
    }

    /// Declares the resource types that the component defines, and names them as it exports them.
    fn declare_resources(&mut self, shim: Option<Shim>) -> Result<()> {
        let boundary = self.boundary;
        let mut slot = boundary.imports.iter().filter(|i| needs_core(&i.kind)).count();
        for resource in boundary.resources.iter().filter(|r| !r.imported) {
            let id = resource.id.ok_or_else(|| Error::internal("a resource type without an id"))?;
            let dtor = match resource.dtor {
                Some(_) => {
                    slot += 1;
                    Some(self.slot(shim, slot - 1)?)
                }
                None => None,
            };
            let index = self.encoder.builder(ROOT)?.type_resource(None, ValType::I32, dtor);
            self.resource_types.insert(id, index);
        }
        let mut found = Vec::new();
        let types = self.types();
        for export in &self.plan.exports {
            let item = types.component_item_for_export(&export.name).ok_or_else(|| mismatch(&export.name))?;
            exported_resources(types, export, item.ty, &mut found)?;
        }
        let mut abstract_types = HashMap::new();
        for (id, created, offset) in found {
            let index = match self.resource_types.get(&id) {
                Some(index) => *index,
                // No function mentions it.
                None => self.encoder.builder(ROOT)?.type_resource(None, ValType::I32, None),
            };
            self.resource_types.insert(id, index);
            if let ComponentAnyTypeId::Resource(resource) = created {
                let resource = resource.resource();
                if *abstract_types.entry(id).or_insert(resource) != resource {
                    return Err(Error::unsupported("one resource type exported as two types").at(offset));
                }
            }
            if let Some(Resource::Imported { .. }) = self.plan.resources.get(id) {
                if self.encoder.find(ROOT, created)?.is_none() {
                    let what = "an imported resource type exported as a type of its own";
                    return Err(Error::unsupported(what).at(offset));
                }
            } else if self.encoder.find_exact(ROOT, created)?.is_none() {
                self.encoder.declare(ROOT, created, index)?;
            }
        }
        Ok(())
    }

    /// Exports what the original exports.
    fn exports(&mut self) -> Result<()> {
        let types = self.types();
        for export in &self.plan.exports {
            let name = &*export.name;
            let item = types.component_item_for_export(name).ok_or_else(|| mismatch(name))?;
            let extern_name = extern_name(name, item);
            let prepared = self.item(&mut vec![export.name.clone()], export, item.ty)?;
            match (item.ty, prepared) {
                (ComponentEntityType::Func(id), InstanceItem::Func(index)) => {
                    let ty = ComponentTypeRef::Func(self.encoder.ty(ROOT, id.into())?);
                    let builder = self.encoder.builder(ROOT)?;
                    builder.export(extern_name, ComponentExportKind::Func, index, Some(ty));
                }
                (ComponentEntityType::Instance(id), InstanceItem::Instance(items)) => {
                    let index = self.encoder.instance(ROOT, id, &items)?;
                    let builder = self.encoder.builder(ROOT)?;
                    let index = builder.export(extern_name, ComponentExportKind::Instance, index, None);
                    self.encoder.name_exports(ROOT, id, index, true)?;
                }
                (ComponentEntityType::Type { referenced, created }, InstanceItem::Type { known }) => {
                    let index = self.encoder.type_to_export(ROOT, referenced, created, known)?;
                    let builder = self.encoder.builder(ROOT)?;
                    let index = builder.export(extern_name, ComponentExportKind::Type, index, None);
                    self.encoder.name(ROOT, created, index)?;
                }
                (ComponentEntityType::Module(_), InstanceItem::Module(index)) => {
                    let builder = self.encoder.builder(ROOT)?;
                    builder.export(extern_name, ComponentExportKind::Module, index, None);
                }
                (ComponentEntityType::Component(_), InstanceItem::Component(index)) => {
                    let builder = self.encoder.builder(ROOT)?;
                    builder.export(extern_name, ComponentExportKind::Component, index, None);
                }
                _ => return Err(mismatch(name)),
            }
        }
        Ok(())
    }

    /// Prepares what is exported at `path`.
    fn item(
        &mut self,
        path: &mut Vec<Name>,
        export: &Export,
        ty: ComponentEntityType,
    ) -> Result<InstanceItem> {
        let types = self.types();
        Ok(match (&export.item, ty) {
            (ExportItem::Func(func), ComponentEntityType::Func(id)) => {
                InstanceItem::Func(self.exported_func(path, *func, id)?)
            }
            (ExportItem::Instance(exports), ComponentEntityType::Instance(id)) => {
                let mut items = Items::new();
                for export in exports {
                    let item = types[id].exports.get(&*export.name).ok_or_else(|| mismatch(&export.name))?;
                    path.push(export.name.clone());
                    items.insert(export.name.to_string(), self.item(path, export, item.ty)?);
                    path.pop();
                }
                InstanceItem::Instance(items)
            }
            (ExportItem::Module { offset, len }, _) => {
                let bytes = self.nested(*offset, *len)?;
                InstanceItem::Module(self.encoder.builder(ROOT)?.core_module_raw(None, bytes))
            }
            (ExportItem::Component { offset, len }, _) => {
                let bytes = self.nested(*offset, *len)?;
                if Validator::new_with_features(WasmFeatures::all()).validate_all(bytes).is_err() {
                    let what = "a component that is exported and refers to what is around it";
                    return Err(Error::unsupported(what).at(export.offset));
                }
                InstanceItem::Component(self.encoder.builder(ROOT)?.component_raw(None, bytes))
            }
            (
                ExportItem::Resource(_) | ExportItem::Type(_) | ExportItem::OtherType,
                ComponentEntityType::Type { created, .. },
            ) => InstanceItem::Type { known: self.encoder.is_read(ROOT, created) },
            _ => return Err(mismatch(&export.name)),
        })
    }

    fn nested(&self, offset: usize, len: usize) -> Result<&'a [u8]> {
        let end = offset.checked_add(len);
        let bytes = end.and_then(|end| self.original.get(offset..end));
        bytes.ok_or_else(|| Error::internal("a nested definition out of bounds"))
    }

    /// The function that is exported at `path`: lifted, or passed on as it is imported.
    fn exported_func(&mut self, path: &[Name], func: Func, id: ComponentFuncTypeId) -> Result<u32> {
        if let Func::Import(import) = func {
            let import = self.plan.imports.get(import).ok_or_else(|| Error::internal("an unknown import"))?;
            return self.imported_func(&import.path);
        }
        let export = *self.lifted.get(path).ok_or_else(|| mismatch(&joined(path, "/")))?;
        let core = self.core_export(ExportKind::Func, &export.export)?;
        let options = self.options(&export.options)?;
        let ty = self.encoder.ty(ROOT, id.into())?;
        Ok(self.encoder.builder(ROOT)?.lift_func(None, core, ty, options))
    }
}

impl Wrapper<'_, '_> {
    /// The type of the result of the function that is exported at `path`.
    pub(super) fn exported_result(&mut self, path: &[Name]) -> Result<Option<ComponentValType>> {
        let types = self.types();
        let unknown = || mismatch(&joined(path, "/"));
        let (first, rest) = path.split_first().ok_or_else(unknown)?;
        let mut ty = types.component_item_for_export(first).ok_or_else(unknown)?.ty;
        for name in rest {
            let ComponentEntityType::Instance(id) = ty else { return Err(unknown()) };
            ty = types[id].exports.get(&**name).ok_or_else(unknown)?.ty;
        }
        let ComponentEntityType::Func(id) = ty else { return Err(unknown()) };
        types[id].result.map(|ty| self.encoder.val_type(ROOT, ty)).transpose()
    }
}

/// The names of the root's imports, in order.
fn import_names(original: &[u8]) -> Result<Vec<&str>> {
    let mut names = Vec::new();
    let mut depth = 0usize;
    for payload in Parser::new(0).parse_all(original) {
        match payload.map_err(malformed)? {
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    names.push(import.map_err(malformed)?.name.name);
                }
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(names)
}

fn malformed(error: wasmparser::Error) -> Error {
    Error::new(Code::Malformed, error.message().to_string())
}

/// The resource type that is imported at `path`.
fn imported_type(types: TypesRef<'_>, path: &[Name]) -> Option<ComponentAnyTypeId> {
    let (first, rest) = path.split_first()?;
    let mut ty = types.component_item_for_import(first)?.ty;
    for name in rest {
        let ComponentEntityType::Instance(id) = ty else { return None };
        ty = types.get(id)?.exports.get(&**name)?.ty;
    }
    match ty {
        ComponentEntityType::Type { created, .. } => Some(created),
        _ => None,
    }
}

/// Every resource type that is exported: the plan's id, the validator's id, and where.
fn exported_resources(
    types: TypesRef<'_>,
    export: &Export,
    ty: ComponentEntityType,
    found: &mut Vec<(ResourceId, ComponentAnyTypeId, usize)>,
) -> Result<()> {
    match (&export.item, ty) {
        (ExportItem::Resource(id), ComponentEntityType::Type { created, .. }) => {
            found.push((*id, created, export.offset));
        }
        (ExportItem::Instance(exports), ComponentEntityType::Instance(id)) => {
            for export in exports {
                let item = types[id].exports.get(&*export.name).ok_or_else(|| mismatch(&export.name))?;
                exported_resources(types, export, item.ty, found)?;
            }
        }
        _ => {}
    }
    Ok(())
}
