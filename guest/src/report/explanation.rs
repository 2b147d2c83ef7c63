//! What the optimisations of the Canonical ABI have done. In: the plan and what `assemble` has decided.
//! Out: notes, in the plan's order. Not its job: deciding, and what is done to the merged module
//! (`merge`).

use super::boundaries::{label, lift_name};
use crate::abi::facts::FactTable;
use crate::abi::layout::{Layouts, Pointer, children};
use crate::abi::side::{Domain, Side};
use crate::adapter::spec::{Call, Function, Ref};
use crate::adapter::{COPY_BYTES, PlainTypes, shares_memory, with_pairs};
use crate::assemble::Decisions;
use crate::error::Result;
use crate::ids::{Id, TypeId};
use crate::link::{CanonKind, CoreDef, Func, Plan, Type, Types};
use crate::optimizations::{Note, Optimizations, name};
use std::collections::BTreeSet;

/// What was done to calls, to copies, and to checks.
pub fn explanation(plan: &Plan<'_>, decisions: &Decisions, on: Optimizations) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    if on.direct_calls {
        direct_calls(plan, decisions, &mut notes);
    }
    if on.bulk_copies {
        bulk_copies(plan, decisions, &mut notes)?;
    }
    if on.elide_checks {
        elided_checks(plan, decisions, &mut notes);
    }
    // Where instances are recursive, it is not done.
    if on.inline_handles && !decisions.recursive {
        inlined_handles(plan, decisions, &mut notes);
    }
    Ok(notes)
}

fn direct_calls(plan: &Plan<'_>, decisions: &Decisions, notes: &mut Vec<Note>) {
    for (id, reference) in &decisions.canons {
        let canon = &plan.canons[*id];
        let CanonKind::Lower { func: Func::Lift(lift), .. } = &canon.kind else { continue };
        let core = match plan.lifts[*lift].core {
            CoreDef::Canon(id) => decisions.canons.get(&id).copied(),
            core => Some(Ref::Core(core)),
        };
        if core == Some(*reference) {
            let (caller, callee) = (label(plan, canon.instance), label(plan, plan.lifts[*lift].instance));
            let what = format!("calls `{}` of {callee} itself", lift_name(plan, *lift));
            notes.push(Note::new(
                name::direct_calls,
                what,
                format!("{caller}, lowered at {:#x}", canon.offset),
            ));
        }
    }
}

fn bulk_copies(plan: &Plan<'_>, decisions: &Decisions, notes: &mut Vec<Note>) -> Result<()> {
    let (types, pairs) = with_pairs(&plan.types);
    let plain = PlainTypes::new(&types, true);
    let layouts = Layouts::new(&types, Pointer::I32);
    let pair = |ty: &Type| match ty {
        Type::Map(key, value) => pairs.get(&(*key, *value)).copied(),
        Type::List(element) => Some(*element),
        _ => None,
    };
    for (index, function) in decisions.functions.iter().enumerate() {
        let Function::Call(call) = function else { continue };
        if shares_memory(call.caller, call.callee) {
            continue;
        }
        let params = call.ty.params.iter().map(|(_, param)| *param);
        let spilled = layouts.flat_params(&call.ty)?.is_none();
        let mut left: Vec<(TypeId, bool)> = params.map(|param| (param, spilled)).collect();
        left.extend(
            call.ty.result.map(|result| (result, layouts.flat_result(&call.ty).is_ok_and(|f| f.is_none()))),
        );
        let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
        while let Some((id, in_memory)) = left.pop() {
            if !seen.insert((id.index(), in_memory)) {
                continue;
            }
            let ty = &types[id];
            if in_memory && plain.contains(id)? && layouts.layout(id)?.size > COPY_BYTES {
                found.insert(shape(&types, id));
                continue;
            }
            match pair(ty) {
                Some(element) if plain.contains(element)? => {
                    found.insert(format!("list of {}", shape(&types, element)));
                }
                Some(element) => left.push((element, true)),
                None => left.extend(children(ty).into_iter().map(|child| (child, in_memory))),
            }
        }
        for what in found {
            let place = format!("adapter {index}, {}", sides(plan, call));
            notes.push(Note::new(name::bulk_copies, format!("{what} copied as bytes"), place));
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
    if !decisions.recursive && decisions.functions.iter().any(drops) {
        let what = "what calls lend is not counted, and borrows have no frames";
        notes.push(Note::new(name::elide_checks, what, "all handle tables"));
    }
}

/// Only where handle tables are inside.
fn drops(function: &Function) -> bool {
    matches!(function, Function::ResourceDrop { .. })
}

/// Where the code that works on handles is.
fn inlined_handles(plan: &Plan<'_>, decisions: &Decisions, notes: &mut Vec<Note>) {
    let facts = FactTable::new(&plan.types);
    for (index, function) in decisions.functions.iter().enumerate() {
        let (what, whose) = match function {
            Function::ResourceNew { instance, .. } => ("resource.new", label(plan, *instance)),
            Function::ResourceRep { instance, .. } => ("resource.rep", label(plan, *instance)),
            Function::ResourceDrop { instance, .. } => ("resource.drop", label(plan, *instance)),
            Function::Call(call) if facts.of_func(&call.ty).handles() => {
                ("handles that pass", sides(plan, call))
            }
            _ => continue,
        };
        notes.push(Note::new(name::inline_handles, what, format!("adapter {index}, {whose}")));
    }
}

/// Who calls whom.
fn sides(plan: &Plan<'_>, call: &Call) -> String {
    let name = |side: Side| match side.domain {
        Domain::Instance(id) => label(plan, id),
        Domain::Host | Domain::Transit => "the host".to_string(),
    };
    format!("{} to {}", name(call.caller), name(call.callee))
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
