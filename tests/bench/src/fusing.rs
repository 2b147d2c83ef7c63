//! Fusing, as whole processes. In: components as files. Out: for each, by each program, time, peak memory
//! and the size of what came out. Not its job: what becomes of the output, which `after` measures.

use crate::guests::{Guests, directory};
use crate::inputs::{self, Input, Name};
use crate::notes::Notes;
use crate::process::{self, Run};
use crate::sampling::median;
use crate::table::{ratio, size, table, time};
use crate::tools;
use crate::why::{Why, Word};
use anyhow::{Result, anyhow};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    Native,
    InWasmtime,
    InNode,
    Peer,
    Validate,
    Copy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Core,
    Component,
}

/// One program on one input.
pub struct Measured {
    pub input: Input,
    pub program: Program,
    /// None for what does not fuse.
    pub kind: Option<Kind>,
    pub figures: Result<Figures, Why>,
}

#[derive(Debug, Clone, Copy)]
pub struct Figures {
    pub nanoseconds: f64,
    processor: f64,
    pub peak: u64,
    /// None where nothing is written.
    pub output: Option<u64>,
}

/// One run, and the bytes that it wrote, if it is there to write any.
struct Turn {
    run: Run,
    output: Option<u64>,
}

impl Kind {
    pub const ALL: [Kind; 2] = [Kind::Core, Kind::Component];

    pub fn title(self) -> &'static str {
        match self {
            Kind::Core => "core module",
            Kind::Component => "component",
        }
    }
}

impl Program {
    const FUSERS: [Program; 4] = [Program::Native, Program::InWasmtime, Program::InNode, Program::Peer];
    const OTHERS: [Program; 2] = [Program::Validate, Program::Copy];

    fn title(self) -> &'static str {
        match self {
            Program::Native => "meld, native library",
            Program::InWasmtime => "meld, the command",
            Program::InNode => "meld in Node.js",
            Program::Peer => "peer",
            Program::Validate => "wasm-tools validate",
            Program::Copy => "cp",
        }
    }

    fn command(self, kind: Option<Kind>, input: &Path, output: &Path) -> Result<Vec<PathBuf>> {
        let (input, output) = (input.to_path_buf(), output.to_path_buf());
        let fuse = ["fuse".into(), input.clone(), "-o".into(), output.clone()];
        let mut command: Vec<PathBuf> = match self {
            Program::Native => vec![tools::meld_native()?, input, output],
            Program::InWasmtime => vec![tools::meld()?],
            Program::InNode => vec!["node".into(), tools::meld_in_node()?],
            Program::Peer => vec![tools::peer()?.ok_or(Word::Nothing)?],
            Program::Validate => vec![tools::wasm_tools()?, "validate".into(), input],
            Program::Copy => vec!["cp".into(), input, output],
        };
        if matches!(self, Program::InWasmtime | Program::InNode | Program::Peer) {
            command.extend(fuse);
        }
        command.extend((kind == Some(Kind::Component)).then(|| "--component".into()));
        Ok(command)
    }
}

/// How many runs count.
pub const ROUNDS: usize = 5;

/// All inputs, so many times by turns.
pub fn measure(rounds: usize) -> Result<Vec<Measured>> {
    let mut all = Vec::new();
    let mut inputs = inputs::toolchains()?;
    inputs.extend([inputs::fifty(&Guests::build()?)?, inputs::empty()?]);
    for input in inputs {
        eprintln!("measuring: fusing, {}", input.name.title());
        all.extend(measure_one(&input, rounds)?);
    }
    Ok(all)
}

/// The median of so many runs; once more before, so that files are in memory. A program that fails is not
/// run again.
fn measure_one(input: &Input, rounds: usize) -> Result<Vec<Measured>> {
    let fusers = Kind::ALL.iter().flat_map(|kind| Program::FUSERS.map(|program| (program, Some(*kind))));
    let tasks: Vec<_> = fusers.chain(Program::OTHERS.map(|program| (program, None))).collect();
    let output = directory()?.join("output.wasm");
    let mut runs: Vec<Result<Vec<Turn>, Why>> = tasks.iter().map(|_| Ok(Vec::new())).collect();
    for round in 0..=rounds {
        for ((program, kind), runs) in tasks.iter().zip(&mut runs) {
            let Ok(earlier) = runs else { continue };
            match run(*program, *kind, &input.path, &output, round == 0) {
                Ok(run) if round > 0 => earlier.push(run),
                Ok(_) => {}
                // Only the peer may fail.
                Err(error) if *program == Program::Peer => *runs = Err(error.into()),
                Err(error) => return Err(error),
            }
        }
    }
    let measured = tasks.into_iter().zip(runs).map(|((program, kind), runs)| {
        let figures = runs.map(|runs| figures(&runs));
        Measured { input: input.clone(), program, kind, figures }
    });
    Ok(measured.collect())
}

fn run(program: Program, kind: Option<Kind>, input: &Path, output: &Path, first: bool) -> Result<Turn> {
    if output.exists() {
        std::fs::remove_file(output)?;
    }
    let command = program.command(kind, input, output)?;
    let command: Vec<&str> = command.iter().filter_map(|word| word.to_str()).collect();
    let run = process::run(&command).map_err(|error| Why::new(Word::Refused, &error))?;
    if first && kind.is_some() {
        let bytes = std::fs::read(output)?;
        let valid = meld_tests::features::validate(&bytes);
        valid.map_err(|error| Why::new(Word::Invalid, &anyhow!(error)))?;
    }
    let size = output.exists().then(|| std::fs::metadata(output)).transpose()?;
    Ok(Turn { run, output: size.map(|size| size.len()) })
}

fn figures(turns: &[Turn]) -> Figures {
    let of = |figure: fn(&Run) -> f64| median(turns.iter().map(|turn| figure(&turn.run)).collect());
    Figures {
        nanoseconds: of(|run| run.nanoseconds),
        processor: of(|run| run.processor),
        peak: of(|run| run.peak as f64) as u64,
        output: turns.last().and_then(|turn| turn.output),
    }
}

/// The figures of one program on one input.
pub fn find(all: &[Measured], name: Name, program: Program, kind: Option<Kind>) -> Option<Figures> {
    let found = all.iter().find(|m| (m.input.name, m.program, m.kind) == (name, program, kind))?;
    found.figures.as_ref().ok().copied()
}

pub fn render(all: &[Measured]) -> String {
    let mut notes = Notes::default();
    let mut lines = Vec::new();
    for measured in all {
        let Measured { input, program, kind, figures } = measured;
        let kind = kind.map(|kind| format!(", {}", kind.title())).unwrap_or_default();
        let name = format!("{} ({}): {}{kind}", input.name.title(), size(input.bytes), program.title());
        let first = notes.cell(figures.as_ref().map(|f| time(f.nanoseconds)));
        let rest = figures.as_ref().map_or_else(
            |_| vec!["–".to_string(); 5],
            |f| {
                let times = |by| {
                    find(all, input.name, by, None)
                        .map_or("–".into(), |other| ratio(f.nanoseconds / other.nanoseconds))
                };
                vec![
                    time(f.processor),
                    times(Program::Validate),
                    size(f.peak),
                    // Of eight bytes everything is a million times as much.
                    if input.name == Name::Empty {
                        "–".to_string()
                    } else {
                        ratio(f.peak as f64 / input.bytes as f64)
                    },
                    f.output.map_or("–".to_string(), size),
                ]
            },
        );
        lines.push([vec![name, first], rest].concat());
    }
    let head = ["", "time", "processor", "time / validate", "peak memory", "peak / input", "output"];
    table(&head, &lines) + &notes.render()
}
