//! Calls between components. In: the guests. Out: for each row and column the time of one call, or why
//! there is none. Not its job: how the table looks.

use crate::guests::{Guests, Shape, directory};
use crate::notes::Notes;
use crate::programs::{Program, Run, engine};
use crate::sampling::Sampler;
use crate::tools;
use crate::why::{Why, Word};
use crate::{reach, table};
use anyhow::{Result, anyhow, bail};
use meld_fuser::{Input, Optimizations, Options, OutputKind};
use meld_tests::clock::thread_time;
use meld_tests::optimiser;
use serde::{Deserialize, Serialize};
use std::process::Command;

/// What is called, by the names of the caller's exports without `run-`, and in words.
const ROWS: [(&str, &str); 10] = [
    ("scalar", "a scalar function"),
    ("string-in", "a string of 100 bytes in"),
    ("string-in-out", "a string of 100 bytes in and out"),
    ("bytes", "`list<u8>` of 64 KiB"),
    ("points", "4,096 records of two f64"),
    ("people", "256 records with strings and lists of strings"),
    ("shapes", "1,024 variants, some with strings"),
    ("method", "a method on a resource"),
    ("borrow", "a borrow passed"),
    ("construct", "construct and drop"),
];
const RELAY: [(&str, &str); 1] = [("pass", "a borrow passed on as it is")];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Composed, in wasmtime as it comes.
    On,
    /// Composed, without support for concurrency.
    Off,
    Peer,
    /// Fused without any optimisation.
    Plain,
    Meld,
    /// Fused to a core module, optimised by Binaryen and wrapped.
    Optimised,
    Limit,
    LimitOptimised,
}

impl Column {
    pub const ALL: [Column; 8] = [
        Column::On,
        Column::Off,
        Column::Peer,
        Column::Plain,
        Column::Meld,
        Column::Optimised,
        Column::Limit,
        Column::LimitOptimised,
    ];

    /// In the head of a table.
    pub fn title(self) -> &'static str {
        match self {
            Column::On => "composed, on",
            Column::Off => "composed, off",
            Column::Peer => "peer",
            Column::Plain => "meld -O0",
            Column::Meld => "meld",
            Column::Optimised => "meld, wasm-opt -O3",
            Column::Limit => "limit",
            Column::LimitOptimised => "limit, wasm-opt -O3",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Column::On => "on",
            Column::Off => "off",
            Column::Peer => "peer",
            Column::Plain => "plain",
            Column::Meld => "meld",
            Column::Optimised => "meld-optimised",
            Column::Limit => "limit",
            Column::LimitOptimised => "limit-optimised",
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    pub shape: Shape,
    pub what: String,
    /// Nanoseconds, as in `Column::ALL`.
    pub cells: Vec<Result<f64, Why>>,
}

impl Row {
    pub fn cell(&self, column: Column) -> Result<f64, &Why> {
        self.cells[column as usize].as_ref().copied()
    }

    /// What the row is called in the page.
    pub fn title(&self) -> &str {
        let found = rows(self.shape).iter().find(|row| row.0 == self.what);
        found.map_or(&self.what, |row| row.1)
    }
}

/// How often each is called to see whether the result is right.
const TRIED: u32 = 10;

/// A composition in every column.
struct Composition {
    shape: Shape,
    programs: Vec<Result<Program, Why>>,
}

/// The rows of a composition.
fn rows(shape: Shape) -> &'static [(&'static str, &'static str)] {
    if shape == Shape::Relay { &RELAY } else { &ROWS }
}

/// The table, with a part for each shape.
pub fn render(all: &[Row]) -> String {
    const RATIOS: [Column; 4] = [Column::On, Column::Off, Column::Peer, Column::Limit];
    let mut notes = Notes::default();
    let mut head = vec![String::new()];
    head.extend(Column::ALL.map(|column| column.title().to_string()));
    head.extend(RATIOS.map(|column| format!("meld / {}", column.title())));
    head.push("wasm-opt -O3 / meld".to_string());
    let mut lines = Vec::new();
    for row in all {
        let mut line = vec![format!("{}, {}", row.title(), row.shape.title())];
        line.extend(Column::ALL.map(|column| notes.cell(row.cell(column).map(table::time))));
        let quotient = |column| reach::quotient(row, Column::Meld, column);
        line.extend(RATIOS.map(|column| quotient(column).map_or("–".to_string(), table::ratio)));
        let optimised = reach::quotient(row, Column::Optimised, Column::Meld);
        line.push(optimised.map_or("–".to_string(), table::ratio));
        lines.push(line);
    }
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    table::table(&head, &lines) + &notes.render()
}

/// Measures all rows.
pub fn measure(guests: &Guests, sampler: &mut Sampler) -> Result<Vec<Row>> {
    let mut all = Vec::new();
    for shape in Shape::ALL {
        let composition = Composition::new(guests, shape)?;
        for (what, _) in rows(shape) {
            all.push(composition.measure(what, sampler)?);
        }
    }
    Ok(all)
}

/// Calls everything a few times.
pub fn check(guests: &Guests) -> Result<()> {
    for shape in Shape::ALL {
        let composition = Composition::new(guests, shape)?;
        for (what, _) in rows(shape) {
            composition.start(what)?;
        }
    }
    Ok(())
}

impl Composition {
    fn new(guests: &Guests, shape: Shape) -> Result<Composition> {
        let (on, off) = (engine(true)?, engine(false)?);
        let composed = guests.composed(shape)?;
        let program = |column| match column {
            Column::On => Program::component(&on, &composed),
            Column::Off => Program::component(&off, &composed),
            Column::Peer => Program::of_peer(&on, &by_peer(&composed)?),
            Column::Meld => Program::component(&on, &by_meld(&composed, Optimizations::all())?),
            Column::Plain => Program::component(&on, &by_meld(&composed, Optimizations::none())?),
            Column::Optimised => Program::component(&on, &by_meld_and_optimiser(&composed)?),
            Column::Limit => Program::core(&on, &guests.limit(shape)?.ok_or(Word::Nothing)?),
            Column::LimitOptimised => {
                let limit = guests.limit(shape)?.ok_or(Word::Nothing)?;
                // It needs no more than the composition does.
                let flags = optimiser::flags(&to_core(&composed)?)?;
                Program::core(&on, &optimiser::run(&tools::wasm_opt()?, &flags, &limit)?)
            }
        };
        let programs = Column::ALL.map(|column| program(column).map_err(Why::from));
        Ok(Composition { shape, programs: programs.into() })
    }

    /// An instance in each column that gives what the first column's gives. Only the peer's may fail.
    fn start(&self, what: &str) -> Result<Vec<Result<Run, Why>>> {
        let export = format!("run-{what}");
        let mut expected = None;
        let start = |program: &Result<Program, Why>| {
            let mut run = program.as_ref().map_err(Clone::clone)?.start(&export)?;
            let result = run(TRIED).map_err(|error| Why::new(Word::Traps, &error))?;
            let expected = *expected.get_or_insert(result);
            let wrong = || Why { word: Word::Wrong, detail: format!("{result} instead of {expected}") };
            if result == expected { Ok(run) } else { Err(wrong()) }
        };
        let runs: Vec<_> = self.programs.iter().map(start).collect();
        for (column, run) in Column::ALL.into_iter().zip(&runs) {
            let limit = matches!(column, Column::Limit | Column::LimitOptimised);
            let may_fail = column == Column::Peer || (limit && self.shape == Shape::Relay);
            if let (Err(why), false) = (run, may_fail) {
                bail!("{what}, {}, {}: {why}", self.shape.title(), column.title());
            }
        }
        Ok(runs)
    }

    fn measure(&self, what: &str, sampler: &mut Sampler) -> Result<Row> {
        let mut runs = self.start(what)?;
        let mut columns = Vec::new();
        for (run, column) in runs.iter_mut().zip(Column::ALL) {
            if let Ok(run) = run {
                columns.push((column.name(), run));
            }
        }
        let row = format!("{:?}.{what}", self.shape);
        let times = sampler.interleaved(&row, &mut columns, |run, times| {
            let times = u32::try_from(times)?;
            let start = thread_time();
            run(times)?;
            Ok(thread_time().saturating_sub(start))
        })?;
        let mut times = times.into_iter();
        let cells = runs.into_iter().map(|run| run.map(|_| times.next().unwrap_or(f64::NAN)));
        Ok(Row { shape: self.shape, what: what.to_string(), cells: cells.collect() })
    }
}

fn by_meld(composed: &[u8], optimizations: Optimizations) -> Result<Vec<u8>> {
    let options = Options { output: OutputKind::Component, optimizations, ..Options::default() };
    Ok(meld_fuser::fuse(vec![Input::new("composed", composed)], options)?.bytes)
}

/// Fused to a core module, which an optimiser takes, and wrapped as the component that it is of.
fn by_meld_and_optimiser(composed: &[u8]) -> Result<Vec<u8>> {
    let core = optimiser::optimised(&tools::wasm_opt()?, &to_core(composed)?)?;
    Ok(meld_fuser::wrap(Input::new("optimised", core))?)
}

fn to_core(composed: &[u8]) -> Result<Vec<u8>> {
    Ok(meld_fuser::fuse(vec![Input::new("composed", composed)], Options::default())?.bytes)
}

fn by_peer(composed: &[u8]) -> Result<Vec<u8>> {
    let peer = tools::peer()?.ok_or(Word::Nothing)?;
    let input = directory()?.join("composed.wasm");
    std::fs::write(&input, composed)?;
    let out = input.with_file_name("peer.wasm");
    let output = Command::new(peer).arg("fuse").arg("--output").args([&out, &input]).output()?;
    if !output.status.success() {
        return Err(
            Why::new(Word::Refused, &anyhow!(String::from_utf8_lossy(&output.stderr).into_owned())).into()
        );
    }
    Ok(std::fs::read(out)?)
}
