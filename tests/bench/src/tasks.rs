//! Async calls, streams and futures between components. In: the guests. Out: for each row the time of one, composed
//! and fused. Not its job: how the table looks.

use crate::guests::Guests;
use crate::programs::{Program, engine};
use crate::sampling::Sampler;
use crate::table;
use anyhow::{Result, ensure};
use meld_fuser::{Input, Options, OutputKind};
use meld_tests::clock::thread_time;
use serde::{Deserialize, Serialize};

/// What is done, by the names of the caller's exports without `run-`, in words, and the reach.
const ROWS: [(&str, &str, f64); 6] = [
    ("at-once", "an async call that returns at once", 0.05),
    ("waiting", "an async call that waits once", 0.1),
    ("bytes", "a stream of bytes, 64 KiB a write", 0.3),
    ("people", "a stream of 64 records with strings a write", 0.5),
    ("answer", "a future made, passed, written, read", 0.1),
    ("many", "a call among so many at once", 0.1),
];

#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    what: String,
    /// Nanoseconds.
    composed: f64,
    fused: f64,
}

/// How often each is done to see whether the result is right.
const TRIED: u32 = 10;

/// The table.
pub fn render(rows: &[Row]) -> String {
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let (what, reach) =
                ROWS.iter().find(|(what, ..)| *what == row.what).map_or(("", 0.0), |r| (r.1, r.2));
            let ratio = row.fused / row.composed;
            vec![
                what.to_string(),
                table::time(row.composed),
                table::time(row.fused),
                table::ratio(ratio),
                table::ratio(reach),
            ]
        })
        .collect();
    table::table(&["", "composed", "meld", "meld / composed", "reach"], &lines)
}

/// Measures all rows.
pub fn measure(guests: &Guests, sampler: &mut Sampler) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (what, ..) in ROWS {
        let [composed, fused] = programs(guests, what)?;
        let mut columns = [("composed", composed), ("meld", fused)];
        let export = export(what);
        let times = sampler.interleaved(&format!("tasks.{what}"), &mut columns, |program, times| {
            // A new instance each time: wasmtime takes ever longer for futures in one, and traps in the end.
            let mut run = program.start_async(&export)?;
            let times = u32::try_from(times)?;
            let start = thread_time();
            run(times)?;
            Ok(thread_time().saturating_sub(start))
        })?;
        if let [composed, fused] = times[..] {
            rows.push(Row { what: what.to_string(), composed, fused });
        }
    }
    Ok(rows)
}

/// Does everything a few times.
pub fn check(guests: &Guests) -> Result<()> {
    ROWS.iter().try_for_each(|(what, ..)| programs(guests, what).map(|_| ()))
}

fn export(what: &str) -> String {
    format!("run-{what}")
}

/// The composition, and what is fused of it, which give the same.
fn programs(guests: &Guests, what: &str) -> Result<[Program; 2]> {
    let composed = guests.tasks()?;
    let options = Options { output: OutputKind::Component, ..Options::default() };
    let fused = meld_fuser::fuse(vec![Input::new("composed", composed.as_slice())], options)?.bytes;
    let engine = engine(true)?;
    let programs = [Program::component(&engine, &composed)?, Program::component(&engine, &fused)?];
    let mut results = Vec::new();
    for program in &programs {
        results.push(program.start_async(&export(what))?(TRIED)?);
    }
    ensure!(results[0] == results[1], "{what}: {} instead of {}", results[1], results[0]);
    Ok(programs)
}
