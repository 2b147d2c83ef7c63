//! What a guest does when it is driven from outside. In: a guest, steps. Out: a trace, which must be
//! the same for the original and for what it is fused to. Not its job: choosing the steps.

use crate::boundary_host::BoundaryHost;
use crate::component_host::ComponentHost;
use crate::features;
use crate::fused;
use crate::host::{Event, Guest, Outcome, Serve};
use crate::random::Random;
use crate::value::{Path, Resource, Type, Value};
use anyhow::{Context, Result, bail};
use meld_fuser::{Input, Optimizations, Options, OutputKind};
use std::fmt;
use wasmparser::{Parser, Payload, WasmFeatures};

/// What the host does.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Instantiate,
    Call {
        path: Path,
        args: Vec<Value>,
    },
    /// Drops a resource that it owns.
    Drop(u32),
}

/// What comes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    pub step: Step,
    pub outcome: Outcome,
    pub events: Vec<Event>,
    /// The resources that the host owns afterwards.
    pub owned: Vec<(u32, Path)>,
}

impl fmt::Display for Taken {
    /// At some length, not at any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = |text: String| text.chars().take(1500).collect::<String>();
        writeln!(f, "{}", cut(format!("{:?}", self.step)))?;
        writeln!(f, "    events {}", cut(format!("{:?}", self.events)))?;
        writeln!(f, "    outcome {}", cut(format!("{:?}", self.outcome)))?;
        write!(f, "    owned {}", cut(format!("{:?}", self.owned)))
    }
}

/// Serves every import with a value of its type that follows from the number of the call; the
/// resources that it hands out have the representations that are most easily mistaken.
pub fn any_host() -> Serve {
    served(0)
}

/// The same, with values that follow from a seed as well.
pub fn served(seed: u64) -> Serve {
    let mut calls = seed << 32;
    let mut resources = 0;
    Box::new(move |_, ty, _| {
        calls += 1;
        let mut resource = |_: &Type| {
            resources += 1;
            Some(Value::Own(Resource::Host([0, 2, u32::MAX, 1][resources % 4])))
        };
        let result = ty.result.as_ref();
        Ok(result.and_then(|ty| Random::new(calls).value(ty, &mut resource)))
    })
}

/// Does one step.
pub fn take(guest: &mut dyn Guest, step: Step) -> Taken {
    let outcome = match &step {
        Step::Instantiate => guest.instantiate(),
        Step::Call { path, args } => guest.call(&path.iter().map(String::as_str).collect::<Vec<_>>(), args),
        Step::Drop(resource) => guest.drop_resource(*resource),
    };
    // After a trap there is nothing left to own.
    let owned = match &outcome {
        Outcome::Returned(_) => guest.owned().into_iter().map(|(n, ty)| (n, ty.path.clone())).collect(),
        Outcome::Trapped(_) => Vec::new(),
    };
    Taken { step, outcome, events: guest.take_events(), owned }
}

/// What runs a binary of that kind.
pub fn guest(bytes: &[u8], kind: OutputKind, serve: Serve) -> Result<Box<dyn Guest>> {
    Ok(match kind {
        OutputKind::Component => Box::new(ComponentHost::new(bytes, serve).context("as a component")?),
        OutputKind::CoreModule => Box::new(BoundaryHost::new(bytes, serve).context("as a core module")?),
    })
}

/// Whether it ends in a trap.
pub fn has_trapped(trace: &[Taken]) -> bool {
    matches!(trace.last().map(|taken| &taken.outcome), Some(Outcome::Trapped(_)))
}

/// `compare_with` some settings that follow from the inputs: `fused::drawn`.
pub fn compare(
    inputs: &[Input],
    needed: Option<WasmFeatures>,
    host: impl Fn(usize) -> Serve,
    expected: &[Vec<Taken>],
) -> Result<()> {
    compare_with(&fused::drawn(inputs), inputs, needed, host, expected)
}

/// Fuses the inputs with each of the settings and compares what comes out with `expected`, step by step.
/// Each of its traces is of a guest of its own; `host` serves the guest of the nth. Where it is said what
/// features the inputs `needed`, the outputs may need no others (`features::check`).
pub fn compare_with(
    settings: &[Options],
    inputs: &[Input],
    needed: Option<WasmFeatures>,
    host: impl Fn(usize) -> Serve,
    expected: &[Vec<Taken>],
) -> Result<()> {
    for options in settings {
        if fused::is_possible(inputs, options)? {
            compare_one(inputs, options, needed, &host, expected).with_context(|| format!("{options:?}"))?;
        }
    }
    Ok(())
}

fn compare_one(
    inputs: &[Input],
    options: &Options,
    needed: Option<WasmFeatures>,
    host: impl Fn(usize) -> Serve,
    expected: &[Vec<Taken>],
) -> Result<()> {
    let bytes = fused::fuse(inputs, options)?;
    if let Some(needed) = needed {
        features::check(needed, &bytes)?;
    }
    let mut guest = guest(&bytes, options.output, host(0))?;
    for (nth, trace) in expected.iter().enumerate() {
        guest.renew(host(nth));
        follow(&mut *guest, trace)?;
    }
    let optimized = options.optimizations == Optimizations::all();
    if let (Some(trace), Some(component)) = (expected.first().filter(|_| optimized), encoded(&bytes)?) {
        let mut guest = ComponentHost::new(&component, host(0)).context("encoded by wit-component")?;
        follow(&mut guest, trace).context("encoded by wit-component")?;
    }
    Ok(())
}

/// What `wasm-tools component new` makes of a core module that says that it can.
fn encoded(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    let section = |payload: wasmparser::Result<Payload<'_>>| match payload {
        Ok(Payload::CustomSection(section)) => section.name().starts_with("component-type"),
        _ => false,
    };
    if Parser::is_component(bytes) || !Parser::new(0).parse_all(bytes).any(section) {
        return Ok(None);
    }
    let mut encoder = wit_component::ComponentEncoder::default();
    Ok(Some(encoder.module(bytes)?.validate(true).encode().context("wit-component does not take it")?))
}

/// Takes the same steps with a fresh guest, and compares what comes of each.
fn follow(guest: &mut dyn Guest, trace: &[Taken]) -> Result<()> {
    for (n, wanted) in trace.iter().enumerate() {
        let got = take(guest, wanted.step.clone());
        if got != *wanted {
            let before: String = trace[..n].iter().map(|taken| format!("after {taken}\n")).collect();
            bail!("step {n}:\n{before}wanted {wanted}\ngot {got}");
        }
    }
    Ok(())
}
