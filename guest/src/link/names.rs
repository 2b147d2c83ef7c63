//! The names of resource types. In: what evaluation has met. Out: each resource type with the names
//! that instances have for it. Not its job: identity, which names have no part in.

use super::evaluate::Evaluator;
use super::plan::{Export, ExportItem, ResourceName};
use super::values::{TypeValue, Value};
use crate::ids::ResourceId;
use crate::read::limits;
use indexmap::IndexSet;

/// All names, each once, those at the root first. None where there are too many.
pub(super) fn resource_names(evaluator: &Evaluator<'_>) -> Option<Vec<ResourceName>> {
    if evaluator.plan.resources.is_empty() {
        return Some(Vec::new());
    }
    let mut names = Names { evaluator, found: IndexSet::new(), steps: 0 };
    for (name, value) in &evaluator.root_imports {
        names.value(name, value)?;
    }
    for export in &evaluator.plan.exports {
        names.export(export);
    }
    for exports in evaluator.exports.values() {
        for (name, exported) in exports {
            // A type's own name says nothing without that of the instance that it is in.
            if let Value::Instance(_) = exported.value {
                names.value(name, &exported.value)?;
            }
        }
    }
    Some(names.found.into_iter().collect())
}

struct Names<'e, 't> {
    evaluator: &'e Evaluator<'t>,
    found: IndexSet<ResourceName>,
    /// One instance can have any number of names: the steps are budgeted as evaluation's are.
    steps: usize,
}

impl<'t> Names<'_, 't> {
    fn add(&mut self, interface: Option<&str>, name: &str, resource: ResourceId) {
        let interface = interface.map(str::to_string);
        self.found.insert(ResourceName { resource, interface, name: name.to_string() });
    }

    fn value(&mut self, name: &str, value: &Value<'t>) -> Option<()> {
        match value {
            Value::Type(TypeValue::Resource(resource)) => self.add(None, name, *resource),
            Value::Instance(id) => {
                let evaluator = self.evaluator;
                let exports = evaluator.exports.get(*id);
                self.steps = self.steps.saturating_add(exports.map_or(0, |exports| exports.len()));
                if self.steps > limits::EVALUATION_STEPS {
                    return None;
                }
                for (ty, exported) in exports.into_iter().flatten() {
                    if let Value::Type(TypeValue::Resource(resource)) = exported.value {
                        self.add(Some(name), ty, resource);
                    }
                }
            }
            _ => {}
        }
        Some(())
    }

    fn export(&mut self, export: &Export) {
        match &export.item {
            ExportItem::Resource(resource) => self.add(None, &export.name, *resource),
            ExportItem::Instance(exports) => {
                for inner in exports {
                    if let ExportItem::Resource(resource) = inner.item {
                        self.add(Some(&export.name), &inner.name, resource);
                    }
                }
            }
            _ => {}
        }
    }
}
