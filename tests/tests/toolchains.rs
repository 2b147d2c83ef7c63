//! Components that JavaScript's and Python's toolchains made, and one application of both and Rust:
//! unfused and fused, they print the same. tests/toolchains/build.sh builds them, where node, npm and
//! python3 are at hand.

use anyhow::{Context, Result, anyhow, ensure};
use meld_fuser::{Input, Optimizations, Options, OutputKind};
use meld_tests::wasi::State;
use meld_tests::{compose, fused, guests};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, OptLevel, Store};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::p2::bindings::sync::Command as WasiCommand;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

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

/// Runs a command; what it prints.
fn run(component: &[u8]) -> Result<String> {
    // 30 MB run once: what counts is the time to compile.
    let mut config = Config::new();
    config.wasm_multi_memory(true).cranelift_opt_level(OptLevel::None);
    let engine = Engine::new(&config).map_err(told)?;
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

fn told(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:?}")
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
    // No host without a component runtime has WASI; that it is valid is all there is to see.
    fused::fuse(&composed, &Options::default())?;
    Ok(())
}

#[test]
fn each_toolchain_alone() -> Result<()> {
    for (name, bytes) in built() {
        for kind in fused::KINDS {
            let fused = fused::fuse_one(name, bytes, kind).with_context(|| format!("{name} to {kind:?}"))?;
            ensure!(fused.len() <= bytes.len(), "{name} grows to {}", fused.len());
        }
    }
    Ok(())
}
