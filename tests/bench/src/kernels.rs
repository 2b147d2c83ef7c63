//! What it costs to share one memory. In: small loops over memory, in text, and programs of other toolchains. Out: for each
//! the time of a run with a memory of its own, and in a window of one memory of each kind, in wasmtime and in V8. Not its
//! job: how windows are laid out, and where the programs come from (`languages`).

use crate::guests::directory;
use crate::languages;
use crate::programs::{Program, Run, engine};
use crate::sampling::Sampler;
use crate::table;
use anyhow::{Context, Result, ensure};
use meld_fuser::{Input, Memory, Options};
use meld_tests::clock::thread_time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

macro_rules! kernels {
    ($($name:literal)+) => { [$(($name, include_str!(concat!("../kernels/", $name, ".wat")))),+] };
}

const KERNELS: [(&str, &str); 10] =
    kernels!["sum" "copy" "sieve" "matrix" "crc" "sort" "table" "list" "life" "count"];

/// Where a kernel's memory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is the only one.
    Own,
    /// In the last window, which is open at its end.
    Open,
    /// In one whose size nothing changes.
    Fixed,
    /// In one that can grow.
    Growing,
}

const PLACES: [Place; 4] = [Place::Own, Place::Open, Place::Fixed, Place::Growing];

impl Place {
    fn title(self) -> &'static str {
        match self {
            Place::Own => "own",
            Place::Open => "open",
            Place::Fixed => "fixed",
            Place::Growing => "growing",
        }
    }
}

/// What the geometric mean is to reach.
const REACH: [f64; 3] = [1.02, 1.25, 1.25];

/// Nanoseconds of a run, in the order of `PLACES`. None: it is in no such place.
type Times = [Option<f64>; 4];

#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    name: String,
    wasmtime: Times,
    v8: Times,
}

/// The kernel, with what else is in the component: enough accesses that the other memory is last, or next to none.
fn module(kernel: &str, place: Place) -> Result<Vec<u8>> {
    let grow = match place {
        Place::Growing => "(func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))",
        _ => "",
    };
    let (body, _) = kernel.trim_end().rsplit_once(')').context("a module ends")?;
    let body = body.replacen("(module", "(core module $kernel", 1);
    let lifted = |name: &str, result: &str| {
        format!(
            "(func (export \"{name}\") (param \"n\" u32) (result {result}) (canon lift (core func $kernel \"{name}\")))"
        )
    };
    let mut text = format!(
        "(component {body} {grow}) (core instance $kernel (instantiate $kernel)) {}",
        lifted("run", "u64")
    );
    if place == Place::Growing {
        text += &lifted("grow", "s32");
    }
    if place != Place::Own {
        let count = if place == Place::Open { 1 } else { 1000 };
        let loads = "(local.set 0 (i32.load (local.get 0)))".repeat(count);
        text += &format!(
            "(core module $other (memory 1) (func (export \"other\") (param i32) (result i32) {loads} (local.get 0)))
             (core instance $o (instantiate $other))
             (func (export \"other\") (param \"n\" u32) (result u32) (canon lift (core func $o \"other\")))"
        );
    }
    text += ")";
    let memory = if place == Place::Own { Memory::Multi } else { Memory::Single };
    let options = Options { memory, explain: true, ..Options::default() };
    let fused = meld_fuser::fuse(vec![Input::new("kernel", text)], options)?;
    let words = match place {
        Place::Own => return Ok(fused.bytes),
        Place::Open => "open at its end",
        Place::Fixed => "checked against a constant",
        Place::Growing => "checked against a global",
    };
    let mut windows = fused.explanation.iter().filter(|note| note.optimization == "windows");
    let note = windows.find(|note| note.place.contains("kernel")).context("no window is the kernel's")?;
    ensure!(note.what.contains(words), "not {words}: {}", note.what);
    Ok(fused.bytes)
}

fn modules(kernel: &str) -> Result<Vec<(Place, Vec<u8>)>> {
    PLACES.iter().map(|place| Ok((*place, module(kernel, *place)?))).collect()
}

/// Whether each kernel gives the same everywhere.
pub fn check() -> Result<()> {
    let engine = engine(true)?;
    for (name, kernel) in KERNELS {
        let mut results = Vec::new();
        for (_, bytes) in modules(kernel).context(name)? {
            results.push(Program::core(&engine, &bytes)?.start("run")?(3)?);
        }
        ensure!(results.iter().all(|result| *result == results[0]), "{name}: {results:?}");
    }
    Ok(())
}

pub fn measure(sampler: &mut Sampler) -> Result<Vec<Row>> {
    let engine = engine(true)?;
    let folder = directory()?.join("kernels");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let mut rows = Vec::new();
    for (name, kernel) in KERNELS {
        let modules = modules(kernel)?;
        let start = |bytes: &[u8]| Program::core(&engine, bytes)?.start("run");
        rows.push(in_wasmtime(name, &modules, start, sampler)?);
        for (place, bytes) in &modules {
            std::fs::write(folder.join(format!("{name}.{}.wasm", place.title())), bytes)?;
        }
    }
    for language in languages::build()? {
        let start = |bytes: &[u8]| languages::start(&engine, bytes, language.call);
        rows.push(in_wasmtime(language.name, &language.places, start, sampler)?);
    }
    let rounds = sampler.effort().rounds;
    let mut v8 = in_v8(&folder, rounds)?;
    for row in &mut rows {
        let times = v8.remove(&row.name).unwrap_or_default();
        row.v8 = PLACES.map(|place| times.get(place.title()).copied());
    }
    Ok(rows)
}

/// A row without V8's times.
fn in_wasmtime(
    name: &str,
    modules: &[(Place, Vec<u8>)],
    start: impl Fn(&[u8]) -> Result<Run>,
    sampler: &mut Sampler,
) -> Result<Row> {
    let mut columns = Vec::new();
    for (place, bytes) in modules {
        columns.push((place.title(), start(bytes)?));
    }
    let times = sampler.interleaved(&format!("kernels.{name}"), &mut columns, |run, times| {
        let times = u32::try_from(times)?;
        let start = thread_time();
        run(times)?;
        Ok(thread_time().saturating_sub(start))
    })?;
    let time = |place: Place| {
        modules.iter().position(|(of, _)| *of == place).and_then(|nth| times.get(nth).copied())
    };
    Ok(Row { name: name.to_string(), wasmtime: PLACES.map(time), v8: [None; 4] })
}

/// Nanoseconds of a run in Node.js, by kernel and place.
fn in_v8(folder: &Path, rounds: usize) -> Result<BTreeMap<String, BTreeMap<String, f64>>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("kernels/run.mjs");
    let output = Command::new("node").arg(script).arg(folder).arg(rounds.to_string()).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

pub fn render(rows: &[Row]) -> String {
    let ratios = |[own, places @ ..]: Times| places.map(|time| Some(time? / own?));
    let shown = |ratio: Option<f64>| ratio.map_or("–".to_string(), table::ratio);
    let mut lines: Vec<Vec<String>> = rows
        .iter()
        .map(|Row { name, wasmtime, v8 }| {
            let of = |times: Times| {
                let own = times[0].map_or("–".to_string(), table::time);
                [vec![own], ratios(times).map(shown).into()].concat()
            };
            [vec![name.clone()], of(*wasmtime), of(*v8)].concat()
        })
        .collect();
    let means = |of: fn(&Row) -> Times| {
        let mean = |place: usize| {
            let logs: Vec<f64> = rows.iter().filter_map(|row| ratios(of(row))[place]).map(f64::ln).collect();
            table::ratio((logs.iter().sum::<f64>() / logs.len() as f64).exp())
        };
        [vec![String::new()], [0, 1, 2].map(mean).into()].concat()
    };
    let name = |name: &str| vec![name.to_string()];
    lines.push([name("geometric mean"), means(|row| row.wasmtime), means(|row| row.v8)].concat());
    let reach = [name(""), REACH.map(table::ratio).into()].concat();
    lines.push([name("reach"), reach.clone(), reach].concat());
    let head = ["", "wasmtime, own", "open", "fixed", "growing", "V8, own", "open", "fixed", "growing"];
    table::table(&head, &lines)
}
