//! What the optimisations of the Canonical ABI have done. In: the plan and what `assemble` has decided.
//! Out: notes, in the plan's order. Not its job: deciding, and what is done to the merged module
//! (`merge`).

use crate::abi::facts::FactTable;
use crate::adapter::spec::Function;
use crate::adapter::{Copied, Copies};
use crate::assemble::{Decisions, Outcome};
use crate::error::Result;
use crate::ids::TypeId;
use crate::link::{CanonKind, LiftNames, Plan, Type, Types, label};
use crate::optimizations::{ASYNC, Note, Optimizations, name};
use std::collections::BTreeSet;

/// What was done to calls, to copies, and to checks.
pub fn explanation(plan: &Plan<'_>, decisions: &Decisions, on: Optimizations) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    direct_calls(plan, decisions, on, &mut notes);
    if on.bulk_copies {
        bulk_copies(plan, decisions, &mut notes)?;
    }
    if on.elide_checks {
        elided_checks(plan, decisions, &mut notes);
    }
    if decisions.inline_handles {
        inlined_handles(plan, decisions, &mut notes);
    }
    let names = LiftNames::of(plan);
    for id in &decisions.waiting {
        let what = format!("`{}` can wait on the stack, above others", names.name(*id));
        notes.push(Note::new(ASYNC.0, what, label(plan, plan.lifts[*id].instance)));
    }
    Ok(notes)
}

fn direct_calls(plan: &Plan<'_>, decisions: &Decisions, on: Optimizations, notes: &mut Vec<Note>) {
    let names = LiftNames::of(plan);
    for (canon, lift, outcome) in decisions.inner_calls(plan) {
        let Outcome::Direct(_) = outcome else { continue };
        let (caller, callee) = (label(plan, canon.instance), label(plan, plan.lifts[lift].instance));
        let what = format!("calls `{}` of {callee} itself", names.name(lift));
        let place = format!("{caller}, lowered at {:#x}", canon.offset);
        notes.push(Note::new(name::direct_calls, what, place));
    }
    for (id, outcome) in decisions.canons.iter().filter(|_| on.direct_calls) {
        let Outcome::Context(_) = outcome else { continue };
        let canon = &plan.canons[*id];
        let what = match canon.kind {
            CanonKind::ContextGet(slot) => format!("a call of `context.get` {} is `global.get`", slot.index),
            CanonKind::ContextSet(slot) => format!("a call of `context.set` {} is `global.set`", slot.index),
            _ => continue,
        };
        let place = format!("{}, defined at {:#x}", label(plan, canon.instance), canon.offset);
        notes.push(Note::new(name::direct_calls, what, place));
    }
}

fn bulk_copies(plan: &Plan<'_>, decisions: &Decisions, notes: &mut Vec<Note>) -> Result<()> {
    let copies = Copies::of(&plan.types);
    let calls = decisions.functions.iter().enumerate().filter_map(|(index, function)| match function {
        Function::Call(call) => Some((index, call.as_ref())),
        _ => None,
    });
    let copied = copies.in_calls(calls.clone().map(|(_, call)| call))?;
    for ((index, _), copied) in calls.zip(copied) {
        let words = |copied: Copied| match copied {
            Copied::Value(id) => shape(&copies.types, id),
            Copied::Elements(id) => format!("list of {}", shape(&copies.types, id)),
        };
        // Types of one shape are told once, in the order of the words.
        let found: BTreeSet<String> = copied.into_iter().map(words).collect();
        for what in found {
            let what = format!("{what} copied as bytes");
            notes.push(Note::new(name::bulk_copies, what, decisions.name(index)));
        }
    }
    Ok(())
}

fn elided_checks(plan: &Plan<'_>, decisions: &Decisions, notes: &mut Vec<Note>) {
    if !decisions.entered {
        let place = format!("all {} instances", plan.instances.len());
        notes.push(Note::new(name::elide_checks, "may_enter is always on", place));
    }
    for id in &decisions.unchecked {
        let what = "nothing tests may_leave while it is off";
        notes.push(Note::new(name::elide_checks, what, label(plan, *id)));
    }
    for id in &decisions.untested {
        let canon = &plan.canons[*id];
        let place = format!("{}, defined at {:#x}", label(plan, canon.instance), canon.offset);
        notes.push(Note::new(name::elide_checks, "does not test may_leave", place));
    }
    if !decisions.scopes.frames() && decisions.functions.iter().any(drops) {
        let what = "what calls lend is not counted, and borrows have no frames";
        notes.push(Note::new(name::elide_checks, what, "all handle tables"));
    }
}

/// Whether there is something to count: only a drop looks at what is lent.
fn drops(function: &Function) -> bool {
    matches!(function, Function::ResourceDrop { .. })
}

/// The functions in which handles are worked on without a call.
fn inlined_handles(plan: &Plan<'_>, decisions: &Decisions, notes: &mut Vec<Note>) {
    let facts = FactTable::new(&plan.types);
    for (index, function) in decisions.functions.iter().enumerate() {
        let what = match function {
            Function::ResourceNew { .. } => "resource.new",
            Function::ResourceRep { .. } => "resource.rep",
            Function::ResourceDrop { .. } => "resource.drop",
            Function::Call(call) if facts.of_func(&call.ty).handles() => "handles that pass",
            _ => continue,
        };
        notes.push(Note::new(name::inline_handles, what, decisions.name(index)));
    }
}

/// A type in a few words.
fn shape(types: &Types, id: TypeId) -> String {
    match &types[id] {
        Type::Record(fields) => format!("a record of {} fields", fields.len()),
        Type::Tuple(fields) => format!("a tuple of {} fields", fields.len()),
        Type::Flags(labels) => format!("{} flags", labels.len()),
        Type::FixedList(_, length) => format!("a list of {length} elements"),
        other => format!("{other:?}").to_lowercase(),
    }
}
