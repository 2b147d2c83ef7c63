//! Programs of other toolchains that share one memory. In: a component of JavaScript, and one of Python. Out: modules of
//! WASI 0.1 with these in windows of each kind that they come to, and what to call in them. Not its job: time. V8 is not asked: that of Node.js 20
//! has no several memories to compare with.

use crate::inputs::{self, Name};
use crate::kernels::Place;
use crate::programs::{Run, told};
use anyhow::{Context, Result, ensure};
use meld_fuser::{Composing, Input, Memory, Options, WacSource, Wasi};
use wasmtime::{Engine, Linker, Module, Store, Val};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::p1::{self, WasiP1Ctx};

/// Both in one component: the one with fewer accesses is in a window that can grow.
const BOTH: &str = "package demo:both;
let text = new demo:text { ... };
let figures = new demo:figures { ... };
export text...;
export figures...;
";

/// A program, and one call.
pub struct Language {
    pub name: &'static str,
    pub call: Call,
    pub places: Vec<(Place, Vec<u8>)>,
}

/// A core function of the result, whose result is a pointer.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    called: &'static str,
    arguments: &'static [Argument],
}

#[derive(Debug, Clone, Copy)]
enum Argument {
    I32(i32),
    I64(i64),
}

/// An empty name, for which JavaScript throws an error, and a number that Python looks for factors of.
const CALLS: [(&str, Name, Call); 2] = [
    (
        "JavaScript",
        Name::JavaScript,
        Call { called: "demo:app/text@0.1.0#greet", arguments: &[Argument::I32(0), Argument::I32(0)] },
    ),
    (
        "Python",
        Name::Python,
        Call { called: "demo:app/figures@0.1.0#factors", arguments: &[Argument::I64(1_000_003)] },
    ),
];

pub fn build() -> Result<Vec<Language>> {
    let (text, figures) = (inputs::toolchain(Name::JavaScript)?, inputs::toolchain(Name::Python)?);
    let wac = Some(WacSource { name: "both.wac".into(), text: BOTH.into() });
    let composing = Composing { wac, ..Composing::default() };
    let inputs =
        vec![Input::new("demo:text", text.as_slice()), Input::new("demo:figures", figures.as_slice())];
    let both = fuse(inputs, Memory::Single, composing)?;
    let mut languages = Vec::new();
    for (name, input, call) in CALLS {
        let bytes = if input == Name::Python { &figures } else { &text };
        let alone = |memory| fuse(vec![Input::new(name, bytes.as_slice())], memory, Composing::default());
        let mut places = vec![(Place::Own, alone(Memory::Multi)?.0), (Place::Open, alone(Memory::Single)?.0)];
        if input == Name::Python {
            let notes = &both.1;
            let growing = notes
                .iter()
                .any(|note| note.contains("figures") && note.contains("checked against a global"));
            ensure!(growing, "Python's memory is elsewhere: {notes:?}");
            places.push((Place::Growing, both.0.clone()));
        }
        languages.push(Language { name, call, places });
    }
    Ok(languages)
}

/// The module, and what is told of its windows.
fn fuse(inputs: Vec<Input>, memory: Memory, composing: Composing) -> Result<(Vec<u8>, Vec<String>)> {
    let options = Options { memory, composing, wasi: Wasi::Preview1, explain: true, ..Options::default() };
    let fused = meld_fuser::fuse(inputs, options)?;
    let windows = fused.explanation.iter().filter(|note| note.optimization == "windows");
    let windows = windows.map(|note| format!("{}: {}", note.place, note.what)).collect();
    Ok((fused.bytes, windows))
}

/// A new instance in wasmtime, and its call.
pub fn start(engine: &Engine, bytes: &[u8], call: Call) -> Result<Run> {
    let module = Module::new(engine, bytes).map_err(told)?;
    let mut linker = Linker::<WasiP1Ctx>::new(engine);
    p1::add_to_linker_sync(&mut linker, |context| context).map_err(told)?;
    // No call comes to what else is imported.
    linker.define_unknown_imports_as_traps(&module).map_err(told)?;
    let mut store = Store::new(engine, WasiCtx::builder().build_p1());
    let instance = linker.instantiate(&mut store, &module).map_err(told)?;
    let initialize = instance.get_typed_func::<(), ()>(&mut store, "_initialize").map_err(told)?;
    initialize.call(&mut store, ()).map_err(told)?;
    let function = instance.get_func(&mut store, call.called).context("no such export")?;
    let after = instance.get_typed_func::<i32, ()>(&mut store, &format!("cabi_post_{}", call.called));
    let after = after.map_err(told)?;
    let arguments: Vec<Val> = call
        .arguments
        .iter()
        .map(|argument| match argument {
            Argument::I32(value) => Val::I32(*value),
            Argument::I64(value) => Val::I64(*value),
        })
        .collect();
    Ok(Box::new(move |times| {
        let mut result = [Val::I32(0)];
        for _ in 0..times {
            function.call(&mut store, &arguments, &mut result).map_err(told)?;
            after.call(&mut store, result[0].unwrap_i32()).map_err(told)?;
        }
        Ok(0)
    }))
}
