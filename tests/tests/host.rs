//! Guests and the host, with resources both ways. What is compared is everything that the host sees:
//! its calls in their order, with arguments, the drops of its resources, the outcomes and what it
//! owns; the original is the measure.
//!
//! - The re-exporters of tests/guests against a host that keeps `test:base/shapes` itself, with real
//!   state: the guests' own assertions hold, and nothing is left at the end.
//! - Every part of every guest alone, and every chain without its runner, driven at random from
//!   outside: exports with values that follow from a seed, imports served with such values.

use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::{Arguments, Failed, Trial};
use meld_fuser::{Input, OutputKind};
use meld_tests::host::{Outcome, Serve};
use meld_tests::random::Random;
use meld_tests::steps::choose;
use meld_tests::trace::{self, Step, Taken, any_host, has_trapped, take};
use meld_tests::value::{FuncType, Resource, Value};
use meld_tests::{compose, guests};
use std::collections::BTreeMap;

fn main() -> std::process::ExitCode {
    let mut trials = Vec::new();
    for name in guests::names().expect("tests/guests/cases is there") {
        // This host calls one function after the other: what is async has another (`async_host`).
        if guests::is_async(&name).expect("its world is there") {
            continue;
        }
        let case = name.clone();
        trials.push(trial(format!("{name}::at-random"), move || at_random(&guests::case(&case)?)));
        if name.starts_with("reexport-") {
            trials.push(trial(format!("{name}::shapes-of-the-host"), move || {
                of_the_host(&guests::case(&name)?)
            }));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(name: String, run: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || run().map_err(|e| Failed::from(format!("{e:#}"))))
}

// The host's own shapes

fn of_the_host(case: &guests::Case) -> Result<()> {
    let parts: Vec<(&str, &[u8])> =
        case.parts.iter().skip(1).map(|part| (part.role.as_str(), part.bytes.as_slice())).collect();
    let composed = compose::chain(&parts)?;
    let mut guest = trace::guest(&composed, OutputKind::Component, shapes())?;
    let run = Step::Call { path: vec!["run".into()], args: Vec::new() };
    let expected: Vec<Taken> = [Step::Instantiate, run].map(|step| take(&mut *guest, step)).into();
    for taken in &expected {
        ensure!(matches!(taken.outcome, Outcome::Returned(_)), "unfused: {taken}");
    }
    ensure!(expected[1].events.len() > 5, "the host is hardly called: {}", expected[1]);
    let expected = [expected];
    trace::compare(&[Input::new("composed", composed)], None, |_| shapes(), &expected)?;
    let inputs: Vec<Input> = parts.iter().map(|(name, bytes)| Input::new(*name, *bytes)).collect();
    trace::compare(&inputs, None, |_| shapes(), &expected)
}

/// A host that implements `test:base/shapes`. The first representations are the most easily mistaken.
fn shapes() -> Serve {
    let mut live: BTreeMap<u32, (String, f64)> = BTreeMap::new();
    let mut free: Vec<u32> = (3..1000).rev().chain([1, 2, u32::MAX, 0]).collect();
    Box::new(move |path, _: &FuncType, args| {
        let name = path.last().context("a name")?.as_str();
        Ok(Some(match (name, args) {
            ("[constructor]shape", [Value::String(name), Value::F64(size)]) => {
                let rep = free.pop().context("too many shapes")?;
                live.insert(rep, (name.clone(), *size));
                Value::Own(Resource::Host(rep))
            }
            ("[drop]shape", [Value::Own(Resource::Host(rep))]) => {
                live.remove(rep).context("dropped twice")?;
                return Ok(None);
            }
            ("[method]shape.name", [shape]) => Value::String(live[&rep(shape)?].0.clone()),
            ("[method]shape.size", [shape]) => Value::F64(live[&rep(shape)?].1),
            ("[method]shape.grow", [shape, Value::F64(by)]) => {
                live.get_mut(&rep(shape)?).context("a dead shape")?.1 += by;
                return Ok(None);
            }
            ("[static]shape.larger", [a, b]) => {
                let (small, large) = if live[&rep(a)?].1 < live[&rep(b)?].1 { (a, b) } else { (b, a) };
                live.remove(&rep(small)?);
                large.clone()
            }
            ("total", [Value::List(shapes)]) => {
                let mut total = 0.0;
                for shape in shapes {
                    total += live[&rep(shape)?].1;
                }
                Value::F64(total)
            }
            ("sorted", [Value::List(shapes)]) => {
                let mut shapes = shapes.clone();
                shapes.sort_by(|a, b| {
                    let size = |shape| rep(shape).ok().and_then(|rep| live.get(&rep)).map_or(0.0, |s| s.1);
                    size(a).total_cmp(&size(b))
                });
                Value::List(shapes)
            }
            ("live", []) => Value::U32(live.len() as u32),
            other => bail!("not served: {other:?}"),
        }))
    })
}

fn rep(value: &Value) -> Result<u32> {
    match value {
        Value::Own(Resource::Host(rep)) | Value::Borrow(Resource::Host(rep)) => Ok(*rep),
        other => bail!("not a shape of the host: {other}"),
    }
}

// At random

/// Calls for each trace, and traces for each guest.
const CALLS: usize = 30;
const TRACES: u64 = 3;

fn at_random(case: &guests::Case) -> Result<()> {
    let parts: Vec<(&str, &[u8])> =
        case.parts.iter().map(|part| (part.role.as_str(), part.bytes.as_slice())).collect();
    for (role, bytes) in &parts {
        compare(bytes).with_context(|| format!("the {role} alone"))?;
    }
    if parts.len() > 2 {
        compare(&compose::chain(&parts[..parts.len() - 1])?).context("without the runner")?;
    }
    Ok(())
}

fn compare(bytes: &[u8]) -> Result<()> {
    let mut traces = Vec::new();
    for seed in 1..=TRACES {
        traces.push(drive(bytes, seed)?);
    }
    trace::compare(&[Input::new("input", bytes)], None, |_| any_host(), &traces)
}

/// Drives the original, until it traps or is too much for the host.
fn drive(bytes: &[u8], seed: u64) -> Result<Vec<Taken>> {
    let mut guest = trace::guest(bytes, OutputKind::Component, any_host())?;
    let mut random = Random::new(seed);
    let exports = guest.exports().to_vec();
    let mut trace = vec![take(&mut *guest, Step::Instantiate)];
    for _ in 0..CALLS {
        if has_trapped(&trace) {
            break;
        }
        if let Some(step) = choose(&*guest, &exports, &mut random) {
            let taken = take(&mut *guest, step);
            if matches!(&taken.outcome, Outcome::Trapped(trap) if trap.is_limit_of_host()) {
                break;
            }
            trace.push(taken);
        }
    }
    Ok(trace)
}
