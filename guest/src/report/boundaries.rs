//! What fusing does at each boundary. In: the plan and what `assemble` has decided. Out: for each function
//! that crosses from one component instance to another, to the host or from it, what it becomes.
//! Not its job: deciding.

use crate::abi::side::{Domain, MemoryRef, Reallocator};
use crate::adapter::spec::{Call, Function, Guards};
use crate::assemble::{Decisions, ExportedLift, Outcome};
use crate::ids::InstanceId;
use crate::link::{CanonKind, Func, LiftNames, Plan, StringEncoding, label};
use crate::name::{Name, end, joined};
use crate::provenance::{Becomes, Crossing};
use std::collections::HashMap;

/// In the order of the plan: what instances call, then what the host calls. Of names of functions, the last `most`
/// bytes.
pub fn boundaries(plan: &Plan<'_>, decisions: &Decisions, most: usize) -> Vec<Crossing> {
    let names = LiftNames::of(plan);
    let host = Name::from("host");
    let mut labels: HashMap<InstanceId, Name> = HashMap::new();
    let mut label = |instance: InstanceId| {
        labels.entry(instance).or_insert_with(|| Name::from(label(plan, instance))).clone()
    };
    let mut found = Vec::new();
    for (id, outcome) in &decisions.canons {
        let canon = &plan.canons[*id];
        let CanonKind::Lower { func, .. } = &canon.kind else { continue };
        let (callee, function) = match func {
            Func::Lift(lift) => (label(plan.lifts[*lift].instance), names.name(*lift).into_owned()),
            Func::Import(import) => (host.clone(), joined(&plan.imports[*import].path, "#")),
        };
        let function = end(&function, most).into_owned();
        let (becomes, mut work) = describe(decisions, *outcome);
        if let Func::Lift(lift) = func
            && decisions.waiting.contains(lift)
        {
            work.push("can wait on the stack".into());
        }
        let caller = label(canon.instance);
        found.push(Crossing { caller, callee, function, becomes, work });
    }
    for ExportedLift { path, lift, outcome } in &decisions.exports {
        let (becomes, work) = describe(decisions, *outcome);
        let (caller, callee) = (host.clone(), label(plan.lifts[*lift].instance));
        let function = end(&joined(path, "#"), most).into_owned();
        found.push(Crossing { caller, callee, function, becomes, work });
    }
    found
}

fn describe(decisions: &Decisions, outcome: Outcome) -> (Becomes, Vec<String>) {
    let (becomes, index) = match outcome {
        Outcome::Direct(_) | Outcome::HostImport(_) => return (Becomes::DirectCall, Vec::new()),
        Outcome::Guard(index) => (Becomes::GuardedCall, index),
        Outcome::Adapter(index)
        | Outcome::TableBuiltin(index)
        | Outcome::Context(index)
        | Outcome::Scheduled(index) => (Becomes::Adapter, index),
    };
    let work = match decisions.functions.get(index as usize) {
        Some(Function::Call(call)) => work(call),
        Some(Function::AsyncCall(call)) => work(&call.call),
        Some(Function::Guard { guards, .. }) => checks(guards),
        _ => Vec::new(),
    };
    (becomes, work)
}

fn work(call: &Call) -> Vec<String> {
    let mut work = Vec::new();
    if let (Some(from), Some(to)) = (call.caller.memory, call.callee.memory)
        && from != to
    {
        let in_place =
            [call.caller, call.callee].iter().any(|side| side.realloc == Some(Reallocator::InPlace));
        let way = match [from, to].contains(&MemoryRef::Runtime) {
            true if in_place => "copies through the runtime's memory what the host does not take in place",
            true => "copies through the runtime's memory",
            false => "copies between memories",
        };
        work.push(way.into());
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
        (guards.trap_on_throw.is_some(), "turns exceptions into traps"),
        (!guards.storage.slots.is_empty(), "begins with zeros in `context.get`"),
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
