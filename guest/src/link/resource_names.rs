//! The names of resource types. In: what evaluation has met. Out: each resource type with the names
//! that instances have for it. Not its job: identity, which names have no part in.

use super::evaluator::Evaluator;
use super::plan::{Export, ExportItem, ResourceName};
use super::values::{TypeValue, Value};
use crate::ids::ResourceId;
use crate::name::{Name, Names};
use crate::read::limits;
use indexmap::IndexSet;

/// All names, each once, those at the root first. None where there are too many.
pub fn resource_names(evaluator: &mut Evaluator<'_>) -> Option<Vec<ResourceName>> {
    if evaluator.plan.resources.is_empty() {
        return Some(Vec::new());
    }
    let names = std::mem::take(&mut evaluator.names);
    let evaluator = &*evaluator;
    let mut collector = Collector { evaluator, names, found: IndexSet::new(), steps: 0 };
    for (name, value) in &evaluator.root_imports {
        collector.value(name, value)?;
    }
    for export in &evaluator.plan.exports {
        collector.export(export);
    }
    for exports in evaluator.exports.values() {
        for (name, exported) in exports {
            // A type's own name says nothing without that of the instance that it is in.
            if let Value::Instance(_) = exported.value {
                collector.value(name, &exported.value)?;
            }
        }
    }
    Some(collector.found.into_iter().collect())
}

struct Collector<'e, 't> {
    evaluator: &'e Evaluator<'t>,
    names: Names<'t>,
    found: IndexSet<ResourceName>,
    /// One instance can have any number of names, so that this needs a budget: evaluation's, once more.
    steps: usize,
}

impl<'t> Collector<'_, 't> {
    fn add(&mut self, interface: Option<&Name>, name: Name, resource: ResourceId) {
        self.found.insert(ResourceName { resource, interface: interface.cloned(), name });
    }

    fn value(&mut self, name: &'t str, value: &Value<'t>) -> Option<()> {
        match value {
            Value::Type(TypeValue::Resource(resource)) => {
                let name = self.names.shared(name);
                self.add(None, name, *resource);
            }
            Value::Instance(id) => {
                let evaluator = self.evaluator;
                let exports = evaluator.exports.get(*id);
                self.steps = self.steps.saturating_add(exports.map_or(0, |exports| exports.len()));
                if self.steps > limits::EVALUATION_STEPS {
                    return None;
                }
                let name = self.names.shared(name);
                for (ty, exported) in exports.into_iter().flatten() {
                    if let Value::Type(TypeValue::Resource(resource)) = exported.value {
                        let ty = self.names.shared(ty);
                        self.add(Some(&name), ty, resource);
                    }
                }
            }
            _ => {}
        }
        Some(())
    }

    fn export(&mut self, export: &Export) {
        match &export.item {
            ExportItem::Resource(resource) => self.add(None, export.name.clone(), *resource),
            ExportItem::Instance(exports) => {
                for inner in exports {
                    if let ExportItem::Resource(resource) = inner.item {
                        self.add(Some(&export.name), inner.name.clone(), resource);
                    }
                }
            }
            _ => {}
        }
    }
}
