//! Random compositions of components, unfused against fused. In: a stream of bytes, which decides
//! everything. Out: whether what is fused does the same. Not its job: where the bytes come from.
//!
//! `program` decides what there is, `text`, `glue` and `memory` write it as WAT, `drive` calls it, with whole
//! values and with spoiled ones.

pub mod campaign;
mod drive;
mod glue;
mod memory;
mod program;
pub mod shrink;
mod text;
mod types;

pub use drive::choose;

use crate::features;
use crate::fused;
use crate::host::{Function, Outcome};
use crate::trace::{self, Step, Taken};
use anyhow::{Context, Result};
use arbitrary::Unstructured;
use drive::Plan;
use meld_fuser::{Input, Options, OutputKind};
use program::Program;
use std::ops::AddAssign;

/// Bytes that decide a case. More are not looked at, so that shrinking comes to an end.
pub const MAX_BYTES: usize = 4096;

/// What was seen.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub compositions: usize,
    /// Fresh instances that were driven, each three times.
    pub instances: usize,
    pub calls: usize,
    /// Of the instances, those that ended in a trap.
    pub traps: usize,
    /// Compositions that wasmtime does not compile.
    pub not_run: usize,
}

impl AddAssign for Seen {
    fn add_assign(&mut self, other: Seen) {
        self.compositions += other.compositions;
        self.instances += other.instances;
        self.calls += other.calls;
        self.traps += other.traps;
        self.not_run += other.not_run;
    }
}

/// The composition that the bytes decide on, as WAT.
pub fn text(bytes: &[u8]) -> Result<String> {
    Ok(text::program(&Program::new(&mut Unstructured::new(bytes))?))
}

/// Makes a composition, drives it, fuses it both ways and compares. Errors: a difference, or a
/// composition that is not valid, which is a mistake of the generator's. `more` instances are driven
/// than the bytes decide on: what is done with them follows from their number.
pub fn check(bytes: &[u8], more: u64) -> Result<Seen> {
    let mut u = Unstructured::new(bytes);
    let program = Program::new(&mut u)?;
    let mut plans =
        (0..u.int_in_range(12..=40)?).map(|_| Plan::new(&mut u, &program)).collect::<Result<Vec<_>, _>>()?;
    for n in 0..more {
        plans.push(Plan::new(&mut Unstructured::new(&self::bytes(n)), &program)?);
    }
    let original = wat::parse_str(text::program(&program)).context("the generator's text")?;
    let needed = features::needed(&original).context("the generator's component")?;

    let mut guest = match trace::guest(&original, OutputKind::Component, plans[0].host()) {
        Ok(guest) => guest,
        Err(error) if is_fault_of_engine(&error) => return Ok(Seen { not_run: 1, ..Seen::default() }),
        Err(error) => return Err(error.context("the generator's component")),
    };
    let mut traces = Vec::new();
    for plan in &plans {
        guest.renew(plan.host());
        traces.push(plan.drive(&mut *guest));
    }
    let input = Input::new("input", original.as_slice());
    for output in fused::KINDS {
        let options = Options { output, ..Options::default() };
        let bytes =
            fused::fuse(std::slice::from_ref(&input), &options).with_context(|| format!("{output:?}"))?;
        features::check(needed, &bytes).with_context(|| format!("{output:?}"))?;
        let mut guest = trace::guest(&bytes, output, plans[0].host())?;
        for (plan, trace) in plans.iter().zip(&traces) {
            guest.renew(plan.host());
            trace::follow(&mut *guest, trace).with_context(|| format!("{output:?}"))?;
        }
    }
    Ok(seen(&traces))
}

/// wasmtime 48 makes invalid adapters where a fixed-length list in the memory of a callee with 64-bit
/// addresses is the result.
fn is_fault_of_engine(error: &anyhow::Error) -> bool {
    let error = format!("{error:#}");
    error.contains("failed to compile") && error.contains("type mismatch: expected i64, found i32")
}

fn seen(traces: &[Vec<Taken>]) -> Seen {
    let ends = |trace: &&Vec<Taken>| matches!(trace.last().map(|t| &t.outcome), Some(Outcome::Trapped(_)));
    Seen {
        compositions: 1,
        instances: traces.len(),
        calls: traces.iter().flatten().filter(|t| matches!(t.step, Step::Call { .. })).count(),
        traps: traces.iter().filter(ends).count(),
        not_run: 0,
    }
}

/// The functions that are for the driver, and take part in every call.
fn is_control(function: &Function) -> bool {
    text::CONTROLS.iter().any(|(name, _)| function.path.last().is_some_and(|last| last == name))
}

/// A stream of bytes for a seed.
pub fn bytes(seed: u64) -> Vec<u8> {
    let mut random = crate::random::Random::new(seed);
    let length = 256 + random.below(1024);
    (0..length).map(|_| (random.bits() >> 24) as u8).collect()
}
