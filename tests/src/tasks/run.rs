//! Runs a program of tasks, fused or not. In: the program. Out: the log, and how it has ended. Not its job: whether that
//! is right (`tests/spec/tasks.py`).

use super::{Program, component};
use crate::async_run::{block_on, turns};
use crate::engine::async_engine;
use crate::fused;
use crate::reason::Reason;
use anyhow::{Context, Result, anyhow, ensure};
use meld_fuser::{Input, Memory, Options, OutputKind};
use serde::Serialize;
use sha2::{Digest, Sha256};
use wasmtime::component::{Component, Linker};
use wasmtime::{Store, StoreContextMut};

/// Who, what, and what came of it.
pub type Line = (u32, u32, u32);

/// What a run comes to.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub end: End,
    /// In the order in which it was told, of all instances.
    pub log: Vec<Line>,
}

impl Outcome {
    /// The beginning of a SHA-256 of the log and of how it ends, but for the words of a trap.
    pub fn digest(&self) -> String {
        let end = match &self.end {
            End::Returned(value) => format!("returned {value}"),
            End::Trapped(_) => "trapped".to_string(),
            End::Deadlock => "deadlock".to_string(),
            End::SecondStack => "second stack".to_string(),
        };
        let digest = Sha256::digest(format!("{end} {:?}", self.log));
        digest[..4].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// How it ends.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    Returned(u32),
    /// Before it has returned, or in what has gone on since.
    Trapped(String),
    Deadlock,
    /// Only a second stack could go on.
    SecondStack,
}

/// What the host gives to the first function.
const ARGUMENTS: (u32, u32, u32, u32, u32) = (1, 2, 3, 4, 5);

/// Turns of the host's, more than what any program leaves behind takes.
const TURNS: u32 = 1000;

/// What the program of a seed does when it is fused: with one memory, or with several.
pub fn fused(seed: u64, program: &Program) -> Result<Outcome> {
    let memory = if seed.is_multiple_of(2) { Memory::Multi } else { Memory::Single };
    let options = Options { output: OutputKind::Component, memory, ..Options::default() };
    run(&fused::fuse(&[Input::new("program", component(program).as_bytes())], &options)?)
}

/// What it does as it is.
pub fn unfused(program: &Program) -> Result<Outcome> {
    run(component(program).as_bytes())
}

/// Calls `run`, and lets all go on that it leaves behind.
fn run(bytes: &[u8]) -> Result<Outcome> {
    let engine = async_engine();
    let compiled = Component::new(engine, bytes).map_err(|e| anyhow!("{e:?}"))?;
    let mut linker: Linker<Vec<Line>> = Linker::new(engine);
    linker
        .root()
        .func_wrap("log", |mut store: StoreContextMut<'_, Vec<Line>>, line: Line| {
            store.data_mut().push(line);
            Ok(())
        })
        .map_err(|e| anyhow!("{e:?}"))?;
    let mut store = Store::new(engine, Vec::new());
    let mut returned = None;
    let ended: wasmtime::Result<()> = block_on(async {
        let instance = linker.instantiate_async(&mut store, &compiled).await?;
        let run = instance.get_typed_func::<((u32, u32, u32, u32, u32),), (u32,)>(&mut store, "run")?;
        returned = Some(run.call_async(&mut store, (ARGUMENTS,)).await?.0);
        // What it leaves behind goes on as long as it can.
        store.run_concurrent(async |_| turns(TURNS).await).await
    });
    let end = match ended {
        Ok(()) => End::Returned(returned.context("it has not returned")?),
        Err(error) => {
            let reason = Reason::of(&error);
            ensure!(reason.is_known(), "a trap that nobody knows: {error:?}");
            if reason == Reason::told("deadlock detected") {
                returned.map_or(End::Deadlock, End::Returned)
            } else if reason == Reason::told("only a second stack could go on") {
                End::SecondStack
            } else {
                End::Trapped(reason.to_string())
            }
        }
    };
    Ok(Outcome { end, log: store.into_data() })
}
