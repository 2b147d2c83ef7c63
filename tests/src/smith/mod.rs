//! Random core modules inside one component, unfused against fused. In: a stream of bytes, which
//! decides everything. Out: whether what is fused does the same. Not its job: calls between components
//! (`generated`), nor where the bytes come from.
//!
//! `modules` has wasm-smith make modules that import from each other by way of `catalog`; `component`
//! instantiates them, with `witness` to see what they do inside.

mod catalog;
mod component;
mod modules;
mod witness;

use crate::host::Guest;
use crate::random::{self, Random};
use crate::steps::choose;
use crate::trace::{self, Step, Taken, has_trapped, served, take};
use crate::{campaign, features};
use anyhow::{Context, Result};
use arbitrary::Unstructured;
use meld_fuser::{Input, Optimizations, Options, OutputKind};
use modules::Modules;
use std::ops::{AddAssign, Range};

/// Bytes at the front that decide on the component and its calls; the rest makes the modules.
const FRONT: usize = 64;

/// Fresh instances of each component, and calls of each.
const INSTANCES: usize = 2;
const CALLS: usize = 6;

/// How often a failing case is tried while it is made smaller.
const TRIES: usize = 1500;

/// What was seen.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub components: usize,
    pub calls: usize,
    /// Of the instances, those that trap when they are made, and those that do so later.
    pub not_instantiated: usize,
    pub traps: usize,
    /// What meld refuses, by name.
    pub refused: usize,
}

impl AddAssign for Seen {
    fn add_assign(&mut self, other: Seen) {
        self.components += other.components;
        self.calls += other.calls;
        self.not_instantiated += other.not_instantiated;
        self.traps += other.traps;
        self.refused += other.refused;
    }
}

/// A stream of bytes for a seed.
pub fn bytes(seed: u64) -> Vec<u8> {
    random::bytes(seed, 1024..7168)
}

/// Checks the components of all these seeds. Errors: the first failure, made small.
pub fn campaign(seeds: Range<u64>) -> Result<Seen, String> {
    campaign::run(seeds, TRIES, bytes, check, |bytes| wasmprinter::print_bytes(component(bytes)?))
}

/// The component that the bytes decide on.
pub fn component(bytes: &[u8]) -> Result<Vec<u8>> {
    Ok(case(bytes)?.0)
}

/// The component, and a number from which its calls follow.
fn case(bytes: &[u8]) -> Result<(Vec<u8>, u64)> {
    let (front, rest) = bytes.split_at(bytes.len().min(FRONT));
    let mut u = Unstructured::new(front);
    let seed = u.arbitrary::<u16>()?;
    let modules = Modules::new(&mut Unstructured::new(rest))?;
    Ok((component::component(&mut u, &modules)?, u64::from(seed)))
}

/// Makes a component, drives it, fuses it both ways and compares. Errors: a difference, or a component
/// that is not valid or that wasmtime does not compile, which is a mistake of the generator's.
pub fn check(bytes: &[u8]) -> Result<Seen> {
    let (original, seed) = case(bytes)?;
    let needed = features::needed(&original).context("the generator's component")?;
    let mut guest =
        trace::guest(&original, OutputKind::Component, served(seed)).context("the generator's component")?;
    let traces: Vec<Vec<Taken>> = (0..INSTANCES as u64)
        .map(|nth| {
            guest.renew(served(seed));
            drive(&mut *guest, seed + nth)
        })
        .collect();
    let input = Input::new("input", original);
    if is_refused(&input)? {
        return Ok(Seen { refused: 1, ..Seen::default() });
    }
    trace::compare(&[input], Some(needed), |_| served(seed), &traces)?;
    Ok(seen(&traces))
}

/// Whether meld refuses it for the one reason that docs/LIMITS.md gives for core modules.
fn is_refused(input: &Input) -> Result<bool> {
    // Without optimisations, because what nothing can reach is no obstacle.
    let optimizations = Optimizations::none();
    match meld_fuser::fuse(vec![input.clone()], Options { optimizations, ..Options::default() }) {
        Err(error) => Ok(error.message.contains("a table of non-null references to an object")),
        Ok(_) => Ok(false),
    }
}

/// Calls at random, and reads the checksum after each call, until something traps.
fn drive(guest: &mut dyn Guest, seed: u64) -> Vec<Taken> {
    let mut random = Random::new(seed);
    let exports = guest.exports().to_vec();
    let mut trace = vec![take(guest, Step::Instantiate)];
    for _ in 0..CALLS {
        let sum = Step::Call { path: vec![component::CHECKSUM.into()], args: Vec::new() };
        for step in [Some(sum), choose(&*guest, &exports, &mut random)].into_iter().flatten() {
            if has_trapped(&trace) {
                return trace;
            }
            trace.push(take(guest, step));
        }
    }
    trace
}

fn seen(traces: &[Vec<Taken>]) -> Seen {
    let (at_once, later): (Vec<_>, Vec<_>) =
        traces.iter().filter(|trace| has_trapped(trace)).partition(|trace| trace.len() == 1);
    Seen {
        components: 1,
        calls: traces.iter().map(|trace| trace.len() - 1).sum(),
        not_instantiated: at_once.len(),
        traps: later.len(),
        refused: 0,
    }
}
