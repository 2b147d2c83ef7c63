//! Labels, for people. In: names from name sections, or indices where there are none. Out: the labels of
//! instances and core instances, each with the way to it from the root. Not its job: anything that
//! depends on a name.

use super::evaluator::{Evaluator, Here};
use crate::ids::{ComponentId, InstanceId, ModuleId};
use crate::read::NameSection;

/// How long a label may be before its beginning is left out, in bytes.
const LABEL: usize = 200;

impl<'t> Evaluator<'t> {
    /// The label of the instance, of this component, that is to be the next one in the scope. What stands on meld's
    /// platform has none, as the root: what is in it is called there as it is elsewhere.
    pub fn instance_label(&self, here: Here, component: ComponentId) -> String {
        if self.tree.components[component].range.start == self.named_from {
            return String::new();
        }
        let index = self.scopes[here.scope].instances.len() as u32;
        let names = self.names();
        let name = names.and_then(|names| names.instances.get(&index)).copied();
        self.label(here.instance, name, index)
    }

    /// The label of the core instance, of this module, that is to be the next one in the scope.
    pub fn core_label(&self, here: Here, module: ModuleId) -> String {
        let index = self.scopes[here.scope].core_instances.len() as u32;
        let named = self.names().and_then(|names| names.core_instances.get(&index)).copied();
        self.label(here.instance, named.or(self.modules[module].name), index)
    }

    /// The name section of the component that is being instantiated.
    fn names(&self) -> Option<&'t NameSection<'t>> {
        self.stack.last().map(|top| &self.tree.components[top.component].names)
    }

    /// The label of something in `instance`: its name or else its index, with the instance's label
    /// before it.
    fn label(&self, instance: InstanceId, name: Option<&str>, index: u32) -> String {
        let mut label = self.plan.instances[instance].label.clone();
        if label.len() > LABEL {
            label = "…".to_string();
        }
        if !label.is_empty() {
            label.push('/');
        }
        match name {
            Some(name) => label.extend(name.chars().take(LABEL)),
            None => label.push_str(&index.to_string()),
        }
        label
    }
}
