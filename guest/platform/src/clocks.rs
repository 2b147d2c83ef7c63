//! `wasi:clocks`. In: nothing, or a time. Out: times, and pollables that are ready then. Not its job:
//! waiting (`io`).

use crate::abi::{Datetime, give};
use crate::io::{self, Pollable};
use crate::preview1::{MONOTONIC, REALTIME, clock_res_get, clock_time_get};
use core::arch::wasm32;

/// Since some time in the past, in nanoseconds.
#[unsafe(export_name = "wasi:clocks/monotonic-clock@0.2.12#now")]
pub extern "C" fn now() -> u64 {
    time(MONOTONIC)
}

#[unsafe(export_name = "wasi:clocks/monotonic-clock@0.2.12#resolution")]
extern "C" fn resolution() -> u64 {
    step(MONOTONIC)
}

#[unsafe(export_name = "wasi:clocks/monotonic-clock@0.2.12#subscribe-instant")]
extern "C" fn subscribe_instant(when: u64) -> u32 {
    io::pollable(Pollable::At(when))
}

#[unsafe(export_name = "wasi:clocks/monotonic-clock@0.2.12#subscribe-duration")]
extern "C" fn subscribe_duration(duration: u64) -> u32 {
    io::pollable(Pollable::At(now().saturating_add(duration)))
}

#[unsafe(export_name = "wasi:clocks/wall-clock@0.2.12#now")]
extern "C" fn wall_now() -> *const Datetime {
    give(Datetime::of(time(REALTIME)))
}

#[unsafe(export_name = "wasi:clocks/wall-clock@0.2.12#resolution")]
extern "C" fn wall_resolution() -> *const Datetime {
    give(Datetime::of(step(REALTIME)))
}

fn time(clock: u32) -> u64 {
    let mut time = 0;
    if clock_time_get(clock, 1, &mut time) != 0 {
        wasm32::unreachable();
    }
    time
}

fn step(clock: u32) -> u64 {
    let mut step = 0;
    if clock_res_get(clock, &mut step) != 0 {
        wasm32::unreachable();
    }
    step
}
