//! `limits [PART-OF-A-NAME…]`: what the fuser takes for components that grow in one way each, as rows of the
//! table in docs/LIMITS.md; without parts of names, it writes the table there. In: the shapes of
//! `meld_tests::shapes`, n doubled until something answers. Not its job: judging it, which `tests/inside.rs`
//! does for memory.

use anyhow::{Context, Result};
use meld_tests::clock::thread_time;
use meld_tests::sandbox::{Error, OutputKind, Sandbox, Trapped};
use meld_tests::shapes::{self, Made, Shape, WAYS, Way};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Past these, n is not doubled again.
const BYTES: usize = 1 << 20;
const TIME: Duration = Duration::from_secs(1);

const MEMORY: usize = 4 << 30;

const HEAD: &str = "| n | output | largest n | bytes in | seconds | MiB | bytes out | ends with |\n\
    |---|---|--:|--:|--:|--:|--:|---|\n";

struct Measured {
    way: Way,
    n: usize,
    bytes: usize,
    time: Duration,
    memory: usize,
    said: Result<usize, String>,
}

/// Around the table in docs/LIMITS.md.
const BEGIN: &str = "<!-- made: limits -->\n";
const END: &str = "<!-- end -->\n";

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |shape: &&Shape| words.is_empty() || words.iter().any(|word| shape.name.contains(word));
    let shapes: Vec<&Shape> = shapes::all().filter(wanted).collect();
    let table = format!("{HEAD}{}", measure(&Sandbox::new()?, &shapes));
    if words.is_empty() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/LIMITS.md");
        let page = std::fs::read_to_string(&path)?;
        let (before, rest) = page.split_once(BEGIN).context("no place for the table")?;
        let (_, after) = rest.split_once(END).context("no end of the table")?;
        std::fs::write(path, format!("{before}{BEGIN}{table}{END}{after}"))?;
    }
    Ok(())
}

/// The rows of all shapes, in their order. They are printed as soon as they are there, too.
fn measure(sandbox: &Sandbox, shapes: &[&Shape]) -> String {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(vec![None; shapes.len()]);
    print!("{HEAD}");
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(shape) = shapes.get(at) else { return };
                    let rows = rows(sandbox, shape);
                    print!("{rows}");
                    done.lock().expect("no panic elsewhere")[at] = Some(rows);
                }
            });
        }
    });
    done.into_inner().expect("no panic elsewhere").into_iter().flatten().collect()
}

fn rows(sandbox: &Sandbox, shape: &Shape) -> String {
    let mut all = Vec::new();
    shape.doubled(|way, n, made| {
        let measured = measured(sandbox, way, n, made);
        let goes_on = measured.said.is_ok() && measured.bytes <= BYTES && measured.time <= TIME;
        all.push(measured);
        goes_on
    });
    let of = |way| all.iter().filter(|one| one.way == way).collect::<Vec<_>>();
    WAYS.into_iter().map(|way| row(shape, way, &of(way))).collect()
}

/// What this n takes in an instance of its own.
fn measured(sandbox: &Sandbox, way: Way, n: usize, made: &Made) -> Measured {
    let began = thread_time();
    let (said, memory) = match sandbox.start(MEMORY) {
        Ok(mut running) => {
            let said = match way {
                Some(output) => {
                    running.fuse_all(made, output, false).map(|said| said.map(|fused| fused.len()))
                }
                None => running.tell(made),
            };
            let said = match said {
                Ok(said) => said.map_err(told),
                Err(Trapped(why)) => Err(format!("TRAP {why}")),
            };
            (said, running.memory())
        }
        Err(error) => (Err(format!("{error:#}")), 0),
    };
    let time = thread_time().saturating_sub(began);
    Measured { way, n, bytes: made.bytes(), time, memory, said }
}

fn told(error: Error) -> String {
    match error {
        Error::Malformed(diagnostic) => format!("`malformed`: {}", diagnostic.message),
        Error::Invalid(diagnostic) => format!("`invalid`: {}", diagnostic.message),
        Error::LimitExceeded(diagnostic) => format!("`limit-exceeded`: {}", diagnostic.message),
        other => format!("{other:?}"),
    }
}

/// The largest n that was fused, how much more it took than half of it, and what came next.
fn row(shape: &Shape, way: Way, all: &[&Measured]) -> String {
    let fused = all.iter().rposition(|one| one.said.is_ok());
    let what = match way {
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
        return format!("| {} | {what} | | | | | | {end} |\n", shape.name);
    };
    let before = fused.and_then(|at| at.checked_sub(1)).and_then(|at| all.get(at));
    let times = |of: fn(&Measured) -> f64| {
        before.map_or(String::new(), |half| format!(" (×{:.1})", of(last) / of(half)))
    };
    format!(
        "| {} | {what} | {} | {} | {:.2}{} | {:.1}{} | {}{} | {end} |\n",
        shape.name,
        last.n,
        last.bytes,
        last.time.as_secs_f64(),
        times(|one| one.time.as_secs_f64()),
        last.memory as f64 / f64::from(1 << 20),
        times(|one| one.memory as f64),
        last.said.as_ref().copied().unwrap_or_default(),
        times(|one| one.said.as_ref().copied().unwrap_or_default() as f64),
    )
}
