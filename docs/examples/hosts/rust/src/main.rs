//! Fuses components with meld.wasm in wasmtime. In: files. Out: a file, or the error on stderr.
//!
//!     meld-host-rust meld.wasm INPUT... OUTPUT

use std::{env, fs};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::error::Context;
use wasmtime::{Engine, Result, Store, bail};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

wasmtime::component::bindgen!({ path: "../../../../wit", world: "fuser" });
use exports::meld::fuser::fusion::{Composing, Error, Input, Memory, Optimizations, Options, OutputKind};

/// WASI with no files, no streams and no environment: the interface needs none.
#[derive(Default)]
struct Host {
    ctx: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.ctx, table: &mut self.table }
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [meld, inputs @ .., output] = arguments.as_slice() else {
        bail!("usage: meld-host-rust meld.wasm INPUT... OUTPUT");
    };
    let read = |name: &String| -> Result<Input> {
        let bytes = fs::read(name).with_context(|| format!("cannot read {name}"))?;
        Ok(Input { name: name.clone(), bytes, package: None })
    };
    let inputs = inputs.iter().map(read).collect::<Result<Vec<_>>>()?;
    let options = Options {
        output: OutputKind::Component,
        wasi: exports::meld::fuser::fusion::Wasi::AsImported,
        names: false,
        debug_info: false,
        provenance: false,
        composing: Composing { wac: None, in_order: false, stub: vec![] },
        opaque_rep: vec![],
        memory: Memory::Multi,
        reserve: vec![],
        skip: Optimizations::empty(),
        explain: false,
    };

    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    let mut store = Store::new(&engine, Host::default());
    let meld = Component::from_file(&engine, meld)?;
    let fuser = Fuser::instantiate(&mut store, &meld, &linker)?;

    // The outer result is a trap, the inner one is the interface's.
    match fuser.meld_fuser_fusion().call_fuse(&mut store, &inputs, &options)? {
        Ok(fused) => fs::write(output, fused.bytes).with_context(|| format!("cannot write {output}")),
        Err(error) => bail!("{}", message(error)),
    }
}

/// What is wrong, where, and what to do about it.
fn message(error: Error) -> String {
    let (Error::Malformed(d)
    | Error::Invalid(d)
    | Error::NotAComponent(d)
    | Error::Unsupported(d)
    | Error::LimitExceeded(d)
    | Error::AmbiguousImport(d)
    | Error::ImportCycle(d)
    | Error::NothingInCommon(d)
    | Error::IncompatibleTypes(d)
    | Error::InvalidWac(d)
    | Error::InvalidOption(d)
    | Error::Internal(d)) = error;
    let input = d.input.map_or(String::new(), |name| format!("{name}: "));
    let hint = d.hint.map_or(String::new(), |hint| format!(" ({hint})"));
    format!("{input}{}{hint}", d.message)
}
