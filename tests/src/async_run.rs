//! Runs a program that is async and imports nothing. In: a component, or a core module with its boundary, that exports
//! `run: async func()`. Out: whether it returned. Not its job: values, and imports (`component_host`,
//! `boundary_host`).

use crate::boundary_host;
use crate::engine::engine;
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use meld_fuser::assemble::boundary::{CoreExport, ImportKind, TaskBuiltin};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use wasmtime::component::{Component, Linker as ComponentLinker};
use wasmtime::{Caller, FuncType, Instance, Linker, Module, ResourceLimiter, Store, Val};

const RUN: &str = "run";

/// Polls until it is done. Nothing here waits for anything outside of the store, so that there is nothing to be woken
/// by.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

/// Gives others so many turns.
pub async fn turns(count: u32) {
    let mut left = count;
    poll_fn(|cx| match left {
        0 => Poll::Ready(()),
        _ => {
            left -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

/// Calls `run` of a component.
pub fn component(bytes: &[u8]) -> Result<()> {
    grows(bytes, 1).map(drop)
}

/// Counts how often memories and tables grow.
#[derive(Default)]
struct Growth(usize);

impl ResourceLimiter for Growth {
    fn memory_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.0 += 1;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.0 += 1;
        Ok(true)
    }
}

/// Calls `run` of a component so many times: how often something has grown in the second half of them.
pub fn grows(bytes: &[u8], times: usize) -> Result<usize> {
    let component = Component::new(engine(), bytes).map_err(|e| anyhow!("{e:?}"))?;
    let mut store = Store::new(engine(), Growth::default());
    store.limiter(|growth| growth);
    block_on(async {
        let linker: ComponentLinker<Growth> = ComponentLinker::new(engine());
        let instance = linker.instantiate_async(&mut store, &component).await?;
        let run = instance.get_func(&mut store, RUN).expect("`run` is exported");
        let mut before = 0;
        for time in 0..times {
            if time == times / 2 {
                before = store.data().0;
            }
            run.call_async(&mut store, &[], &mut []).await?;
        }
        Ok::<_, wasmtime::Error>(store.data().0 - before)
    })
    .map_err(|e| anyhow!("{e:?}"))
}

/// What a host has for a call of an async function.
#[derive(Default)]
struct Host {
    context: i32,
    sets: i32,
    returned: u32,
}

/// `CallbackCode`
const EXIT: i32 = 0;
const YIELD: i32 = 1;

/// Calls `run` of a core module, as its boundary says.
pub fn core(bytes: &[u8]) -> Result<()> {
    let boundary = boundary_host::read_boundary(bytes)?;
    let module = Module::new(engine(), bytes).map_err(|e| anyhow!("{e:?}"))?;
    let mut linker: Linker<Host> = Linker::new(engine());
    for import in &boundary.imports {
        let (module, name) = (&import.module, &import.name);
        match &import.kind {
            ImportKind::TaskReturn { .. } => {
                linker.func_wrap(module, name, |mut caller: Caller<'_, Host>| {
                    caller.data_mut().returned += 1;
                })
            }
            ImportKind::Task { builtin: TaskBuiltin::ContextGet, .. } => {
                linker.func_wrap(module, name, |caller: Caller<'_, Host>| caller.data().context)
            }
            ImportKind::Task { builtin: TaskBuiltin::ContextSet, .. } => {
                linker.func_wrap(module, name, |mut caller: Caller<'_, Host>, value: i32| {
                    caller.data_mut().context = value;
                })
            }
            ImportKind::Task { builtin: TaskBuiltin::WaitableSetNew, .. } => {
                linker.func_wrap(module, name, |mut caller: Caller<'_, Host>| {
                    caller.data_mut().sets += 1;
                    caller.data().sets
                })
            }
            // One call, that nobody cancels and that calls nothing, does not come to these.
            ImportKind::Task { builtin, .. } => {
                let (params, results) = builtin.core();
                let types =
                    |types: Vec<_>| types.into_iter().map(boundary_host::val_type).collect::<Vec<_>>();
                let (ty, builtin) = (FuncType::new(engine(), types(params), types(results)), *builtin);
                linker.func_new(module, name, ty, move |_, _, _| wasmtime::bail!("it calls {builtin:?}"))
            }
            kind => bail!("it imports {kind:?}"),
        }
        .map_err(|e| anyhow!("{e:?}"))?;
    }
    let mut store = Store::new(engine(), Host::default());
    let instance = linker.instantiate(&mut store, &module).map_err(|e| anyhow!("{e:?}"))?;
    let export = boundary.exports.iter().find(|export| export.path.len() == 1 && &*export.path[0] == RUN);
    drive(&mut store, instance, export.context("there is no `run`")?)?;
    ensure!(store.data().returned == 1, "it has returned {} times", store.data().returned);
    Ok(())
}

/// Calls, and calls back until it is over.
fn drive(store: &mut Store<Host>, instance: Instance, export: &CoreExport) -> Result<()> {
    ensure!(export.func.async_, "`run` is not async");
    let callback = export.options.callback.as_deref().context("an async function without a callback")?;
    let mut code = call(store, instance, &export.export, &[])?;
    while code & 0xf != EXIT {
        // Nothing that a set could tell of is the host's.
        ensure!(code & 0xf == YIELD, "it waits for the host");
        code = call(store, instance, callback, &[Val::I32(0), Val::I32(0), Val::I32(0)])?;
    }
    Ok(())
}

fn call(store: &mut Store<Host>, instance: Instance, name: &str, args: &[Val]) -> Result<i32> {
    let func = instance.get_func(&mut *store, name).with_context(|| format!("there is no {name:?}"))?;
    let mut results = [Val::I32(0)];
    func.call(store, args, &mut results).map_err(|e| anyhow!("{e:?}"))?;
    results[0].i32().context("a code")
}
