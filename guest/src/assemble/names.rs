//! What the functions of the adapter module are called, for people. In: a plan and what has become of
//! its definitions. Out: a name for each function: the boundary that it stands at, in the words of an
//! inspection. Not its job: names of what traps (`runtime`), and writing names down (`merge`).
//!
//! Every name stands in the result, and one long name in the input can be part of many: so each part
//! has a limit, and of a longer one the end is kept, where one differs from another.

use super::decisions::{Decisions, ExportedLift};
use crate::abi::side::Domain;
use crate::adapter::spec::{AsyncCall, Function, HostCall, Ref};
use crate::ids::{InstanceId, ResourceId};
use crate::link::{Canon, CanonKind, CoreDef, Func, LiftNames, Plan, Type, label};
use crate::name::{Name, end};
use std::borrow::Cow;
use std::collections::HashMap;

/// How much of an instance's name and of a function's is kept, in bytes.
const INSTANCE: usize = 48;
const FUNCTION: usize = 96;

/// A name for each of `Decisions::functions`, in their order.
pub fn names(plan: &Plan<'_>, decisions: &Decisions) -> Vec<String> {
    let mut names = Names {
        plan,
        lifts: LiftNames::of(plan),
        resources: resources(plan),
        names: vec![None; decisions.functions.len()],
    };
    for (id, outcome) in &decisions.canons {
        if let Ref::Adapter(index) = outcome.reference() {
            let name = names.canon(&plan.canons[*id]);
            names.add(index, name);
        }
    }
    for export in &decisions.exports {
        if let Ref::Adapter(index) = export.outcome.reference() {
            let name = names.export(export);
            names.add(index, name);
        }
    }
    let functions = decisions.functions.iter().enumerate().zip(std::mem::take(&mut names.names));
    functions.map(|((index, function), name)| name.unwrap_or_else(|| names.other(index, function))).collect()
}

struct Names<'p> {
    plan: &'p Plan<'p>,
    lifts: LiftNames<'p>,
    /// A name of each resource type that has one.
    resources: HashMap<ResourceId, &'p str>,
    names: Vec<Option<String>>,
}

impl Names<'_> {
    /// A function that stands at several boundaries is called after the first one.
    fn add(&mut self, index: u32, name: String) {
        match self.names.get_mut(index as usize) {
            Some(slot @ None) => *slot = Some(name),
            Some(Some(first)) if *first != name && !first.ends_with(OTHERS) => first.push_str(OTHERS),
            _ => {}
        }
    }

    fn canon(&self, canon: &Canon) -> String {
        let here = self.instance(canon.instance);
        match &canon.kind {
            CanonKind::Lower { func: Func::Lift(lift), .. } => {
                let callee = self.instance(self.plan.lifts[*lift].instance);
                format!("{here} -> {callee}: {}", end(&self.lifts.name(*lift), FUNCTION))
            }
            CanonKind::Lower { func: Func::Import(import), .. } => {
                format!("{here} -> host: {}", path(&self.plan.imports[*import].path))
            }
            CanonKind::ResourceNew(resource) => format!("{here}: resource.new {}", self.resource(*resource)),
            CanonKind::ResourceRep(resource) => format!("{here}: resource.rep {}", self.resource(*resource)),
            CanonKind::ResourceDrop(resource) => {
                format!("{here}: resource.drop {}", self.resource(*resource))
            }
            CanonKind::ContextGet(slot) => format!("{here}: context.get {}", slot.index),
            CanonKind::ContextSet(slot) => format!("{here}: context.set {}", slot.index),
            CanonKind::TaskReturn { .. } => format!("{here}: task.return"),
            CanonKind::Channel { ty, operation } => {
                let channel = match self.plan.types[*ty] {
                    Type::Future(_) => "future",
                    _ => "stream",
                };
                format!("{here}: {channel}.{}", operation.name())
            }
            CanonKind::Async(builtin) => format!("{here}: {}", builtin.name()),
        }
    }

    fn export(&self, export: &ExportedLift) -> String {
        let callee = self.instance(self.plan.lifts[export.lift].instance);
        format!("host -> {callee}: {}", path(&export.path))
    }

    /// What no definition and no export has become.
    fn other(&self, index: usize, function: &Function) -> String {
        match function {
            Function::Realloc { realloc, .. } => format!("{}: realloc", self.owner(*realloc)),
            Function::OneOfReallocs { instance, reallocs, .. } => {
                format!("{}: one of {} reallocs", self.instance(*instance), reallocs.len())
            }
            Function::PostReturn { function, .. } | Function::KeptPostReturn { function, .. } => {
                format!("{}: post-return", self.owner(*function))
            }
            Function::FreeRuntimeMemory { .. } => "host: post-return".to_string(),
            Function::HostDestructor { .. } => format!("host: destructor {index}"),
            Function::TaskStart(call) => format!("{}: start {index}", self.callee(call)),
            Function::HostResolve(call) => format!("host -> {}: resolve {index}", self.caller(call)),
            Function::TakeBack { resource } => format!("host: take back {}", self.resource(*resource)),
            Function::HostCopy { .. } => format!("scheduler: copy of the host's {index}"),
            Function::TaskResolve(call) => format!("{}: resolve {index}", self.callee(call)),
            Function::Callback { .. } => format!("scheduler: callback {index}"),
            Function::ChannelElements { .. } => format!("scheduler: copy {index}"),
            Function::Dispatch { .. } => format!("scheduler: dispatch {index}"),
            _ => format!("host: guard {index}"),
        }
    }

    fn callee(&self, call: &AsyncCall) -> Cow<'_, str> {
        match call.call.callee.domain {
            Domain::Instance(instance) => self.instance(instance),
            _ => Cow::Borrowed("host"),
        }
    }

    fn caller(&self, call: &HostCall) -> Cow<'_, str> {
        match call.caller.domain {
            Domain::Instance(instance) => self.instance(instance),
            _ => Cow::Borrowed("host"),
        }
    }

    /// The component instance whose code this is.
    fn owner(&self, function: CoreDef) -> Cow<'_, str> {
        match function {
            CoreDef::Item { instance, .. } => self.instance(self.plan.core_instances[instance].owner),
            CoreDef::Canon(canon) => self.instance(self.plan.canons[canon].instance),
        }
    }

    fn instance(&self, id: InstanceId) -> Cow<'_, str> {
        end(label(self.plan, id), INSTANCE)
    }

    fn resource(&self, id: ResourceId) -> Cow<'_, str> {
        match self.resources.get(&id) {
            Some(name) => end(name, FUNCTION),
            None => Cow::Borrowed("of no name"),
        }
    }
}

/// What is added to a name where the function stands at other boundaries too.
const OTHERS: &str = ", and others";

fn resources<'p>(plan: &'p Plan<'_>) -> HashMap<ResourceId, &'p str> {
    let mut names = HashMap::new();
    for name in plan.resource_names.iter().flatten() {
        names.entry(name.resource).or_insert(&*name.name);
    }
    names
}

/// The way from the root's imports or exports. It can be as long as the input, and is not put together.
fn path(path: &[Name]) -> String {
    let mut name = String::new();
    for part in path.iter().rev() {
        if name.len() > FUNCTION {
            break;
        }
        let separator = if name.is_empty() { "" } else { "#" };
        name = format!("{}{separator}{name}", end(part, FUNCTION));
    }
    end(&name, FUNCTION).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_as_a_whole() {
        let parts = |parts: &[&str]| parts.iter().map(|part| Name::from(*part)).collect::<Vec<_>>();
        assert_eq!(path(&parts(&["a:b/c", "f"])), "a:b/c#f");
        let long = "n".repeat(90_000);
        let cut = path(&parts(&[&long, &long, "f"]));
        assert_eq!(cut, format!("…{}#f", "n".repeat(FUNCTION - 2)));
    }
}
