//! What things of a plan are called, for people. In: a plan. Out: names of component instances and of
//! lifts. Not its job: names of resource types (`resource_names`), and how long a name may be.

use super::plan::{CoreDef, Plan};
use crate::ids::{InstanceId, LiftId, ModuleId};
use crate::read::CoreSort;
use std::borrow::Cow;
use std::collections::HashMap;

/// The path of a component instance, or `root`.
pub fn label<'p>(plan: &'p Plan<'_>, id: InstanceId) -> &'p str {
    match plan.instances.get(id) {
        Some(instance) if !instance.label.is_empty() => &instance.label,
        _ => "root",
    }
}

/// The names of lifts. A lift has none; the core function's export mostly has one.
pub struct LiftNames<'p> {
    plan: &'p Plan<'p>,
    /// For each module with a lifted function, its function exports by index: the first name of each.
    exports: HashMap<ModuleId, HashMap<u32, &'p str>>,
}

impl<'p> LiftNames<'p> {
    pub fn of(plan: &'p Plan<'_>) -> LiftNames<'p> {
        let mut exports = HashMap::new();
        for lift in plan.lifts.values() {
            if let CoreDef::Item { instance, .. } = lift.core {
                let id = plan.core_instances[instance].module;
                exports.entry(id).or_insert_with(|| function_names(plan, id));
            }
        }
        LiftNames { plan, exports }
    }

    pub fn name(&self, id: LiftId) -> Cow<'p, str> {
        let lift = &self.plan.lifts[id];
        let CoreDef::Item { instance, index, .. } = lift.core else { return Cow::Borrowed("a built-in") };
        let module = self.plan.core_instances[instance].module;
        match self.exports.get(&module).and_then(|names| names.get(&index)) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(format!("function at {:#x}", lift.offset)),
        }
    }
}

fn function_names<'p>(plan: &'p Plan<'_>, id: ModuleId) -> HashMap<u32, &'p str> {
    let mut names = HashMap::new();
    for export in &plan.modules[id].exports {
        if CoreSort::from(export.kind) == CoreSort::Func {
            names.entry(export.index).or_insert(export.name);
        }
    }
    names
}
