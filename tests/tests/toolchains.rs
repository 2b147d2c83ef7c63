//! Components that JavaScript's and Python's toolchains made, and one application of both and Rust:
//! unfused and fused, to WASI 0.1 too, they print the same. tests/toolchains/build.sh builds them, where node,
//! npm and python3 are at hand.

use anyhow::{Context, Result, ensure};
use meld_fuser::{Input, Memory, Optimizations, Options, OutputKind, Wasi};
use meld_tests::engine::{bare, told};
use meld_tests::wasi::State;
use meld_tests::{compose, fused, guests};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use wasmparser::{Parser, Payload};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Module, OptLevel, Store};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p2::bindings::sync::Command as WasiCommand;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{I32Exit, WasiCtx};

/// What the application prints: the same words in each language's own notation.
const EXPECTED: &str = include_str!("../toolchains/expected.txt");

type Parts = [(&'static str, Vec<u8>); 3];

/// text.wasm, figures.wasm and app.wasm, providers first; built once.
fn built() -> &'static Parts {
    static BUILT: OnceLock<Parts> = OnceLock::new();
    BUILT.get_or_init(|| build().unwrap_or_else(|e| panic!("{e:#}")))
}

fn build() -> Result<Parts> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("toolchains").join("build.sh");
    let status = Command::new(&script).status().with_context(|| script.display().to_string())?;
    ensure!(status.success(), "{}: {status}", script.display());
    let directory = guests::target_dir().join("toolchains");
    let read = |name| anyhow::Ok((name, std::fs::read(directory.join(format!("{name}.wasm")))?));
    Ok([read("text")?, read("figures")?, read("app")?])
}

/// 30 MB run once: what counts is the time to compile.
fn engine() -> Result<Engine> {
    let mut config = bare();
    config.wasm_multi_memory(true).cranelift_opt_level(OptLevel::None);
    Engine::new(&config).map_err(told)
}

/// Runs a command; what it prints.
fn run(component: &[u8]) -> Result<String> {
    let engine = engine()?;
    let component = Component::new(&engine, component).map_err(told)?;
    let mut linker = Linker::<State>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).map_err(told)?;
    let out = MemoryOutputPipe::new(1 << 16);
    let wasi = WasiCtx::builder().stdout(out.clone()).inherit_stderr().build();
    let mut store = Store::new(&engine, State::new(wasi));
    let command = WasiCommand::instantiate(&mut store, &component, &linker).map_err(told)?;
    let result = command.wasi_cli_run().call_run(&mut store).map_err(told)?;
    ensure!(result.is_ok(), "the command failed");
    Ok(String::from_utf8(out.contents().to_vec())?)
}

/// Runs a command of WASI 0.1; what it prints.
fn run_module(module: &[u8]) -> Result<String> {
    let engine = engine()?;
    let module = Module::new(&engine, module).map_err(told)?;
    let mut linker = wasmtime::Linker::<WasiP1Ctx>::new(&engine);
    wasmtime_wasi::p1::add_to_linker_sync(&mut linker, |context| context).map_err(told)?;
    let out = MemoryOutputPipe::new(1 << 16);
    let context = WasiCtx::builder().stdout(out.clone()).inherit_stderr().build_p1();
    let mut store = Store::new(&engine, context);
    let instance = linker.instantiate(&mut store, &module).map_err(told)?;
    let start = instance.get_typed_func::<(), ()>(&mut store, "_start").map_err(told)?;
    let error = start.call(&mut store, ()).err().context("it returns without an exit status")?;
    let status = error.downcast_ref::<I32Exit>().map(|exit| exit.0);
    ensure!(status == Some(0), "{error:?}");
    Ok(String::from_utf8(out.contents().to_vec())?)
}

/// Runs a command of WASI 0.1 in Node.js; what it prints.
fn run_in_node(module: &Path) -> Result<String> {
    let host = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/wasi-0.1/node.mjs");
    let output = Command::new("node").arg("--no-warnings").arg(host).arg(module).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

#[test]
fn one_application_of_three_languages() -> Result<()> {
    let parts = built().each_ref().map(|(name, bytes)| (*name, bytes.as_slice()));
    let composed = compose::chain(&parts)?;
    std::fs::write(guests::target_dir().join("toolchains").join("composed.wasm"), &composed)?;
    assert_eq!(run(&composed)?, EXPECTED, "unfused");
    let component = Options { output: OutputKind::Component, ..Options::default() };
    let inputs = parts.map(|(name, bytes)| Input::new(name, bytes));
    assert_eq!(run(&fused::fuse(&inputs, &component)?)?, EXPECTED, "fused from its parts");
    let composed = [Input::new("composed", composed)];
    let fused = fused::fuse(&composed, &component)?;
    assert_eq!(run(&fused)?, EXPECTED, "fused from the composition");
    ensure!(fused.len() <= composed[0].bytes.len(), "it grows to {}", fused.len());
    let optimizations = Optimizations::none();
    let plain = fused::fuse(&composed, &Options { optimizations, ..component })?;
    assert_eq!(run(&plain)?, EXPECTED, "without optimisations");
    // No host without a component runtime has WASI 0.2; that it is valid is all there is to see.
    fused::fuse(&composed, &Options::default())?;
    Ok(())
}

#[test]
fn one_application_of_three_languages_on_wasi_0_1() -> Result<()> {
    let inputs = built().each_ref().map(|(name, bytes)| Input::new(*name, bytes.as_slice()));
    for optimizations in [Optimizations::all(), Optimizations::none()] {
        let options =
            Options { wasi: Wasi::Preview1, memory: Memory::Single, optimizations, ..Options::default() };
        let module = fused::fuse(&inputs, &options)?;
        assert_eq!(run_module(&module)?, EXPECTED, "{optimizations:?}");
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), &module)?;
        assert_eq!(run_in_node(file.path())?, EXPECTED, "in Node.js, {optimizations:?}");
    }
    Ok(())
}

/// How many bytes a core module has in `producers`; of a component, which has them as its input had, none are told.
fn producers(bytes: &[u8]) -> Result<usize> {
    let mut size = 0;
    if Parser::is_core_wasm(bytes) {
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            if let (Payload::CustomSection(section), Some((_, range))) = (&payload, payload.as_section())
                && section.name() == "producers"
            {
                size += (range.end - range.start) as usize;
            }
        }
    }
    Ok(size)
}

#[test]
fn each_toolchain_alone() -> Result<()> {
    for (name, bytes) in built() {
        for kind in fused::KINDS {
            let fused = fused::fuse_one(name, bytes, kind).with_context(|| format!("{name} to {kind:?}"))?;
            // Beside all that a core module carries to become a component again, it names its producers once more.
            let size = fused.len() - producers(&fused)?;
            ensure!(size <= bytes.len(), "{name} grows to {size}");
        }
    }
    Ok(())
}
