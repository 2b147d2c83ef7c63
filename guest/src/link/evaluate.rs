//! Evaluates instantiation, one definition after the other. In: a validated tree. Out: the plan. Not
//! its job: what each kind of definition does, which is in `instantiate`, `core`, `canon`, `eval_types`,
//! `alias` and `root`.

use super::evaluator::{Evaluator, Here};
use super::plan::Plan;
use super::resource_names::resource_names;
use super::values::Closure;
use crate::error::{Error, Result};
use crate::ids::{ComponentId, Id};
use crate::read::{Component, DefinitionKind, Tree};
use std::collections::HashMap;

/// Instantiates the root of `tree` on paper. Errors: `Unsupported` with the construct's place;
/// `LimitExceeded` where evaluation would go past a budget of `read::limits`.
pub fn evaluate<'a>(tree: &Tree<'a>) -> Result<Plan<'a>> {
    evaluate_on(tree, 0)
}

/// The same, where the root only puts something under the component that begins at byte `named_from`: labels are those
/// that they are without the root.
pub fn evaluate_on<'a>(tree: &Tree<'a>, named_from: usize) -> Result<Plan<'a>> {
    let mut evaluator = Evaluator::new(tree);
    evaluator.named_from = named_from;
    let root = Closure { component: ComponentId::from_index(0), outer: None };
    evaluator.enter(root, HashMap::new(), None, String::new())?;
    while evaluator.step()? {}
    let resource_names = resource_names(&mut evaluator);
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
        bytes: tree.bytes.len(),
        steps: evaluator.steps,
    })
}

impl<'t> Evaluator<'t> {
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
