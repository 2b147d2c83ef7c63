//! A plan to an assembly: for each canonical definition, which way a call takes; which checks can
//! fire; what the host sees. In: a `Plan`. Out: core modules alone, for `merge`, the `Boundary`, for
//! `wrap`, and `Decisions`, for `report`. Not its job: the code of adapters (`adapter`), handle tables
//! and transcoders (`runtime`).
//!
//! In reading order:
//!
//! - `proofs`: what the plan proves about every run: where handle tables live, which checks can fire
//! - `decisions`: what can become of a definition
//! - `decide`: for each canonical definition and each export, what becomes of it
//! - `names`: what the adapter module's functions are called
//! - [`boundary`]: the outer boundary as hosts read it
//! - `outer`: draws it up while definitions are decided
//! - `attributes`: what is attached to the names of imports and exports, for the boundary
//! - `instances`: guests' and generated modules, wired together

mod attributes;
pub mod boundary;
mod decide;
mod decisions;
mod instances;
mod names;
mod outer;
mod proofs;

pub use attributes::attributes;
pub use decisions::{Decisions, ExportedLift, Outcome};
pub use proofs::{Reach, at_start};

use crate::abi::side::MemoryRef;
use crate::adapter;
use crate::adapter::spec::Ref;
use crate::error::{Code, Error, Result, shown};
use crate::interface::Wasi;
use crate::link::Plan;
use crate::merge::{Assembly, CoreExport};
use crate::optimizations::Optimizations;
use crate::read::limits;
use boundary::Boundary;
use decide::Decided;
use instances::Instances;
use outer::{Drawn, ExportedItem};

/// How to assemble.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    pub optimizations: Optimizations,
    pub addresses: Addresses,
    /// With `Wasi::Preview1`, the plan is of a component on the platform.
    pub wasi: Wasi,
}

/// Of which memory the addresses are that cross the outer boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Addresses {
    /// Of the memory that a function's options name.
    #[default]
    OfEachMemory,
    /// Of the one memory that the module will have: memories will be parts of it, and only the first of them
    /// begins where it does.
    OfTheModule,
    /// The same where something is async: tools that make a component of a core module know no other addresses.
    OfTheModuleIfAsync,
}

/// What a plan has become.
pub struct Assembled<'a> {
    pub assembly: Assembly<'a>,
    pub boundary: Boundary,
    pub decisions: Decisions,
}

/// Decides what becomes of every definition of `plan`, generates what is missing and wires it together.
/// `arena` keeps the generated modules' bytes.
///
/// Errors: `Error::limit` for a value type whose size is no 32-bit number and for too many adapters;
/// those of `adapter::generate`. They say at which definition of the input, where it is one.
pub fn assemble<'a>(
    plan: &Plan<'a>,
    arena: &'a typed_arena::Arena<Vec<u8>>,
    settings: Settings,
) -> Result<Assembled<'a>> {
    let optimizations = settings.optimizations;
    let Decided { decisions, resources, tables, drawn, first_memory } = decide::decide(plan, settings)?;
    let Decisions { functions, names, .. } = &decisions;
    let settings = (optimizations, budget(plan));
    let mut adapters = adapter::generate(&plan.types, &resources, &tables, functions, names, settings)
        .map_err(|refused| at_boundary(plan, &decisions, refused))?;
    let Drawn { boundary, imports, exports, entry } = drawn;
    let runtime = exports.values().any(|item| *item == ExportedItem::Memory(MemoryRef::Runtime));
    let instances = Instances::new(
        plan,
        arena,
        &decisions.canons,
        &mut adapters,
        &tables,
        (runtime, decisions.scheduler.clone()),
    )?;
    let exports = exports
        .into_iter()
        .map(|(name, item)| Ok(CoreExport { name, def: instances.item(item)? }))
        .collect::<Result<_>>()?;
    let assembly = Assembly {
        instances: instances.link(&adapters.imports)?,
        starts: instances.starts(&decisions.starts)?,
        // A call that does nothing but access a global, like one that does nothing but call.
        accessors: match optimizations.direct_calls {
            true => instances.accessors(&decisions.functions)?,
            false => Vec::new(),
        },
        bases: instances.bases()?,
        first_memory: first_memory
            .and_then(|memory| instances.used_memory(memory).transpose())
            .transpose()?,
        modules: instances.modules,
        imports,
        exports,
        entry,
        customs: Vec::new(),
    };
    Ok(Assembled { assembly, boundary, decisions })
}

/// What the adapter module may take.
fn budget(plan: &Plan) -> adapter::Budget {
    let for_bytes = plan.bytes.saturating_mul(limits::ADAPTER_BYTES_PER_BYTE);
    let for_steps = plan.steps.saturating_mul(limits::ADAPTER_BYTES_PER_STEP);
    let code = limits::ADAPTER_BYTES.saturating_add(for_bytes).saturating_add(for_steps);
    let code = code.min(limits::MERGED_BYTES);
    adapter::Budget { code, handle_types: limits::HANDLE_TYPES }
}

/// The error, with the boundary that it is about, and the definition there.
fn at_boundary(plan: &Plan, decisions: &Decisions, refused: adapter::Refused) -> Error {
    let adapter::Refused { function, error } = refused;
    let mut error = *error;
    let Some(function) = function else { return error };
    let is = |outcome: &Outcome| outcome.reference() == Ref::Adapter(function);
    let canon = decisions.canons.iter().find(|(_, outcome)| is(outcome));
    let export = decisions.exports.iter().find(|export| is(&export.outcome));
    let name = decisions.names.get(function as usize);
    if let Some(name) = name.filter(|_| error.code == Code::LimitExceeded) {
        error.message = format!("at the boundary `{}`: {}", shown(name), error.message);
    }
    match (canon, export) {
        (Some((id, _)), _) => error.at(plan.canons[*id].offset),
        (_, Some(export)) => error.at(plan.lifts[export.lift].offset),
        _ => error,
    }
}
