//! Runs a module of WASI 0.1 in wasmi. In: a command line (`lib.rs`). Out: the module's exit status, or 134 for a
//! trap.

use meld_engines::start;
use std::error::Error;
use std::fs;
use std::process::ExitCode;
use wasmi::{Config, Engine, Linker, Module, Store};
use wasmi_wasi::{Dir, WasiCtx, WasiCtxBuilder, ambient_authority};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let start = start().ok_or("usage: wasmi [--dir DIRECTORY] MODULE [ARGUMENT…]")?;
    let mut context = WasiCtxBuilder::new();
    context.inherit_stdio().inherit_env()?.args(&start.arguments)?;
    if let Some(directory) = &start.directory {
        context.preopened_dir(Dir::open_ambient_dir(directory, ambient_authority())?, "/")?;
    }
    let engine = Engine::new(&Config::default());
    let module = Module::new(&engine, fs::read(&start.arguments[0])?)?;
    let mut store = Store::new(&engine, context.build());
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasmi_wasi::add_to_linker(&mut linker, |context| context)?;
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    match instance.get_typed_func::<(), ()>(&store, "_start")?.call(&mut store, ()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => match error.i32_exit_status() {
            Some(status) => Ok(ExitCode::from(u8::try_from(status)?)),
            None => {
                eprintln!("{error}");
                Ok(ExitCode::from(134))
            }
        },
    }
}
