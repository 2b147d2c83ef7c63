//! Evaluates instantiation. In: a validated tree. Out: the plan. Not its job: what each kind of
//! definition does, which is in `instantiate`, `core`, `canon`, `eval_types` and `root`.
//!
//! Component instances being made are kept on a stack of our own, not on the native one, which is
//! small in wasm: how deep instantiation goes is up to the input.

use super::core::ModuleInfo;
use super::names::resource_names;
use super::plan::Plan;
use super::scope::{Scope, at};
use super::types::FuncType;
use super::values::{Closure, Exports, InlineExports, Value};
use crate::error::{Error, Result};
use crate::ids::{ComponentId, ExportsId, Id, IdVec, InlineId, InstanceId, ModuleId, ScopeId};
use crate::read::{Component, CoreSort, DefinitionKind, Tree, limits};
use indexmap::IndexSet;
use std::collections::HashMap;
use wasmparser::{ComponentAlias, ComponentExternalKind, ComponentOuterAliasKind};

/// Instantiates the root of `tree` on paper. Errors: `Unsupported` with the construct's place;
/// `LimitExceeded` where evaluation would go past a budget of `read::limits`.
pub fn evaluate<'a>(tree: &Tree<'a>) -> Result<Plan<'a>> {
    let mut evaluator = Evaluator::new(tree);
    let root = Closure { component: ComponentId::from_index(0), outer: None };
    evaluator.enter(root, HashMap::new(), None, String::new())?;
    while evaluator.step()? {}
    let resource_names = resource_names(&evaluator);
    let plan = evaluator.plan;
    Ok(Plan {
        modules: tree.modules.clone(),
        core_instances: plan.core_instances,
        instances: plan.instances,
        types: plan.types,
        resources: plan.resources,
        lifts: plan.lifts,
        canons: plan.canons,
        imports: plan.imports,
        exports: plan.exports,
        resource_names,
    })
}

pub(super) struct Evaluator<'t> {
    pub tree: &'t Tree<'t>,
    /// Without the modules, which outlive the borrow of the tree.
    pub plan: Plan<'t>,
    pub modules: IdVec<ModuleId, ModuleInfo<'t>>,
    pub scopes: IdVec<ScopeId, Scope<'t>>,
    pub exports: IdVec<ExportsId, Exports<'t>>,
    pub inline: IdVec<InlineId, InlineExports<'t>>,
    /// What the root imports, by name.
    pub root_imports: Vec<(&'t str, Value<'t>)>,
    pub func_types: IndexSet<FuncType>,
    pub stack: Vec<Activation<'t>>,
    /// Steps taken, against `limits::EVALUATION_STEPS`.
    steps: usize,
    /// Bytes of modules instantiated, against `limits::MERGED_BYTES`.
    pub merged_bytes: usize,
}

/// A component instance that is being made.
pub(super) struct Activation<'t> {
    pub component: ComponentId,
    pub instance: InstanceId,
    pub scope: ScopeId,
    /// The definition to evaluate next.
    next: usize,
    /// The `with` arguments of the `instantiate`; the root has none.
    pub arguments: HashMap<&'t str, Value<'t>>,
    pub exports: Exports<'t>,
}

impl<'t> Activation<'t> {
    pub fn new(
        component: ComponentId,
        instance: InstanceId,
        scope: ScopeId,
        arguments: HashMap<&'t str, Value<'t>>,
    ) -> Activation<'t> {
        Activation { component, instance, scope, next: 0, arguments, exports: Exports::new() }
    }
}

/// Where a definition is evaluated.
#[derive(Clone, Copy)]
pub(super) struct Here {
    pub instance: InstanceId,
    pub scope: ScopeId,
    /// Where the definition stands, in bytes from the start of the input.
    pub offset: usize,
}

impl<'t> Evaluator<'t> {
    fn new(tree: &'t Tree<'t>) -> Evaluator<'t> {
        let mut modules = IdVec::new();
        for module in tree.modules.values() {
            modules.push(ModuleInfo::new(module));
        }
        Evaluator {
            tree,
            plan: Plan::default(),
            modules,
            scopes: IdVec::new(),
            exports: IdVec::new(),
            inline: IdVec::new(),
            root_imports: Vec::new(),
            func_types: IndexSet::new(),
            stack: Vec::new(),
            steps: 0,
            merged_bytes: 0,
        }
    }

    /// Takes `n` steps out of the budget.
    pub fn spend(&mut self, n: usize) -> Result<()> {
        self.steps = self.steps.saturating_add(n);
        if self.steps > limits::EVALUATION_STEPS {
            return Err(Error::limit("steps of instantiation", limits::EVALUATION_STEPS as u64));
        }
        Ok(())
    }

    /// Evaluates one definition of the innermost component instance. False: all is done.
    fn step(&mut self) -> Result<bool> {
        let Some(top) = self.stack.last_mut() else { return Ok(false) };
        let component = top.component;
        let definitions = &self.tree.components[component].definitions;
        let (instance, scope) = (top.instance, top.scope);
        let (result, offset) = match definitions.get(top.next) {
            Some(definition) => {
                top.next += 1;
                let here = Here { instance, scope, offset: definition.offset };
                (self.define(here, &definition.kind), definition.offset)
            }
            None => (self.leave(), self.tree.components[component].range.end),
        };
        result.map(|()| true).map_err(|error| place(self.tree, error.at(offset)))
    }

    fn define(&mut self, here: Here, kind: &'t DefinitionKind<'t>) -> Result<()> {
        self.spend(1)?;
        match kind {
            DefinitionKind::CoreModule(module) => self.scopes[here.scope].modules.push(*module),
            DefinitionKind::CoreInstance(instance) => return self.core_instance(here, instance),
            // Types of core modules and functions say nothing that definitions do not.
            DefinitionKind::CoreType(_) => {}
            DefinitionKind::Component(component) => {
                let closure = Closure { component: *component, outer: Some(here.scope) };
                self.scopes[here.scope].components.push(closure);
            }
            DefinitionKind::Instance(instance) => return self.instance(here, instance),
            DefinitionKind::Alias(alias) => return self.alias(here.scope, alias),
            DefinitionKind::Type(ty) => {
                let ty = self.define_type(here.scope, ty, here.offset)?;
                self.scopes[here.scope].types.push(ty);
            }
            DefinitionKind::Canonical(canonical) => return self.canonical(here, canonical),
            DefinitionKind::Start(_) => return Err(Error::unsupported("a component's start function")),
            DefinitionKind::Import(import) => return self.import(here, import),
            DefinitionKind::Export(export) => return self.export(here, export),
        }
        Ok(())
    }

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

/// Puts before an error the path to the innermost component that contains its offset.
fn place(tree: &Tree<'_>, mut error: Error) -> Error {
    let offset = error.offset.and_then(|offset| usize::try_from(offset).ok()).unwrap_or_default();
    // Components are in the order in which they begin, so the last one is the innermost.
    let innermost = tree.components.iter().rev().find(|(_, component)| component.range.contains(&offset));
    let mut next = innermost.map(|(id, _)| id);
    while let Some(id) = next {
        let Component { parent, step, .. } = &tree.components[id];
        if !step.is_empty() {
            error = error.within(step);
        }
        next = *parent;
    }
    error
}
