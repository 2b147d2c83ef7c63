//! Index spaces. In: values, in the order of their definitions. Out: the value at an index. Not
//! its job: making values. Validation has checked every index, so a miss is a defect.

use super::plan::{CoreDef, Func};
use super::values::{Closure, CoreInstanceValue, TypeValue, Value};
use crate::error::{Error, Result};
use crate::ids::{ExportsId, InstanceId, ModuleId, ScopeId};
use crate::read::CoreSort;

/// The index spaces of one component instance, or of one instance type while it is evaluated.
#[derive(Debug, Default)]
pub struct Scope<'t> {
    /// The scope around it: the next one out, to an outer alias.
    pub outer: Option<ScopeId>,
    /// The component instance; none for an instance type.
    pub instance: Option<InstanceId>,
    pub core: [Vec<CoreDef>; 5],
    pub core_instances: Vec<CoreInstanceValue>,
    pub modules: Vec<ModuleId>,
    pub funcs: Vec<Func>,
    pub types: Vec<TypeValue<'t>>,
    pub components: Vec<Closure>,
    pub instances: Vec<ExportsId>,
}

impl<'t> Scope<'t> {
    /// The index space of one core sort.
    pub fn core(&self, sort: CoreSort) -> &Vec<CoreDef> {
        let [funcs, tables, memories, globals, tags] = &self.core;
        match sort {
            CoreSort::Func => funcs,
            CoreSort::Table => tables,
            CoreSort::Memory => memories,
            CoreSort::Global => globals,
            CoreSort::Tag => tags,
        }
    }

    pub fn push_core(&mut self, sort: CoreSort, def: CoreDef) {
        let [funcs, tables, memories, globals, tags] = &mut self.core;
        match sort {
            CoreSort::Func => funcs,
            CoreSort::Table => tables,
            CoreSort::Memory => memories,
            CoreSort::Global => globals,
            CoreSort::Tag => tags,
        }
        .push(def);
    }

    /// Adds a value to the index space of its sort.
    pub fn push(&mut self, value: Value<'t>) {
        match value {
            Value::Func(func) => self.funcs.push(func),
            Value::Type(ty) => self.types.push(ty),
            Value::Instance(exports) => self.instances.push(exports),
            Value::Component(closure) => self.components.push(closure),
            Value::Module(module) => self.modules.push(module),
        }
    }
}

/// The value at `index`; `what` names the index space. Errors: `Internal` where there is none.
pub fn at<T: Clone>(space: &[T], index: u32, what: &str) -> Result<T> {
    space.get(index as usize).cloned().ok_or_else(|| Error::internal(format!("there is no {what} {index}")))
}
