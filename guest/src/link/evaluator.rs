//! The state of evaluation. In: a validated tree. Out: `Evaluator`, which the files for each kind of
//! definition extend, with its budget of steps. Not its job: going through the definitions
//! (`evaluate`).
//!
//! Component instances being made are kept on a stack of our own, not on the native one, which is
//! small in wasm: how deep instantiation goes is up to the input.

use super::core_module::CoreModule;
use super::plan::Plan;
use super::scope::Scope;
use super::types::FuncType;
use super::values::{Exports, InlineExports, Value};
use crate::error::{Error, Result};
use crate::ids::{ComponentId, ExportsId, IdVec, InlineId, InstanceId, ModuleId, ScopeId};
use crate::name::Names;
use crate::read::{Tree, limits};
use indexmap::IndexSet;
use std::collections::HashMap;

/// Instantiation under way: what has been made, and what is being made.
pub struct Evaluator<'t> {
    pub tree: &'t Tree<'t>,
    /// Its `modules` stay empty: `evaluate` puts in those of the tree, which live longer than this
    /// borrow of it.
    pub plan: Plan<'t>,
    pub modules: IdVec<ModuleId, CoreModule<'t>>,
    pub scopes: IdVec<ScopeId, Scope<'t>>,
    pub exports: IdVec<ExportsId, Exports<'t>>,
    pub inline: IdVec<InlineId, InlineExports<'t>>,
    /// The names that the plan has.
    pub names: Names<'t>,
    /// What the root imports, by name.
    pub root_imports: Vec<(&'t str, Value<'t>)>,
    /// `TypeValue::Func` holds indices into them.
    pub func_types: IndexSet<FuncType>,
    /// Where the component begins, in bytes, whose instance has no label, as the root has none.
    pub named_from: usize,
    /// Component instances that are being made, innermost last.
    pub stack: Vec<Activation<'t>>,
    /// Steps taken, against `limits::EVALUATION_STEPS`.
    pub steps: usize,
    /// Bytes of modules instantiated, against `limits::MERGED_BYTES`.
    pub merged_bytes: usize,
}

/// A component instance that is being made.
pub struct Activation<'t> {
    pub component: ComponentId,
    pub instance: InstanceId,
    pub scope: ScopeId,
    /// The definition to evaluate next.
    pub next: usize,
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
pub struct Here {
    pub instance: InstanceId,
    pub scope: ScopeId,
    /// Where the definition stands, in bytes from the start of the input.
    pub offset: usize,
}

impl<'t> Evaluator<'t> {
    pub fn new(tree: &'t Tree<'t>) -> Evaluator<'t> {
        let mut modules = IdVec::new();
        for module in tree.modules.values() {
            modules.push(CoreModule::new(module));
        }
        Evaluator {
            tree,
            plan: Plan::default(),
            modules,
            scopes: IdVec::new(),
            exports: IdVec::new(),
            inline: IdVec::new(),
            names: Names::default(),
            root_imports: Vec::new(),
            func_types: IndexSet::new(),
            named_from: 0,
            stack: Vec::new(),
            steps: 0,
            merged_bytes: 0,
        }
    }

    /// Takes `n` steps out of the budget. Errors: `LimitExceeded` where it is used up.
    pub fn spend(&mut self, n: usize) -> Result<()> {
        self.steps = self.steps.saturating_add(n);
        if self.steps > limits::EVALUATION_STEPS {
            return Err(Error::limit("steps of instantiation", limits::EVALUATION_STEPS as u64));
        }
        Ok(())
    }
}
