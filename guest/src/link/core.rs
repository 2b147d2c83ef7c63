//! Core instances. In: `core instance` definitions. Out: core instances of the plan, whose imports
//! are resolved to definitions. Not its job: canonical definitions (`canon`).

use super::evaluator::{Evaluator, Here};
use super::plan::{CoreDef, CoreInstance};
use super::scope::at;
use super::values::{CoreInstanceValue, InlineExports};
use crate::error::{Error, Result};
use crate::ids::CoreInstanceId;
use crate::read::{CoreSort, Module, limits};
use std::collections::HashMap;
use wasmparser::{Export, Instance, InstantiationArg, MemoryType};

impl<'t> Evaluator<'t> {
    /// Explainer.md, "Instance Definitions".
    pub fn core_instance(&mut self, here: Here, instance: &'t Instance<'t>) -> Result<()> {
        let value = match instance {
            Instance::Instantiate { module_index, args } => {
                self.core_instantiate(here, *module_index, args)?
            }
            Instance::FromExports(exports) => self.core_inline(here, exports)?,
        };
        self.scopes[here.scope].core_instances.push(value);
        Ok(())
    }

    fn core_inline(&mut self, here: Here, exports: &'t [Export<'t>]) -> Result<CoreInstanceValue> {
        let mut map = InlineExports::with_capacity(exports.len());
        for export in exports {
            self.spend(1)?;
            let sort = CoreSort::from(export.kind);
            let def = at(self.scopes[here.scope].core(sort), export.index, "core item")?;
            map.insert(export.name, (sort, def));
        }
        Ok(CoreInstanceValue::Inline(self.inline.push(map)))
    }

    fn core_instantiate(
        &mut self,
        here: Here,
        module: u32,
        args: &'t [InstantiationArg<'t>],
    ) -> Result<CoreInstanceValue> {
        let id = at(&self.scopes[here.scope].modules, module, "core module")?;
        let arguments = self.core_arguments(here, args)?;
        let module = self.modules[id].module;
        self.core_budget(module)?;
        let mut imports = Vec::with_capacity(module.imports.len());
        for import in &module.imports {
            self.spend(1)?;
            let instance = arguments.get(import.module).copied();
            let instance = instance
                .ok_or_else(|| Error::internal(format!("there is no core argument {:?}", import.module)))?;
            let (sort, def) = self.core_export(instance, import.name)?;
            if sort != CoreSort::from(import.ty) {
                return Err(Error::internal(format!("core argument {:?} has another sort", import.name)));
            }
            imports.push(def);
        }
        let label = self.core_label(here, id);
        let instance = CoreInstance { module: id, imports, start: None, owner: here.instance, label };
        let instance = self.plan.core_instances.push(instance);
        if let Some(start) = module.start {
            self.plan.core_instances[instance].start =
                Some(self.core_item(instance, CoreSort::Func, start)?);
        }
        Ok(CoreInstanceValue::Module(instance))
    }

    fn core_arguments(
        &mut self,
        here: Here,
        args: &'t [InstantiationArg<'t>],
    ) -> Result<HashMap<&'t str, CoreInstanceValue>> {
        let mut arguments = HashMap::with_capacity(args.len());
        for arg in args {
            self.spend(1)?;
            let instance = at(&self.scopes[here.scope].core_instances, arg.index, "core instance")?;
            arguments.insert(arg.name, instance);
        }
        Ok(arguments)
    }

    fn core_budget(&mut self, module: &Module<'_>) -> Result<()> {
        if self.plan.core_instances.len() >= limits::CORE_INSTANCES {
            return Err(Error::limit("core instances", limits::CORE_INSTANCES as u64));
        }
        self.merged_bytes = self.merged_bytes.saturating_add(module.bytes.len());
        if self.merged_bytes > limits::MERGED_BYTES {
            return Err(Error::limit(
                "bytes of core modules, over all instances",
                limits::MERGED_BYTES as u64,
            ));
        }
        Ok(())
    }

    /// The definition behind an export of a core instance.
    pub fn core_export(&self, instance: CoreInstanceValue, name: &str) -> Result<(CoreSort, CoreDef)> {
        let missing = || Error::internal(format!("there is no core export {name:?}"));
        let instance = match instance {
            CoreInstanceValue::Inline(id) => {
                return self.inline[id].get(name).copied().ok_or_else(missing);
            }
            CoreInstanceValue::Module(instance) => instance,
        };
        let module = self.plan.core_instances[instance].module;
        let (sort, index) = self.modules[module].export(name).ok_or_else(missing)?;
        Ok((sort, self.core_item(instance, sort, index)?))
    }

    /// The definition that an index of a core instance's module means.
    fn core_item(&self, instance: CoreInstanceId, sort: CoreSort, index: u32) -> Result<CoreDef> {
        let CoreInstance { module, imports, .. } = &self.plan.core_instances[instance];
        // What the module imports is defined elsewhere.
        match self.modules[*module].imported(sort).get(index as usize) {
            Some(import) => {
                let def = imports.get(*import).copied();
                def.ok_or_else(|| Error::internal("a core instance has too few imports"))
            }
            None => Ok(CoreDef::Item { instance, sort, index }),
        }
    }

    /// The type of a memory.
    pub fn memory_type(&self, memory: CoreDef) -> Result<&MemoryType> {
        let missing = || Error::internal("a memory that no module defines");
        let CoreDef::Item { instance, sort: CoreSort::Memory, index } = memory else { return Err(missing()) };
        let module = self.plan.core_instances[instance].module;
        self.modules[module].memory(index).ok_or_else(missing)
    }
}
