//! What becomes of the output in wasmtime, composed against fused. In: components as files. Out: the time to
//! compile, the time from an instance to the end of its first call, and sizes. Not its job: fusing as such.

use crate::guests::{Guests, Shape};
use crate::inputs::{self, Input, Name};
use crate::process;
use crate::programs::{engine, told};
use crate::sampling::{Sampler, median};
use crate::table::{ratio, size, table, time};
use anyhow::{Context, Result, anyhow};
use meld_fuser::{Options, OutputKind};
use meld_tests::clock::thread_time;
use meld_tests::wasi::State;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use wasmtime::component::{Component, Func, InstancePre, Linker, Val};
use wasmtime::{Engine, Store};
use wasmtime_wasi::WasiCtx;

/// What is larger is compiled fewer times.
const LARGE: u64 = 4 << 20;

/// Composed, then fused.
#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    pub name: Name,
    pub compile: [f64; 2],
    /// The same in time of all processors together, which other work on the machine changes less.
    processor: [f64; 2],
    start: [f64; 2],
    pub bytes: [u64; 2],
    compiled: [u64; 2],
}

pub fn measure(sampler: &mut Sampler) -> Result<Vec<Row>> {
    let guests = Guests::build()?;
    let mut all = inputs::calls(&guests)?;
    all.push(inputs::fifty(&guests)?);
    all.extend(inputs::toolchains()?);
    all.iter().map(|input| measure_one(input, sampler)).collect()
}

fn measure_one(input: &Input, sampler: &mut Sampler) -> Result<Row> {
    let composed = std::fs::read(&input.path)?;
    let options = Options { output: OutputKind::Component, ..Options::default() };
    let fused = meld_fuser::fuse(vec![meld_fuser::Input::new("input", composed.as_slice())], options)?.bytes;
    let both = [composed, fused];
    let engine = engine(true)?;
    let rounds = if input.bytes < LARGE { sampler.effort().rounds } else { sampler.effort().few };
    let Compiled { compile, processor, compiled } = compile(&engine, &both, rounds)?;
    let [composed, fused] = compiled.each_ref().map(|compiled| Started::new(&engine, input.name, compiled));
    let mut columns = [("composed", composed?), ("fused", fused?)];
    let row = format!("start.{}", input.name.title());
    let start = sampler.interleaved(&row, &mut columns, |started, times| {
        (0..times).map(|_| started.start()).sum::<Result<Duration>>()
    })?;
    Ok(Row {
        name: input.name,
        compile,
        processor,
        start: start.try_into().map_err(|_| anyhow!("not two columns"))?,
        bytes: both.each_ref().map(|bytes| bytes.len() as u64),
        compiled: compiled.each_ref().map(|bytes| bytes.len() as u64),
    })
}

struct Compiled {
    compile: [f64; 2],
    processor: [f64; 2],
    compiled: [Vec<u8>; 2],
}

/// Medians, and what came out. Not by criterion, which wants ten of each: some take half a minute.
fn compile(engine: &Engine, both: &[Vec<u8>; 2], rounds: usize) -> Result<Compiled> {
    let mut compile = [Vec::new(), Vec::new()];
    let mut processor = [Vec::new(), Vec::new()];
    let mut compiled = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        // Each is first every other time.
        for which in [round % 2, (round + 1) % 2] {
            let (start, processor_before) = (Instant::now(), process::processor_so_far());
            compiled[which] = engine.precompile_component(&both[which]).map_err(told)?;
            compile[which].push(start.elapsed().as_nanos() as f64);
            processor[which].push(process::processor_so_far() - processor_before);
        }
    }
    Ok(Compiled { compile: compile.map(median), processor: processor.map(median), compiled })
}

/// Compiled, linked, and ready to be instantiated.
struct Started {
    engine: Engine,
    pre: InstancePre<State>,
    /// An exported interface, or no name for what is exported by itself; the function; its argument.
    call: (String, &'static str, Option<Val>),
}

impl Started {
    fn new(engine: &Engine, name: Name, compiled: &[u8]) -> Result<Started> {
        // SAFETY: it has just been compiled here.
        let component = unsafe { Component::deserialize(engine, compiled) }.map_err(told)?;
        let mut linker = Linker::new(engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).map_err(told)?;
        let pre = linker.instantiate_pre(&component).map_err(told)?;
        let (interface, function, argument) = match name {
            Name::JavaScript => ("demo:app/text@", "greet", Some(Val::String("Rust".into()))),
            Name::Python => ("demo:app/figures@", "factors", Some(Val::U64(12))),
            Name::Application => ("wasi:cli/run@", "run", None),
            Name::Calls(Shape::Relay) => ("", "run-pass", Some(Val::U32(1))),
            Name::Calls(_) | Name::Fifty | Name::Empty => ("", "run-scalar", Some(Val::U32(1))),
        };
        let ty = component.component_type();
        let mut exports = ty.exports(engine).map(|(export, _)| export);
        let found = exports.find(|export| !interface.is_empty() && export.starts_with(interface));
        let interface = found.unwrap_or_default().to_string();
        Ok(Started { engine: engine.clone(), pre, call: (interface, function, argument) })
    }

    /// From nothing to the end of the first call.
    fn start(&self) -> Result<Duration> {
        let (interface, function, argument) = &self.call;
        let start = thread_time();
        let mut store = Store::new(&self.engine, State::new(WasiCtx::builder().build()));
        let instance = self.pre.instantiate(&mut store).map_err(told)?;
        let interface = instance.get_export_index(&mut store, None, interface);
        let function = instance.get_export_index(&mut store, interface.as_ref(), function);
        let function = function.and_then(|function| instance.get_func(&mut store, function));
        let mut result = [Val::Bool(false)];
        let function: Func = function.context("no such export")?;
        function.call(&mut store, argument.as_slice(), &mut result).map_err(told)?;
        Ok(thread_time().saturating_sub(start))
    }
}

pub fn render(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let of = |figures: [f64; 2], show: fn(f64) -> String| {
            let [composed, fused] = figures;
            [show(composed), show(fused), ratio(fused / composed)]
        };
        let bytes = |b: [u64; 2]| of(b.map(|b| b as f64), |b| size(b as u64));
        [
            vec![row.name.title()],
            of(row.compile, time).into(),
            vec![ratio(row.processor[1] / row.processor[0])],
            of(row.start, time).into(),
            bytes(row.bytes).into(),
            bytes(row.compiled).into(),
        ]
        .concat()
    };
    let head = [
        "",
        "compile, composed",
        "fused",
        "ratio",
        "of processor",
        "start, composed",
        "fused",
        "ratio",
        "size, composed",
        "fused",
        "ratio",
        "compiled size, composed",
        "fused",
        "ratio",
    ];
    table(&head, &rows.iter().map(line).collect::<Vec<_>>())
}
