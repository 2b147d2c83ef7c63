//! `wasi:random`. In: how much. Out: random bytes of `random_get`, which are as good for the secure
//! interface as for the others. Not its job: making them.

use crate::abi::{List, give};
use crate::memory;
use crate::preview1::random_get;
use core::arch::wasm32;

#[unsafe(export_name = "wasi:random/random@0.2.12#get-random-bytes")]
extern "C" fn get_random_bytes(len: u64) -> *const List {
    let Ok(len) = usize::try_from(len) else { wasm32::unreachable() };
    if len == 0 {
        return give(List::EMPTY);
    }
    let at = memory::lend(len);
    fill(at, len);
    give(List { at, len })
}

#[unsafe(export_name = "wasi:random/random@0.2.12#get-random-u64")]
extern "C" fn get_random_u64() -> u64 {
    let mut number = 0u64;
    fill((&raw mut number).cast(), 8);
    number
}

#[unsafe(export_name = "wasi:random/insecure@0.2.12#get-insecure-random-bytes")]
extern "C" fn get_insecure_random_bytes(len: u64) -> *const List {
    get_random_bytes(len)
}

#[unsafe(export_name = "wasi:random/insecure@0.2.12#get-insecure-random-u64")]
extern "C" fn get_insecure_random_u64() -> u64 {
    get_random_u64()
}

#[unsafe(export_name = "wasi:random/insecure-seed@0.2.12#insecure-seed")]
extern "C" fn insecure_seed() -> *const (u64, u64) {
    give((get_random_u64(), get_random_u64()))
}

/// 0.2 knows no failure here, so there must be none.
fn fill(at: *mut u8, len: usize) {
    // Some hosts take no more at once.
    const AT_ONCE: usize = 65536;
    let mut done = 0;
    while done < len {
        let part = (len - done).min(AT_ONCE);
        if random_get(at.wrapping_add(done), part) != 0 {
            wasm32::unreachable();
        }
        done += part;
    }
}
