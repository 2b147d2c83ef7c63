//! The benchmark, without measuring: every call gives the same in every column, and the machinery tells
//! what it should. In: the guests. Out: nothing. Not its job: figures.

use anyhow::Result;
use meld_bench::guests::Guests;
use meld_bench::{calls, kernels, process, tasks};

#[test]
fn every_column_gives_what_the_composition_gives() -> Result<()> {
    calls::check(&Guests::build()?)
}

#[test]
fn async_calls_give_what_the_composition_gives() -> Result<()> {
    tasks::check(&Guests::build()?)
}

#[test]
fn kernels_give_the_same_in_every_window() -> Result<()> {
    kernels::check()
}

#[test]
fn a_process_is_measured() -> Result<()> {
    let small = process::watch(&["sh", "-c", "true"])?;
    let large = process::watch(&["sh", "-c", "x=$(head -c 30000000 /dev/zero | tr '\\0' x); sleep 0.1"])?;
    assert!(large.peak > small.peak + 29_000_000, "{large:?} {small:?}");
    assert!(large.nanoseconds > 100e6 && large.processor > 0.0, "{large:?}");
    assert!(process::watch(&["sh", "-c", "exit 3"]).is_err());
    Ok(())
}
