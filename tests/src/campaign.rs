//! Many random cases. In: seeds, how one becomes the bytes of a case, how a case is checked and how it
//! is shown. Out: what was seen, or the first failure, made small. Not its job: a case (`generated`,
//! `smith`).

use crate::shrink::shrink;
use anyhow::Result;
use std::ops::{AddAssign, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Checks the cases of all these seeds on all processors; stops at a failure. A failing case is tried
/// `tries` times while it is made smaller, and then told with its text.
pub fn run<Seen: Default + AddAssign + Send>(
    seeds: Range<u64>,
    tries: usize,
    bytes: impl Fn(u64) -> Vec<u8> + Sync,
    check: impl Fn(&[u8]) -> Result<Seen> + Sync,
    text: impl Fn(&[u8]) -> Result<String>,
) -> Result<Seen, String> {
    let next = AtomicU64::new(seeds.start);
    let (seen, failed) = (Mutex::new(Seen::default()), Mutex::new(None));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            match outcome(&check, &bytes(seed)) {
                Ok(more) => *seen.lock().expect("not poisoned") += more,
                Err(why) => {
                    next.store(seeds.end, Ordering::Relaxed);
                    failed.lock().expect("not poisoned").get_or_insert((seed, why));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let Some((seed, why)) = failed.into_inner().expect("not poisoned") else {
        return Ok(seen.into_inner().expect("not poisoned"));
    };
    let small = shrink(&bytes(seed), tries, |bytes| outcome(&check, bytes).is_err());
    // Another failure may come to light on the way: each is one.
    let why = outcome(&check, &small).err().unwrap_or(why);
    let text = text(&small).unwrap_or_default();
    let hex: String = small.iter().map(|byte| format!("{byte:02x}")).collect();
    Err(format!("{text}\nseed {seed}, shrunk to {hex}\n{why}\n"))
}

/// A panic is a failure as well.
fn outcome<Seen>(check: impl Fn(&[u8]) -> Result<Seen>, bytes: &[u8]) -> Result<Seen, String> {
    match catch_unwind(AssertUnwindSafe(|| check(bytes))) {
        Ok(seen) => seen.map_err(|e| format!("{e:#}")),
        Err(panic) => {
            let message = panic.downcast_ref::<String>().map(String::as_str);
            Err(format!("panic: {}", message.or(panic.downcast_ref::<&str>().copied()).unwrap_or("?")))
        }
    }
}
