//! WASI 0.2 in terms of WASI 0.1. In: calls of the interfaces in `wit/`, in Canonical ABI form. Out: calls
//! of `wasi_snapshot_preview1`, through an interface of numbers (`wit/platform.wit`). Not its job: becoming a
//! component, and getting under another one (`meld-fuser`, room `platform`).
//!
//! It depends on nothing, and has no bindings made for it: types that cross are `repr(C)`, whose layout is
//! that of the Canonical ABI (`abi`), and each exported function is a core function of that name and type.
//! wit-component checks names and core types. There is no formatting and no message: what cannot be is
//! `unreachable`, a trap.
//!
//! In reading order:
//!
//! - `abi`: values that cross; `memory`: where they lie
//! - `preview1`: WASI 0.1; `errors`: its errors as those of 0.2
//! - `io`: errors, pollables, streams
//! - `cli`, `clocks`, `random`
//! - `filesystem`, with `directory`: what is in a directory
//! - `sockets`: which 0.1 has no means to make

#![no_std]

mod abi;
mod cli;
mod clocks;
mod directory;
mod errors;
mod filesystem;
mod io;
mod memory;
mod preview1;
mod random;
mod sockets;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
