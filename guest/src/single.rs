//! A merged module with one memory and one table. In: the module, whose its parts are, and the options. Out: the
//! module, the boundary with the places of its memories, and notes. Not its job: windows and parts (`window`).

use crate::assemble::boundary::{Boundary, MemorySize, PlacedMemory, VERSION_2};
use crate::debug::Windowed;
use crate::error::{Code, Error, Result, shown};
use crate::ids::{CoreInstanceId, Id, LinkId};
use crate::interface::{Memory, Options, OutputKind, Reservation};
use crate::link::Plan;
use crate::merge::{Body, Merged};
use crate::optimizations::{Note, TABLES, WINDOWS};
use crate::window::{self, Lowered, Owner, Part, Placed, Request, Size, Window};

/// What generated memory is called: that of handle tables and of values on their way over the outer boundary.
const RUNTIME: &str = "runtime";

/// How many bytes a memory that can grow may have at least. Little for what meld itself brings: what the last window's
/// memory is worth depends on how much lies before it (docs/decisions/windows.md). The runtime's has handles and tasks,
/// of 16 to 256 bytes each, or else the values that a host gives, of any size, as the platform's has those of guests.
const GUESTS: u64 = 16 << 20;
const PLATFORMS: u64 = 8 << 20;
const RUNTIMES: u64 = 4 << 20;
const RUNTIMES_WITH_VALUES: u64 = 16 << 20;

/// Checks the reservations, which name core instances of the plan that define a memory.
pub fn check_reservations(plan: &Plan, options: &Options) -> Result<()> {
    let Options { memory, reserve, .. } = options;
    if *memory == Memory::Multi && !reserve.is_empty() {
        return Err(Error::new(
            Code::InvalidOption,
            "a reservation is a part of one memory, of which there are many",
        ));
    }
    for Reservation { instance, .. } in reserve {
        let known = instance == RUNTIME
            || plan.core_instances.values().any(|core| {
                let memories = plan.modules.get(core.module).map_or(0, |module| module.memories.len());
                core.label == *instance && memories > 0
            });
        if !known {
            let message = format!("there is no core instance {} that defines a memory", shown(instance));
            let hint = "`meld inspect` lists the core instances";
            return Err(Error::new(Code::InvalidOption, message).hint(hint));
        }
    }
    Ok(())
}

/// Puts the memories of a module into one, and its tables. `first_at_zero`: the first memory has to be at its
/// start. `is_platform`: whether a byte of the component is of meld's platform. What debug information has to know is
/// in the result where something has changed. Errors: those of `window::lower`.
pub fn lower(
    merged: &mut Merged<'_>,
    plan: &Plan,
    boundary: &mut Boundary,
    options: &Options,
    first_at_zero: bool,
    is_platform: impl Fn(usize) -> bool,
) -> Result<(Vec<Note>, Option<Windowed>)> {
    let instance = |id: &LinkId| plan.core_instances.get(CoreInstanceId::from_index(id.index()));
    let label = |id: &LinkId| instance(id).map_or_else(|| RUNTIME.to_string(), |of| of.label.clone());
    let at_least = |nth: usize, id: &LinkId| {
        let Some(instance) = instance(id) else {
            // The first memory is at the start for the host, which finds values in it.
            return if first_at_zero && nth == 0 { RUNTIMES_WITH_VALUES } else { RUNTIMES };
        };
        let module = plan.modules.get(instance.module);
        if module.is_some_and(|module| is_platform(module.offset)) { PLATFORMS } else { GUESTS }
    };
    let owners = merged.memories.iter().enumerate().map(|(nth, id)| {
        let label = label(id);
        // Of several, the last counts, as of most arguments.
        let reserve = options.reserve.iter().rev().find(|reservation| reservation.instance == label);
        Owner {
            reserve: reserve.map(|reservation| reservation.bytes),
            at_least: at_least(nth, id),
            generated: instance(id).is_none(),
            label,
        }
    });
    let owners: Vec<Owner> = owners.collect();
    let tables: Vec<String> = merged.tables.iter().map(label).collect();
    let guests = plan.core_instances.len();
    let trusted = |body: &Option<Body>| body.is_some_and(|body| body.is_generated(guests));
    let trusted: Vec<bool> = merged.bodies.iter().map(trusted).collect();
    let request = Request {
        module: &merged.bytes,
        trusted: &trusted,
        owners: &owners,
        tables: &tables,
        bases: &merged.bases,
        first_at_zero,
        elide_checks: options.optimizations.elide_checks,
        keep_moves: options.debug_info,
    };
    let Lowered { module, windows, parts, exported, moves } = window::lower(&request)?;
    let changed = module.is_some();
    if let Some(module) = module {
        merged.bytes = module;
    }
    match options.output {
        OutputKind::CoreModule if exported.is_empty() => {}
        OutputKind::CoreModule => {
            boundary.version = VERSION_2;
            boundary.memories = exported.into_iter().map(placed).collect();
        }
        OutputKind::Component if exported.iter().any(|placed| placed.base != 0) => {
            return Err(Error::internal("the host reads a memory that is not where it looks"));
        }
        OutputKind::Component => {}
    }
    let bases = windows.iter().map(|window| window.base).collect();
    let notes = windows.iter().map(note).chain(parts.iter().map(note_of_table)).collect();
    Ok((notes, changed.then_some(Windowed { bases, moves })))
}

fn placed(Placed { export, base, size }: Placed) -> PlacedMemory {
    let size = match size {
        Size::Constant(bytes) => MemorySize::Bytes(bytes),
        Size::Func(name) => MemorySize::Func(name),
        Size::Rest => MemorySize::Rest,
    };
    PlacedMemory { export, base, size }
}

/// Where a window is, and what that costs.
fn note(window: &Window) -> Note {
    let Window { base, initial, most, open, accesses, .. } = window;
    let what = match (open, window.is_fixed()) {
        (true, _) => {
            let checked = match window.is_far() {
                true => ", but by engines that guard 32 MiB behind a memory, as wasmtime does",
                false => "",
            };
            format!("from {base:#x}, open at its end: {accesses} accesses without a check{checked}")
        }
        (false, true) => {
            format!("{base:#x}, {initial} bytes: {accesses} accesses, checked against a constant")
        }
        (false, false) => {
            format!("{base:#x}, {initial} bytes, up to {most}: {accesses} accesses, checked against a global")
        }
    };
    Note::new(WINDOWS.0, what, window.label.clone())
}

/// Which part a table is, or why it is none.
fn note_of_table(part: &Part) -> Note {
    let Part { base, initial, most, open, uses, stays, .. } = part;
    let what = match (stays, open, part.is_fixed()) {
        (Some(stays), ..) => format!("stays a table of its own: {}", stays.why()),
        (None, true, _) => format!("from {base}, open at its end: {uses} uses"),
        (None, false, true) => format!("{base}, {initial} elements: {uses} uses, checked against a constant"),
        (None, false, false) => {
            format!("{base}, {initial} elements, up to {most}: {uses} uses, checked against a global")
        }
    };
    Note::new(TABLES.0, what, part.label.clone())
}
