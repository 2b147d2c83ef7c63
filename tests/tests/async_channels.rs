//! Random programs over streams and futures (`channels`), unfused and fused: the same steps give the same, or trap for
//! the same reason; and each component fused alone, with the other one as its host. In: seeds. Out: nothing. Not its job: tasks (`guests`, tests/wast).

use anyhow::{Context, Result, anyhow, ensure};
use meld_fuser::{Input, Memory, Optimizations, Options, OutputKind};
use meld_tests::async_run::block_on;
use meld_tests::engine::async_engine;
use meld_tests::reason::Reason;
use meld_tests::{channels, compose, fused};
use wasmtime::Store;
use wasmtime::component::{Component, Linker};

/// How many programs are run; `MELD_CHANNELS` says otherwise.
const PROGRAMS: u64 = 5000;

/// What the steps have given, or why there was a trap.
fn run(bytes: &[u8]) -> Result<Result<u64, Reason>> {
    let component = Component::new(async_engine(), bytes).map_err(|e| anyhow!("{e:?}"))?;
    let mut store = Store::new(async_engine(), ());
    let called = block_on(async {
        let instance = Linker::new(async_engine()).instantiate_async(&mut store, &component).await?;
        let run = instance.get_typed_func::<(), (u64,)>(&mut store, "run")?;
        run.call_async(&mut store, ()).await
    });
    match called {
        Ok((trace,)) => Ok(Ok(trace)),
        Err(error) => {
            let reason = Reason::of(&error);
            ensure!(reason.is_known(), "a trap that nobody knows: {error:?}");
            Ok(Err(reason))
        }
    }
}

/// What has become of a program.
#[derive(PartialEq, Eq)]
enum Ran {
    Returned,
    Trapped,
    NotByTheEngine,
}

fn check(seed: u64) -> Result<Ran> {
    let program = channels::program(seed);
    let text = program.whole();
    let Some(unfused) = by_the_engine(run(text.as_bytes()))? else { return Ok(Ran::NotByTheEngine) };
    let memory = if seed.is_multiple_of(2) { Memory::Multi } else { Memory::Single };
    let usual = Options { memory, ..Options::default() };
    let plain = Options { optimizations: Optimizations::none(), ..usual.clone() };
    // One way for each program, so that there are more of them.
    let number = seed / 2 % 5;
    let parts = number > 1;
    let (way, fused) = match number {
        0 => ("fused", fuse(&text, usual)?),
        1 => ("fused without optimisations", fuse(&text, plain)?),
        way => {
            // Each alone is the other one's host.
            let [first, second] = program.parts();
            let part = |text: &String, alone: bool| match alone {
                true => fuse(text, usual.clone()),
                false => Ok(wat::parse_str(text)?),
            };
            let (way, alone) = match way {
                2 => ("the first fused alone", (true, false)),
                3 => ("the second fused alone", (false, true)),
                _ => ("each fused alone", (true, true)),
            };
            let parts = [part(&first, alone.0)?, part(&second, alone.1)?];
            (way, compose::chain(&[("first", &parts[0]), ("second", &parts[1])])?)
        }
    };
    let ran = run(&fused);
    // Of what is fused whole, no end is the engine's.
    let ran = if parts { by_the_engine(ran)? } else { Some(ran?) };
    let Some(ran) = ran else { return Ok(Ran::NotByTheEngine) };
    ensure!(ran == unfused, "{way}: unfused {unfused:x?}, fused {ran:x?}");
    Ok(if unfused.is_ok() { Ran::Returned } else { Ran::Trapped })
}

/// What a run has given; none where wasmtime 48 loses something of its own, in programs that the specification lets
/// through.
fn by_the_engine<T>(run: Result<T>) -> Result<Option<T>> {
    match run {
        Err(error) => {
            let said = format!("{error:?}");
            let lost = ["resource not present", "resource is of another type"];
            if lost.iter().any(|words| said.contains(words)) { Ok(None) } else { Err(error) }
        }
        Ok(ran) => Ok(Some(ran)),
    }
}

fn fuse(text: &str, options: Options) -> Result<Vec<u8>> {
    let options = Options { output: OutputKind::Component, ..options };
    fused::fuse(&[Input::new("program", text.as_bytes())], &options)
}

/// Every second program, from `first` on.
fn check_all(first: u64) {
    let programs = std::env::var("MELD_CHANNELS").ok().and_then(|n| n.parse().ok()).unwrap_or(PROGRAMS);
    let (mut ran, mut wrong) = (Vec::new(), Vec::new());
    for seed in (first..programs).step_by(2) {
        match check(seed).with_context(|| format!("seed {seed}")) {
            Ok(outcome) => ran.push(outcome),
            Err(error) => wrong.push(format!("{error:#}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {}", wrong.len(), ran.len() + wrong.len(), wrong.join("\n"));
    let count = |what| ran.iter().filter(|outcome| **outcome == what).count();
    // Neither end alone tells anything.
    assert!(count(Ran::Returned) > ran.len() / 20 && count(Ran::Trapped) > ran.len() / 20);
    assert!(count(Ran::NotByTheEngine) < ran.len() / 20);
}

#[test]
fn with_several_memories_at_the_host() {
    check_all(0);
}

#[test]
fn with_one_memory_at_the_host() {
    check_all(1);
}
