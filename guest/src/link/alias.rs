//! Aliases. In: `alias` definitions of a component or of an instance type. Out: entries of index
//! spaces, each of which is what the alias stands for: in the plan there are none. Not its job: making
//! anything new.

use super::evaluator::Evaluator;
use super::scope::at;
use super::values::Value;
use crate::error::{Error, Result};
use crate::ids::ScopeId;
use crate::read::CoreSort;
use wasmparser::{ComponentAlias, ComponentExternalKind, ComponentOuterAliasKind};

impl<'t> Evaluator<'t> {
    /// Explainer.md, "Alias Definitions"; also inside an instance type.
    pub fn alias(&mut self, scope: ScopeId, alias: &'t ComponentAlias<'t>) -> Result<()> {
        match *alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                let instance = at(&self.scopes[scope].instances, instance_index, "instance")?;
                if kind == ComponentExternalKind::Value {
                    return Err(Error::unsupported("a component value"));
                }
                let exported = self.exports[instance].get(name);
                let value = exported.map(|exported| exported.value.clone());
                let value = value.ok_or_else(|| Error::internal(format!("there is no export {name:?}")))?;
                self.scopes[scope].push(value);
            }
            ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                let instance = at(&self.scopes[scope].core_instances, instance_index, "core instance")?;
                let (_, def) = self.core_export(instance, name)?;
                self.scopes[scope].push_core(CoreSort::from(kind), def);
            }
            ComponentAlias::Outer { kind, count, index } => {
                let outer = self.outer(scope, count)?;
                let from = &self.scopes[outer];
                let value = match kind {
                    ComponentOuterAliasKind::CoreType => return Ok(()),
                    ComponentOuterAliasKind::CoreModule => {
                        Value::Module(at(&from.modules, index, "core module")?)
                    }
                    ComponentOuterAliasKind::Type => Value::Type(at(&from.types, index, "type")?),
                    ComponentOuterAliasKind::Component => {
                        Value::Component(at(&from.components, index, "component")?)
                    }
                };
                self.scopes[scope].push(value);
            }
        }
        Ok(())
    }

    /// The scope `count` scopes out of `scope`.
    fn outer(&mut self, mut scope: ScopeId, count: u32) -> Result<ScopeId> {
        for _ in 0..count {
            self.spend(1)?;
            let outer = self.scopes[scope].outer;
            scope = outer.ok_or_else(|| Error::internal("an outer alias goes past the root"))?;
        }
        Ok(scope)
    }
}
