//! Runs a component's `wasi:cli/run`, as `wasmtime run` does, on machines without it. In:
//! `[--dir DIRECTORY[::NAME]] [--env NAME=VALUE] COMPONENT [ARGUMENT…]`. Out: the exit code. Not its job: any other
//! option.

#[path = "../../src/wasi.rs"]
mod wasi;

use std::env;
use std::process::ExitCode;
use wasi::State;
use wasmtime::component::{Component, Linker};
use wasmtime::error::Context;
use wasmtime::{Engine, Store};
use wasmtime::{Result, bail};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtx};

fn main() -> Result<ExitCode> {
    let mut arguments = env::args().skip(1).peekable();
    let mut context = WasiCtx::builder();
    context.inherit_stdio();
    if arguments.next_if(|argument| argument == "--dir").is_some() {
        let directory = arguments.next().context("--dir needs a directory")?;
        let (directory, name) = directory.split_once("::").unwrap_or((&directory, "."));
        context.preopened_dir(directory, name, FsPerms::ReadWrite)?;
    }
    while arguments.next_if(|argument| argument == "--env").is_some() {
        let variable = arguments.next().context("--env needs a variable")?;
        let (name, value) = variable.split_once('=').context("--env needs a value")?;
        context.env(name, value);
    }
    let arguments: Vec<String> = arguments.collect();
    let Some(file) = arguments.first() else {
        bail!("usage: run-component [--dir DIRECTORY[::NAME]] [--env NAME=VALUE] COMPONENT [ARGUMENT…]");
    };
    context.args(&arguments);

    let engine = Engine::default();
    let component = Component::from_file(&engine, file)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    let mut store = Store::new(&engine, State::new(context.build()));
    let command = Command::instantiate(&mut store, &component, &linker)?;
    match command.wasi_cli_run().call_run(&mut store) {
        Ok(Ok(())) => Ok(ExitCode::SUCCESS),
        Ok(Err(())) => Ok(ExitCode::FAILURE),
        Err(error) => match error.downcast_ref::<I32Exit>() {
            Some(exit) => Ok(ExitCode::from(u8::try_from(exit.0).unwrap_or(1))),
            None => Err(error),
        },
    }
}
