//! Values that cross, as the Canonical ABI lays them out. In: values. Out: where they lie. Not its job:
//! what they mean.
//!
//! A record is a `repr(C)` struct; a variant is a `repr(C, u8)` enum, which Rust lays out as a tag and
//! behind it, aligned for the largest alignment of any case, the case. Both are the Canonical ABI's rules.

use crate::memory;
use core::{ptr, slice};

/// A `list` or a `string` that is returned.
#[repr(C)]
pub struct List {
    pub at: *const u8,
    pub len: usize,
}

impl List {
    pub const EMPTY: List = List { at: ptr::without_provenance(8), len: 0 };
}

/// A `result`.
#[repr(C, u8)]
pub enum Outcome<T, E> {
    Ok(T),
    Err(E),
}

impl<T, E> From<Result<T, E>> for Outcome<T, E> {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(value) => Outcome::Ok(value),
            Err(error) => Outcome::Err(error),
        }
    }
}

/// An `option`.
#[repr(C, u8)]
pub enum Maybe<T> {
    None,
    Some(T),
}

/// `wasi:clocks/wall-clock.datetime`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Datetime {
    pub seconds: u64,
    pub nanoseconds: u32,
}

impl Datetime {
    pub fn of(nanoseconds: u64) -> Datetime {
        const SECOND: u64 = 1_000_000_000;
        Datetime { seconds: nanoseconds / SECOND, nanoseconds: (nanoseconds % SECOND) as u32 }
    }
}

/// Room for what a function returns in memory.
static mut RETURNED: [u64; 16] = [0; 16];

/// Returns a value in memory: it is there until the next call.
pub fn give<T>(value: T) -> *const T {
    const { assert!(size_of::<T>() <= 128 && align_of::<T>() <= 8) };
    let room = (&raw mut RETURNED).cast::<T>();
    // SAFETY: it is large enough, aligned, and nobody looks at it any more.
    unsafe { room.write(value) };
    room
}

/// As `give`, for functions that can fail.
pub fn give_result<T, E>(result: Result<T, E>) -> *const Outcome<T, E> {
    give(Outcome::from(result))
}

/// A `list` or a `string` that came in: it lies in a block of this memory, which goes back with it.
pub struct Given {
    at: *mut u8,
    /// In bytes.
    len: usize,
}

impl Given {
    /// What the two parameters mean, of elements of one byte.
    pub fn new(at: *mut u8, len: usize) -> Given {
        Given { at, len }
    }

    pub fn bytes(&self) -> &[u8] {
        match self.len {
            0 => &[],
            // SAFETY: the caller has written as much there.
            _ => unsafe { slice::from_raw_parts(self.at, self.len) },
        }
    }

    pub fn at(&self) -> *const u8 {
        self.at
    }

    pub fn len(&self) -> usize {
        self.len
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if self.len != 0 {
            memory::give_back(self.at, self.len);
        }
    }
}
