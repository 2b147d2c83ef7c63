//! Random compositions of components, unfused against fused. In: a stream of bytes, which decides
//! everything. Out: whether what is fused does the same. Not its job: where the bytes come from.
//!
//! `program` decides what there is, `text`, `glue` and `memory` write it as WAT, `drive` calls it, with whole
//! values and with spoiled ones.

mod drive;
mod glue;
mod memory;
mod program;
mod text;
mod types;

use crate::host::Function;
use crate::trace::{self, Step, Taken};
use crate::{campaign, features, random};
use anyhow::{Context, Result};
use arbitrary::Unstructured;
use drive::Plan;
use meld_fuser::{Input, OutputKind};
use program::Program;
use std::ops::{AddAssign, Range};

/// How often a failing case is tried while it is made smaller.
const TRIES: usize = 500;

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

/// A stream of bytes for a seed.
pub fn bytes(seed: u64) -> Vec<u8> {
    random::bytes(seed, 256..1280)
}

/// Checks the compositions of all these seeds. Errors: the first failure, made small. `more` as in
/// `check`.
pub fn campaign(seeds: Range<u64>, more: u64) -> Result<Seen, String> {
    campaign::run(seeds, TRIES, bytes, |bytes| check(bytes, more), text)
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
    trace::compare(&[Input::new("input", original)], Some(needed), |nth| plans[nth].host(), &traces)?;
    Ok(seen(&traces))
}

/// wasmtime 48 makes invalid adapters where a fixed-length list in the memory of a callee with 64-bit
/// addresses is the result.
fn is_fault_of_engine(error: &anyhow::Error) -> bool {
    let error = format!("{error:#}");
    error.contains("failed to compile") && error.contains("type mismatch: expected i64, found i32")
}

fn seen(traces: &[Vec<Taken>]) -> Seen {
    Seen {
        compositions: 1,
        instances: traces.len(),
        calls: traces.iter().flatten().filter(|t| matches!(t.step, Step::Call { .. })).count(),
        traps: traces.iter().filter(|trace| trace::has_trapped(trace)).count(),
        not_run: 0,
    }
}

/// The functions that are for the driver, and take part in every call.
fn is_control(function: &Function) -> bool {
    text::CONTROLS.iter().any(|(name, _)| function.path.last().is_some_and(|last| last == name))
}
