//! `limits [PART-OF-A-NAME…]`: what the fuser takes for components that grow in one way each, as rows of the
//! table in docs/LIMITS.md. In: the shapes of `meld_tests::shapes`, n doubled until something answers.
//! Not its job: judging it, which `tests/inside.rs` does for memory.

use anyhow::Result;
use meld_tests::sandbox::{OutputKind, Sandbox, Trapped};
use meld_tests::shapes::{self, Shape};
use std::time::{Duration, Instant};

/// Past these, n is not doubled again.
const BYTES: usize = 4 << 20;
const TIME: Duration = Duration::from_secs(4);

const MEMORY: usize = 4 << 30;

struct Measured {
    n: usize,
    bytes: usize,
    time: Duration,
    memory: usize,
    said: Result<usize, String>,
}

fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let sandbox = Sandbox::new()?;
    println!("| n | output | largest n | bytes in | seconds | MiB | bytes out | ends with |");
    println!("|---|---|--:|--:|--:|--:|--:|---|");
    for shape in shapes::all() {
        if !wanted.is_empty() && !wanted.iter().any(|part| shape.name.contains(part)) {
            continue;
        }
        for output in [Some(OutputKind::CoreModule), Some(OutputKind::Component), None] {
            row(shape, output, &doubled(&sandbox, shape, output)?);
        }
    }
    Ok(())
}

/// What each n takes, until it is refused or takes so much that twice as much is not worth the wait.
fn doubled(sandbox: &Sandbox, shape: &Shape, output: Option<OutputKind>) -> Result<Vec<Measured>> {
    let mut all = Vec::new();
    let mut n = shape.first;
    loop {
        let made = shape.make(n);
        let bytes = made.bytes();
        let mut running = sandbox.start(MEMORY)?;
        let began = Instant::now();
        let said = match output {
            Some(output) => running.fuse_all(&made, output, true).map(|said| said.map(|fused| fused.len())),
            None => running.tell(&made),
        };
        let time = began.elapsed();
        let said = match said {
            Ok(said) => said.map_err(|error| format!("{error:?}")),
            Err(Trapped(why)) => Err(format!("TRAP {why}")),
        };
        let (memory, ends) = (running.memory(), said.is_err() || bytes > BYTES || time > TIME);
        all.push(Measured { n, bytes, time, memory, said });
        if ends {
            return Ok(all);
        }
        n *= 2;
    }
}

/// The largest n that was fused, how much more it took than half of it, and what came next.
fn row(shape: &Shape, output: Option<OutputKind>, all: &[Measured]) {
    let fused = all.iter().rposition(|one| one.said.is_ok());
    let what = match output {
        Some(OutputKind::CoreModule) => "core",
        Some(OutputKind::Component) => "component",
        None => "inspect",
    };
    let end = all.last().and_then(|one| one.said.as_ref().err().map(|why| (one, why)));
    let end = end.map_or(String::new(), |(one, why)| {
        let why: String = why.chars().take(160).collect();
        format!(
            "{} at {} ({:.2} s, {} MiB)",
            why.replace('\n', " "),
            one.n,
            one.time.as_secs_f64(),
            one.memory >> 20
        )
    });
    let Some(last) = fused.and_then(|at| all.get(at)) else {
        println!("| {} | {what} | | | | | | {end} |", shape.name);
        return;
    };
    let before = fused.and_then(|at| at.checked_sub(1)).and_then(|at| all.get(at));
    let times = |of: fn(&Measured) -> f64| {
        before.map_or(String::new(), |half| format!(" (×{:.1})", of(last) / of(half)))
    };
    println!(
        "| {} | {what} | {} | {} | {:.2}{} | {:.1}{} | {}{} | {end} |",
        shape.name,
        last.n,
        last.bytes,
        last.time.as_secs_f64(),
        times(|one| one.time.as_secs_f64()),
        last.memory as f64 / f64::from(1 << 20),
        times(|one| one.memory as f64),
        last.said.as_ref().copied().unwrap_or_default(),
        times(|one| one.said.as_ref().copied().unwrap_or_default() as f64),
    );
}
