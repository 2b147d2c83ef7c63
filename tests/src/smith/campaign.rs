//! Many random components. In: seeds. Out: what was seen, or the first failure, made small. Not its
//! job: one of them (`check`).

use super::{Seen, bytes, check, component};
use crate::generated::shrink::shrink;
use std::fmt;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often a failing case is tried while it is made smaller.
const TRIES: usize = 1500;

/// What went wrong, as small as it could be made.
pub struct Failure {
    pub seed: u64,
    pub bytes: Vec<u8>,
    pub why: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = component(&self.bytes).and_then(wasmprinter::print_bytes).unwrap_or_default();
        let hex: String = self.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(f, "{text}\nseed {}, shrunk to {hex}\n{}", self.seed, self.why)
    }
}

/// Checks the components of all these seeds on all processors; stops at a failure.
pub fn campaign(seeds: Range<u64>) -> Result<Seen, Box<Failure>> {
    let next = AtomicU64::new(seeds.start);
    let (seen, failed) = (Mutex::new(Seen::default()), Mutex::new(None));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            match outcome(&bytes(seed)) {
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
    let seen = *seen.lock().expect("not poisoned");
    match failed.into_inner().expect("not poisoned") {
        None => Ok(seen),
        Some((seed, why)) => Err(Box::new(smaller(seed, &bytes(seed), why))),
    }
}

/// Makes a failing case smaller. Another failure may come to light on the way, and then counts.
fn smaller(seed: u64, bytes: &[u8], why: String) -> Failure {
    let small = shrink(bytes, TRIES, |bytes| outcome(bytes).is_err());
    let why = outcome(&small).err().unwrap_or(why);
    Failure { seed, bytes: small, why }
}

/// A panic is a failure as well.
fn outcome(bytes: &[u8]) -> Result<Seen, String> {
    match catch_unwind(AssertUnwindSafe(|| check(bytes))) {
        Ok(seen) => seen.map_err(|e| format!("{e:#}")),
        Err(panic) => {
            let message = panic.downcast_ref::<String>().map(String::as_str);
            Err(format!("panic: {}", message.or(panic.downcast_ref::<&str>().copied()).unwrap_or("?")))
        }
    }
}
