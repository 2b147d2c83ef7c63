//! Component instances. In: `instance`, `import` and `export` definitions. Out: entries of index
//! spaces, and component instances of the plan. Not its job: what the root imports and exports
//! (`root`).

use super::evaluator::{Activation, Evaluator, Here};
use super::plan::Instance;
use super::scope::{Scope, at};
use super::values::{Closure, Exported, Exports, Value};
use crate::error::{Error, Result};
use crate::ids::{Id, InstanceId, ScopeId};
use crate::read::limits;
use std::collections::HashMap;
use wasmparser::{
    ComponentExport, ComponentExternalKind, ComponentImport, ComponentInstance, ComponentInstantiationArg,
};

impl<'t> Evaluator<'t> {
    /// Explainer.md, "Instance Definitions".
    pub fn instance(&mut self, here: Here, instance: &'t ComponentInstance<'t>) -> Result<()> {
        match instance {
            ComponentInstance::Instantiate { component_index, args } => {
                self.instantiate(here, *component_index, args)
            }
            ComponentInstance::FromExports(exports) => {
                let exports = self.inline_exports(here, exports)?;
                let id = self.exports.push(exports);
                self.scopes[here.scope].instances.push(id);
                Ok(())
            }
        }
    }

    fn instantiate(
        &mut self,
        here: Here,
        component: u32,
        args: &'t [ComponentInstantiationArg<'t>],
    ) -> Result<()> {
        let closure = at(&self.scopes[here.scope].components, component, "component")?;
        let mut arguments = HashMap::with_capacity(args.len());
        for arg in args {
            self.spend(1)?;
            arguments.insert(arg.name, self.value(here.scope, arg.kind, arg.index)?);
        }
        let label = self.instance_label(here, closure.component);
        self.enter(closure, arguments, Some(here.instance), label)
    }

    /// Begins to instantiate a component.
    pub fn enter(
        &mut self,
        closure: Closure,
        arguments: HashMap<&'t str, Value<'t>>,
        parent: Option<InstanceId>,
        label: String,
    ) -> Result<()> {
        if self.plan.instances.len() >= limits::INSTANCES {
            return Err(Error::limit("component instances", limits::INSTANCES as u64));
        }
        let instance = self.plan.instances.push(Instance { parent, label });
        let scope = Scope { outer: closure.outer, instance: Some(instance), ..Scope::default() };
        let scope = self.scopes.push(scope);
        self.stack.push(Activation::new(closure.component, instance, scope, arguments));
        Ok(())
    }

    /// Ends the innermost instantiation: its exports are an instance of what is around it.
    pub fn leave(&mut self) -> Result<()> {
        let done = self.stack.pop().ok_or_else(|| Error::internal("no component is being instantiated"))?;
        match self.stack.last() {
            Some(outer) => {
                let outer = outer.scope;
                let id = self.exports.push(done.exports);
                self.scopes[outer].instances.push(id);
                Ok(())
            }
            None => self.root_exports(&done.exports),
        }
    }

    fn inline_exports(&mut self, here: Here, exports: &'t [ComponentExport<'t>]) -> Result<Exports<'t>> {
        let mut map = Exports::with_capacity(exports.len());
        for export in exports {
            self.spend(1)?;
            let value = self.value(here.scope, export.kind, export.index)?;
            map.insert(export.name.name, Exported { value, offset: here.offset });
        }
        Ok(map)
    }

    /// Explainer.md, "Import and Export Definitions".
    pub fn import(&mut self, here: Here, import: &'t ComponentImport<'t>) -> Result<()> {
        let name = import.name.name;
        let top = self.stack.last().ok_or_else(|| Error::internal("no component is being instantiated"))?;
        let value = if top.instance == InstanceId::from_index(0) {
            self.root_import(here, import)?
        } else {
            let value = top.arguments.get(name).cloned();
            value.ok_or_else(|| Error::internal(format!("there is no argument {name:?}")))?
        };
        self.scopes[here.scope].push(value);
        Ok(())
    }

    /// An export is a new entry of the index space, too. A type ascribed to it does not change what
    /// it is.
    pub fn export(&mut self, here: Here, export: &'t ComponentExport<'t>) -> Result<()> {
        let value = self.value(here.scope, export.kind, export.index)?;
        let top =
            self.stack.last_mut().ok_or_else(|| Error::internal("no component is being instantiated"))?;
        top.exports.insert(export.name.name, Exported { value: value.clone(), offset: here.offset });
        self.scopes[here.scope].push(value);
        Ok(())
    }

    fn value(&self, scope: ScopeId, kind: ComponentExternalKind, index: u32) -> Result<Value<'t>> {
        let scope = &self.scopes[scope];
        Ok(match kind {
            ComponentExternalKind::Module => Value::Module(at(&scope.modules, index, "core module")?),
            ComponentExternalKind::Func => Value::Func(at(&scope.funcs, index, "function")?),
            ComponentExternalKind::Value => return Err(Error::unsupported("a component value")),
            ComponentExternalKind::Type => Value::Type(at(&scope.types, index, "type")?),
            ComponentExternalKind::Instance => Value::Instance(at(&scope.instances, index, "instance")?),
            ComponentExternalKind::Component => Value::Component(at(&scope.components, index, "component")?),
        })
    }
}
