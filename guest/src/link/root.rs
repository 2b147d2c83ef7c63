//! The outer boundary of the plan. In: what the root declares to import, and the values that it
//! exports. Out: the plan's imports, imported resources and exports. Not its job: how they are
//! crossed (`assemble`).

use super::evaluator::{Evaluator, Here};
use super::plan::{Export, ExportItem, Func, Import, Resource};
use super::scope::Scope;
use super::values::{Exported, Exports, TypeValue, Value};
use crate::error::{Error, Result};
use crate::ids::{ExportsId, ScopeId};
use crate::name::Name;
use crate::read::limits;
use wasmparser::component_types::ComponentEntityType;
use wasmparser::{ComponentImport, ComponentTypeRef, InstanceTypeDeclaration, TypeBounds};

impl<'t> Evaluator<'t> {
    /// What an import of the root stands for: functions and resources that the host will give.
    pub fn root_import(&mut self, here: Here, import: &'t ComponentImport<'t>) -> Result<Value<'t>> {
        let name = import.name.name;
        let mut path = vec![self.names.shared(name)];
        let value = self
            .imported(here.scope, import.ty, &mut path, here.offset)
            .map_err(|error| error.within(format!("import {name:?}")))?;
        self.root_imports.push((name, value.clone()));
        Ok(value)
    }

    /// A value of the declared type `ty`; `path` is the way to it, for `Import::path`.
    fn imported(
        &mut self,
        scope: ScopeId,
        ty: ComponentTypeRef,
        path: &mut Vec<Name>,
        offset: usize,
    ) -> Result<Value<'t>> {
        Ok(match ty {
            ComponentTypeRef::Func(index) => {
                let ty = self.func_type(scope, index)?;
                self.spend(ty.params.len().saturating_add(path.len()))?;
                Value::Func(Func::Import(self.plan.imports.push(Import { path: path.clone(), ty })))
            }
            ComponentTypeRef::Type(TypeBounds::Eq(index)) => {
                Value::Type(super::scope::at(&self.scopes[scope].types, index, "type")?)
            }
            ComponentTypeRef::Type(TypeBounds::SubResource) => {
                self.spend(path.len())?;
                let resource = Resource::Imported { path: path.clone() };
                Value::Type(TypeValue::Resource(self.plan.resources.push(resource)))
            }
            ComponentTypeRef::Instance(index) => match self.ty(scope, index)? {
                TypeValue::Instance { declarations, outer } => {
                    Value::Instance(self.imported_instance(declarations, outer, path, offset)?)
                }
                _ => return Err(Error::internal(format!("type {index} is no instance type"))),
            },
            ComponentTypeRef::Module(_) => return Err(before_run_time("an imported core module")),
            ComponentTypeRef::Component(_) => return Err(before_run_time("an imported component")),
            ComponentTypeRef::Value(_) => return Err(before_run_time("an imported value")),
        })
    }

    /// Evaluates an instance type whose exports the host will give. Recursion is bounded by the
    /// length of `path`.
    fn imported_instance(
        &mut self,
        declarations: &'t [InstanceTypeDeclaration<'t>],
        outer: ScopeId,
        path: &mut Vec<Name>,
        offset: usize,
    ) -> Result<ExportsId> {
        check_depth(path.len())?;
        let scope = self.scopes.push(Scope { outer: Some(outer), ..Scope::default() });
        let mut exports = Exports::new();
        for declaration in declarations {
            self.spend(1)?;
            match declaration {
                InstanceTypeDeclaration::CoreType(_) => {}
                InstanceTypeDeclaration::Type(ty) => {
                    let ty = self.define_type(scope, ty, offset)?;
                    self.scopes[scope].types.push(ty);
                }
                InstanceTypeDeclaration::Alias(alias) => self.alias(scope, alias)?,
                InstanceTypeDeclaration::Export { name, ty } => {
                    path.push(self.names.shared(name.name));
                    let value = self
                        .imported(scope, *ty, path, offset)
                        .map_err(|error| error.within(format!("export {:?}", name.name)))?;
                    path.pop();
                    exports.insert(name.name, Exported { value: value.clone(), offset });
                    self.scopes[scope].push(value);
                }
            }
        }
        Ok(self.exports.push(exports))
    }

    /// Puts down what the root exports.
    pub fn root_exports(&mut self, exports: &Exports<'t>) -> Result<()> {
        let types = &self.tree.types;
        let visible = |name: &str| types.component_item_for_export(name).map(|item| item.ty);
        self.plan.exports = self.exported(exports, &visible, 0)?;
        Ok(())
    }

    /// `visible` tells what the root's type says of each: an export can be given a type that hides
    /// some of what an instance has. Recursion is bounded by `depth`, and its extent by steps:
    /// instances can be shared, so that the tree of exports can be far larger than the input.
    fn exported(
        &mut self,
        exports: &Exports<'t>,
        visible: &dyn Fn(&str) -> Option<ComponentEntityType>,
        depth: usize,
    ) -> Result<Vec<Export>> {
        check_depth(depth)?;
        let mut list = Vec::with_capacity(exports.len());
        for (name, exported) in exports {
            self.spend(1)?;
            let Some(ty) = visible(name) else { continue };
            let offset = exported.offset;
            let item = self
                .export_item(&exported.value, ty, depth)
                .map_err(|error| error.at(offset).within(format!("export {name:?}")))?;
            list.push(Export { name: self.names.shared(name), item, offset });
        }
        Ok(list)
    }

    fn export_item(
        &mut self,
        value: &Value<'t>,
        ty: ComponentEntityType,
        depth: usize,
    ) -> Result<ExportItem> {
        Ok(match value {
            Value::Func(func) => ExportItem::Func(*func),
            Value::Type(TypeValue::Defined(id)) => ExportItem::Type(*id),
            Value::Type(TypeValue::Resource(id)) => ExportItem::Resource(*id),
            Value::Type(TypeValue::Unsupported(error)) => return Err((**error).clone()),
            Value::Type(_) => ExportItem::OtherType,
            Value::Instance(id) => {
                let ComponentEntityType::Instance(ty) = ty else {
                    return Err(Error::internal("an instance has the type of something else"));
                };
                let ty = &self.tree.types[ty];
                let visible = |name: &str| ty.exports.get(name).map(|item| item.ty);
                let nested = std::mem::take(&mut self.exports[*id]);
                let list = self.exported(&nested, &visible, depth.saturating_add(1));
                self.exports[*id] = nested;
                ExportItem::Instance(list?)
            }
            Value::Component(closure) => {
                let range = self.tree.components[closure.component].range.clone();
                ExportItem::Component { offset: range.start, len: range.len() }
            }
            Value::Module(id) => match self.tree.modules.get(*id) {
                Some(module) => ExportItem::Module { offset: module.offset, len: module.bytes.len() },
                None => return Err(Error::internal("there is no such core module")),
            },
        })
    }
}

fn check_depth(depth: usize) -> Result<()> {
    if depth > limits::COMPONENT_DEPTH {
        return Err(Error::limit("depth of nested instances", limits::COMPONENT_DEPTH as u64));
    }
    Ok(())
}

fn before_run_time(construct: &str) -> Error {
    Error::unsupported(construct).hint("what it is cannot be known before run time")
}
