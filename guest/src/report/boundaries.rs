//! What fusing does at each boundary. In: the plan and what `assemble` has decided. Out: for each function
//! that crosses from one component instance to another, to the host or from it, what it becomes.
//! Not its job: deciding.

use crate::abi::side::{Domain, MemoryRef};
use crate::adapter::spec::{Call, Function, Guards, Ref};
use crate::assemble::Decisions;
use crate::ids::{InstanceId, LiftId};
use crate::link::{CanonKind, CoreDef, Func, Plan, StringEncoding};
use crate::read::CoreSort;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Boundary {
    /// Who calls: `host`, `root`, or the instance's path.
    pub caller: String,
    /// Who is called.
    pub callee: String,
    pub function: String,
    pub becomes: Becomes,
    /// What the generated code does on the way, in words.
    pub work: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Becomes {
    /// The caller calls the callee's function itself.
    DirectCall,
    /// A generated function stands between the two.
    Adapter,
    /// The callee's function itself, with a check before it.
    GuardedCall,
}

/// In the order of the plan: what instances call, then what the host calls.
pub fn boundaries(plan: &Plan<'_>, decisions: &Decisions) -> Vec<Boundary> {
    let mut found = Vec::new();
    for (id, reference) in &decisions.canons {
        let canon = &plan.canons[*id];
        let CanonKind::Lower { func, .. } = &canon.kind else { continue };
        let (callee, function) = match func {
            Func::Lift(lift) => (label(plan, plan.lifts[*lift].instance), lift_name(plan, *lift)),
            Func::Import(import) => ("host".to_string(), plan.imports[*import].path.join("#")),
        };
        let core = match func {
            Func::Lift(lift) => Some(plan.lifts[*lift].core),
            Func::Import(_) => None,
        };
        let (becomes, work) = describe(decisions, *reference, core);
        found.push(Boundary { caller: label(plan, canon.instance), callee, function, becomes, work });
    }
    for (path, lift, reference) in &decisions.exports {
        let (becomes, work) = describe(decisions, *reference, Some(plan.lifts[*lift].core));
        let callee = label(plan, plan.lifts[*lift].instance);
        found.push(Boundary { caller: "host".to_string(), callee, function: path.join("#"), becomes, work });
    }
    found
}

pub fn label(plan: &Plan<'_>, id: InstanceId) -> String {
    match plan.instances.get(id) {
        Some(instance) if !instance.label.is_empty() => instance.label.clone(),
        _ => "root".to_string(),
    }
}

/// A lift has no name; the core function's export mostly has one.
pub fn lift_name(plan: &Plan<'_>, id: LiftId) -> String {
    let lift = &plan.lifts[id];
    let CoreDef::Item { instance, index, .. } = lift.core else { return "a built-in".to_string() };
    let module = &plan.modules[plan.core_instances[instance].module];
    let export = module
        .exports
        .iter()
        .find(|export| export.index == index && CoreSort::from(export.kind) == CoreSort::Func);
    match export {
        Some(export) => export.name.to_string(),
        None => format!("function at {:#x}", lift.offset),
    }
}

/// `core` is the lifted function, which may itself be an adapter, of another boundary.
fn describe(decisions: &Decisions, reference: Ref, core: Option<CoreDef>) -> (Becomes, Vec<String>) {
    if let Some(CoreDef::Canon(id)) = core
        && decisions.canons.get(&id) == Some(&reference)
    {
        return (Becomes::DirectCall, Vec::new());
    }
    let Ref::Adapter(index) = reference else { return (Becomes::DirectCall, Vec::new()) };
    match decisions.functions.get(index as usize) {
        Some(Function::Call(call)) => (Becomes::Adapter, work(call)),
        Some(Function::Guard { guards, .. }) => (Becomes::GuardedCall, checks(guards)),
        _ => (Becomes::Adapter, Vec::new()),
    }
}

fn work(call: &Call) -> Vec<String> {
    let mut work = Vec::new();
    if let (Some(from), Some(to)) = (call.caller.memory, call.callee.memory)
        && from != to
    {
        let runtime = [from, to].contains(&MemoryRef::Runtime);
        work.push(
            if runtime { "copies through the runtime's memory" } else { "copies between memories" }.into(),
        );
        if call.caller.encoding != call.callee.encoding {
            let (a, b) = (encoding(call.caller.encoding), encoding(call.callee.encoding));
            work.push(format!("transcodes strings between {a} and {b}"));
        }
    }
    if call.caller.domain == Domain::Host || call.callee.domain == Domain::Host {
        work.push("exchanges handles with the host".into());
    }
    if call.post_return.is_some() {
        work.push("calls post-return".into());
    }
    work.extend(checks(&call.guards));
    work
}

fn checks(guards: &Guards) -> Vec<String> {
    let checks = [
        (guards.check_may_leave.is_some(), "checks may_leave"),
        (!guards.enter.is_empty(), "checks may_enter"),
        (guards.trap_on_throw, "turns exceptions into traps"),
    ];
    checks.into_iter().filter(|(on, _)| *on).map(|(_, words)| words.to_string()).collect()
}

fn encoding(encoding: StringEncoding) -> &'static str {
    match encoding {
        StringEncoding::Utf8 => "utf8",
        StringEncoding::Utf16 => "utf16",
        StringEncoding::Latin1Utf16 => "latin1+utf16",
    }
}
