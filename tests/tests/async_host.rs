//! Async functions at the host: several calls of it at once, and calls of its own functions that are not over at once.
//! In: tests/guests/hosted, unfused and fused. Out: the same results and the same lines for each call. Not its job:
//! what passes between components (`guests`).

use anyhow::{Result, anyhow};
use meld_fuser::{Input, Memory, Options, OutputKind};
use meld_tests::async_run::{self, turns};
use meld_tests::engine::engine;
use meld_tests::reason::Reason;
use meld_tests::{compose, fused, guests};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use wasmtime::component::{Accessor, Component, Instance, Linker};
use wasmtime::{Store, StoreContextMut};

/// The lines that the guests have logged.
type Log = Vec<String>;

type Answer<'a, T> = Pin<Box<dyn Future<Output = wasmtime::Result<T>> + Send + 'a>>;

fn linker() -> wasmtime::Result<Linker<Log>> {
    let mut linker: Linker<Log> = Linker::new(engine());
    let mut host = linker.instance("test:hosted/host")?;
    host.func_wrap_concurrent("sleep", |_: &Accessor<Log>, (count,): (u32,)| -> Answer<'_, (u32,)> {
        Box::pin(async move {
            turns(count).await;
            Ok((count * 2,))
        })
    })?;
    host.func_wrap_concurrent(
        "echo",
        |_: &Accessor<Log>, (count, text): (u32, String)| -> Answer<'_, (String,)> {
            Box::pin(async move {
                turns(count).await;
                Ok((format!("{text}!"),))
            })
        },
    )?;
    host.func_wrap_concurrent("never", |_: &Accessor<Log>, (): ()| -> Answer<'_, ()> {
        Box::pin(std::future::pending())
    })?;
    host.func_wrap("log", |mut store: StoreContextMut<'_, Log>, (line,): (String,)| {
        store.data_mut().push(line);
        Ok(())
    })?;
    Ok(linker)
}

/// A guest, instantiated, with its log.
struct Guest {
    store: Store<Log>,
    instance: Instance,
}

impl Guest {
    async fn new(bytes: &[u8]) -> wasmtime::Result<Guest> {
        let component = Component::new(engine(), bytes)?;
        let mut store = Store::new(engine(), Log::new());
        let instance = linker()?.instantiate_async(&mut store, &component).await?;
        Ok(Guest { store, instance })
    }

    /// Calls `run` with each of these, all at once: the results in their order, then what was logged, sorted.
    async fn runs(&mut self, numbers: &[u32]) -> wasmtime::Result<(Vec<String>, Log)> {
        let run = self.instance.get_typed_func::<(u32,), (String,)>(&mut self.store, "run")?;
        let results = self.store.run_concurrent(async |accessor| {
            let calls = numbers.iter().map(|n| Box::pin(run.call_concurrent(accessor, (*n,))));
            all(calls.collect()).await
        });
        let results =
            results.await?.into_iter().map(|result| Ok(result?.0)).collect::<wasmtime::Result<_>>()?;
        let mut log = std::mem::take(self.store.data_mut());
        log.sort();
        Ok((results, log))
    }

    /// Calls `wait` for each of the names, and `open` for each behind all of them; or others that wait, and end that.
    async fn meetings(
        &mut self,
        [wait, open]: [&str; 2],
        names: &[&str],
    ) -> wasmtime::Result<(Vec<String>, Log)> {
        let wait = self.instance.get_typed_func::<(String,), (String,)>(&mut self.store, wait)?;
        let open = self.instance.get_typed_func::<(String,), ()>(&mut self.store, open)?;
        let results = self.store.run_concurrent(async |accessor| {
            type Call<'a> = Pin<Box<dyn Future<Output = wasmtime::Result<String>> + 'a>>;
            let mut calls: Vec<Call<'_>> = Vec::new();
            for name in names {
                calls.push(Box::pin(async move {
                    Ok(wait.call_concurrent(accessor, (name.to_string(),)).await?.0)
                }));
            }
            for name in names {
                calls.push(Box::pin(async move {
                    turns(20).await;
                    open.call_concurrent(accessor, (name.to_string(),)).await?;
                    Ok(format!("{name} opened"))
                }));
            }
            all(calls).await
        });
        let results = results.await?.into_iter().collect::<wasmtime::Result<_>>()?;
        let mut log = std::mem::take(self.store.data_mut());
        log.sort();
        Ok((results, log))
    }

    async fn gives_up(&mut self, polls: u32) -> wasmtime::Result<String> {
        let give_up = self.instance.get_typed_func::<(u32,), (String,)>(&mut self.store, "give-up")?;
        let result =
            self.store.run_concurrent(async |accessor| give_up.call_concurrent(accessor, (polls,)).await);
        Ok(result.await??.0)
    }
}

/// Runs all of them side by side: their results.
async fn all<T>(futures: Vec<Pin<Box<impl Future<Output = T> + ?Sized>>>) -> Vec<T> {
    let mut results: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    let mut futures: Vec<_> = futures.into_iter().map(Some).collect();
    poll_fn(|cx| {
        for (slot, result) in futures.iter_mut().zip(&mut results) {
            if let Some(future) = slot
                && let Poll::Ready(value) = future.as_mut().poll(cx)
            {
                *result = Some(value);
                *slot = None;
            }
        }
        if futures.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    results.into_iter().flatten().collect()
}

/// What it does, in words to compare.
fn seen(bytes: &[u8]) -> Result<String> {
    let seen: wasmtime::Result<String> = async_run::block_on(async {
        let mut guest = Guest::new(bytes).await?;
        let one = guest.runs(&[3]).await?;
        let many = guest.runs(&(0..40).collect::<Vec<_>>()).await?;
        let opened = guest.meetings(["wait", "open"], &["a", "bb", "ccc", "dddd", "eeeee"]).await?;
        let met = guest.meetings(["meet", "come"], &["one"]).await?;
        let all_met = guest.meetings(["meet", "come"], &["one", "two", "three"]).await?;
        let mut given_up = Vec::new();
        for polls in 0..4 {
            given_up.push(guest.gives_up(polls).await?);
        }
        let again = guest.runs(&[1, 2]).await?;
        Ok(format!("{one:#?}\n{many:#?}\n{opened:#?}\n{met:#?}\n{all_met:#?}\n{given_up:#?}\n{again:#?}"))
    });
    seen.map_err(|e| anyhow!("{e:?}"))
}

#[test]
fn the_host_sees_the_same() {
    let parts = guests::hosted().expect("the guests build");
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|part| (part.role.as_str(), part.bytes.as_slice())).collect();
    let composed = compose::chain(&parts).expect("they compose");
    let unfused = seen(&composed).expect("unfused");
    let inputs: Vec<Input> = parts.iter().map(|(name, bytes)| Input::new(*name, *bytes)).collect();
    let options = Options { output: OutputKind::Component, memory: Memory::Multi, ..Options::default() };
    let fused = fused::fuse(&inputs, &options).expect("they fuse");
    assert_eq!(seen(&fused).expect("fused"), unfused);
}

/// `run` calls `f` of another component, which calls `sleep` of the host without `async`. What `f` is, and how it is
/// called, is to be put in.
const WAITS_IN_THE_HOST: &str = r#"(component
  (import "test:hosted/host" (instance $host
    (export "sleep" (func async (param "turns" u32) (result u32)))))
  (component $leaf
    (import "sleep" (func $sleep async (param "turns" u32) (result u32)))
    (core func $sleep (canon lower (func $sleep)))
    (core module $m
      (import "" "sleep" (func $sleep (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (call $sleep (local.get 0))))
    (core instance $i (instantiate $m (with "" (instance (export "sleep" (func $sleep))))))
    (func (export "f") KIND (param "turns" u32) (result u32) (canon lift (core func $i "f"))))
  (component $runner
    (import "f" (func $f KIND (param "turns" u32) (result u32)))
    (core func $f (canon lower (func $f)))
    (core func $return (canon task.return (result u32)))
    (core module $m
      (import "" "f" (func $f (param i32) (result i32)))
      (import "" "return" (func $return (param i32)))
      (func (export "run") (param i32) (result i32) (call $return (call $f (local.get 0))) (i32.const 0))
      (func (export "callback") (param i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m (with "" (instance
      (export "f" (func $f)) (export "return" (func $return))))))
    (func (export "run") async (param "turns" u32) (result u32)
      (canon lift (core func $i "run") async (callback (func $i "callback")))))
  (alias export $host "sleep" (func $sleep))
  (instance $leaf (instantiate $leaf (with "sleep" (func $sleep))))
  (instance $runner (instantiate $runner (with "f" (func $leaf "f"))))
  (export "run" (func $runner "run")))"#;

/// What `run` returns, or why not.
fn result_of_run(bytes: &[u8], turns: u32) -> Result<Result<u32, Reason>> {
    let result: wasmtime::Result<_> = async_run::block_on(async {
        let mut guest = Guest::new(bytes).await?;
        let run = guest.instance.get_typed_func::<(u32,), (u32,)>(&mut guest.store, "run")?;
        let result =
            guest.store.run_concurrent(async |accessor| run.call_concurrent(accessor, (turns,)).await);
        Ok(result.await.and_then(|result| result))
    });
    let result = result.map_err(|e| anyhow!("{e:?}"))?;
    Ok(result.map(|(result,)| result).map_err(|e| Reason::of(&e)))
}

#[test]
fn a_function_that_is_not_async_cannot_wait_in_the_host() {
    for (kind, expected) in [("async", Ok(6)), ("", Err("cannot block a synchronous task before returning"))]
    {
        let unfused = wat::parse_str(WAITS_IN_THE_HOST.replace("KIND", kind)).expect("it parses");
        let options = Options { output: OutputKind::Component, ..Options::default() };
        let fused = fused::fuse(&[Input::new("input", unfused.as_slice())], &options).expect("it is fused");
        for (which, bytes) in [("unfused", &unfused), ("fused", &fused)] {
            let seen = result_of_run(bytes, 3).expect("it is instantiated");
            assert_eq!(seen, expected.map_err(Reason::told), "{which}");
        }
    }
}
