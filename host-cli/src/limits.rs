//! Keeps the fuser within memory. In: limits. Out: the answers that wasmtime asks for while it runs, and a
//! clear error when a run ends early. Not its job: watching the time (`clock`), and what an input may contain.

use crate::arguments::HostArguments;
use meld_fuser::{Code, Error};
use std::fmt;
use wasmtime::{ResourceLimiter, Trap};

/// Counts the bytes of all memories and tables together.
pub struct Limiter {
    max_memory: usize,
    used: usize,
}

impl Limiter {
    pub fn new(arguments: &HostArguments) -> Limiter {
        Limiter { max_memory: usize::try_from(arguments.max_memory).unwrap_or(usize::MAX), used: 0 }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let used = self.used.saturating_add(desired.saturating_sub(current));
        if used > self.max_memory {
            return Err(OutOfMemory::Limit.into());
        }
        self.used = used;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        Err(OutOfMemory::Machine.into())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let entry = size_of::<usize>();
        self.memory_growing(current.saturating_mul(entry), desired.saturating_mul(entry), None)
    }
}

/// Why memory could not grow.
#[derive(Debug)]
enum OutOfMemory {
    Limit,
    Machine,
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "out of memory")
    }
}

impl std::error::Error for OutOfMemory {}

/// The error when time is up.
pub fn too_slow(arguments: &HostArguments) -> Error {
    Error::new(Code::LimitExceeded, format!("the fuser was not done after {:?}", arguments.timeout))
        .hint("if you trust the input, allow more time with `--timeout`")
}

/// The error when wasmtime ended a run. `said` is what the fuser wrote to its standard error: after a panic,
/// the message.
pub fn ended_early(error: &wasmtime::Error, arguments: &HostArguments, said: &str) -> Error {
    let limit = |message: String| Error::new(Code::LimitExceeded, message);
    let memory = match arguments.max_memory {
        bytes if bytes % (1 << 20) == 0 => format!("{}MiB", bytes >> 20),
        bytes if bytes % (1 << 10) == 0 => format!("{}KiB", bytes >> 10),
        1 => "1 byte".to_string(),
        bytes => format!("{bytes} bytes"),
    };
    match (error.downcast_ref::<OutOfMemory>(), error.downcast_ref::<Trap>()) {
        (Some(OutOfMemory::Limit), _) => limit(format!("the fuser needs more memory than {memory}"))
            .hint("if you trust the input, allow more with `--max-memory`"),
        (Some(OutOfMemory::Machine), _) => limit(
            "the fuser needs more memory than there is, or than the 4GiB that a 32-bit program has".into(),
        ),
        (_, Some(Trap::StackOverflow)) => limit("the input nests more deeply than the fuser's stack".into()),
        _ => {
            let reason = match said.trim() {
                "" => error.root_cause().to_string(),
                said => said.to_string(),
            };
            Error::internal(format!("the fuser stopped: {reason}"))
        }
    }
}
