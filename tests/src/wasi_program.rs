//! Runs a program on WASI, and what came of it. In: a component, or a core module on WASI 0.1; arguments,
//! environment, standard input, a directory. Out: what it printed, how it ended, and the directory afterwards.
//! Not its job: the programs (tests/wasi).

use crate::engine::{bare, told};
use crate::guests::target_dir;
use crate::wasi::State;
use anyhow::{Context, Result, anyhow, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use wasmtime::component::{Component, Linker as ComponentLinker};
use wasmtime::{Engine, Linker, Module, Store};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p2::bindings::sync::Command as WasiCommand;
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtx, WasiCtxBuilder};

/// What a program is started with.
#[derive(Default, Clone)]
pub struct Start<'s> {
    pub arguments: &'s [&'s str],
    pub variables: &'s [(&'s str, &'s str)],
    pub input: &'s [u8],
    /// What its directory `/` has in it.
    pub files: &'s [(&'s str, &'s [u8])],
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With an exit status.
    Status(i32),
    Trap,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub output: String,
    pub errors: String,
    pub end: End,
    /// Every file, link and directory in its directory, by path, as text.
    pub files: BTreeMap<String, String>,
}

/// A component of tests/wasi.
pub fn program(name: &str) -> Result<Vec<u8>> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build().map_err(|e| format!("{e:#}")));
    let built = built.as_deref().map_err(|e| anyhow!("the programs do not build: {e}"))?;
    let file = built.join(name).with_extension("wasm");
    std::fs::read(&file).with_context(|| file.display().to_string())
}

fn build() -> Result<PathBuf> {
    const TARGET: &str = "wasm32-wasip2";
    let target = target_dir().join("wasi-programs");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--locked", "--target", TARGET])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("wasi"))
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    ensure!(status.success(), "cargo: {status}");
    Ok(target.join(TARGET).join("release"))
}

/// Runs a component's `wasi:cli/run`.
pub fn run_component(bytes: &[u8], start: &Start) -> Result<Outcome> {
    run(start, |engine, mut context| {
        let component = Component::new(engine, bytes).map_err(told)?;
        let mut linker = ComponentLinker::<State>::new(engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).map_err(told)?;
        let mut store = Store::new(engine, State::new(context.build()));
        let command = WasiCommand::instantiate(&mut store, &component, &linker).map_err(told)?;
        Ok(match command.wasi_cli_run().call_run(&mut store) {
            Ok(result) => End::Status(i32::from(result.is_err())),
            Err(error) => ended(&error),
        })
    })
}

/// Runs a core module's `_start` on a host of WASI 0.1.
pub fn run_module(bytes: &[u8], start: &Start) -> Result<Outcome> {
    run_module_on(bytes, start, |_| Ok(()))
}

/// As `run_module`, on a host that `change` has put something else into.
pub fn run_module_on(
    bytes: &[u8],
    start: &Start,
    change: impl FnOnce(&mut Linker<WasiP1Ctx>) -> wasmtime::Result<()>,
) -> Result<Outcome> {
    run(start, |engine, mut context| {
        let module = Module::new(engine, bytes).map_err(told)?;
        let mut linker = Linker::<WasiP1Ctx>::new(engine);
        wasmtime_wasi::p1::add_to_linker_sync(&mut linker, |context| context).map_err(told)?;
        linker.allow_shadowing(true);
        change(&mut linker).map_err(told)?;
        let mut store = Store::new(engine, context.build_p1());
        let instance = linker.instantiate(&mut store, &module).map_err(told)?;
        ensure!(instance.get_memory(&mut store, "memory").is_some(), "there is no memory `memory`");
        let main = instance.get_typed_func::<(), ()>(&mut store, "_start").map_err(told)?;
        Ok(match main.call(&mut store, ()) {
            Ok(()) => End::Status(0),
            Err(error) => ended(&error),
        })
    })
}

fn ended(error: &wasmtime::Error) -> End {
    match error.downcast_ref::<I32Exit>() {
        Some(exit) => End::Status(exit.0),
        None => End::Trap,
    }
}

fn run(start: &Start, run: impl FnOnce(&Engine, WasiCtxBuilder) -> Result<End>) -> Result<Outcome> {
    let directory = tempfile::tempdir()?;
    for (path, bytes) in start.files {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().context("a file without a directory")?)?;
        std::fs::write(path, bytes)?;
    }
    let (output, errors) = (MemoryOutputPipe::new(1 << 20), MemoryOutputPipe::new(1 << 20));
    let mut context = WasiCtx::builder();
    context
        .arg("program")
        .args(start.arguments)
        .envs(start.variables)
        .stdin(MemoryInputPipe::new(start.input.to_vec()))
        .stdout(output.clone())
        .stderr(errors.clone())
        .preopened_dir(directory.path(), "/", FsPerms::ReadWrite)
        .map_err(told)?;
    let mut config = bare();
    config.wasm_multi_memory(true);
    let end = run(&Engine::new(&config).map_err(told)?, context)?;
    let text = |pipe: MemoryOutputPipe| String::from_utf8_lossy(&pipe.contents()).into_owned();
    let mut files = BTreeMap::new();
    look(directory.path(), "", &mut files)?;
    Ok(Outcome { output: text(output), errors: text(errors), end, files })
}

fn look(directory: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let (path, name) = (entry.path(), format!("{prefix}/{}", entry.file_name().to_string_lossy()));
        let ty = entry.file_type()?;
        let what = if ty.is_symlink() {
            format!("link to {}", std::fs::read_link(&path)?.display())
        } else if ty.is_dir() {
            look(&path, &name, files)?;
            "directory".to_string()
        } else {
            format!("{:?}", String::from_utf8_lossy(&std::fs::read(&path)?))
        };
        files.insert(name, what);
    }
    Ok(())
}
