//! Keeps the fuser, and what is made of it, within memory. In: limits. Out: the answers that wasmtime asks for
//! while it runs, and a clear error when a run ends early. Not its job: watching the time (`clock`), counting
//! the bytes (`memory`), and what an input may contain.

use crate::arguments::HostArguments;
use crate::memory;
use meld_fuser::{Code, Error};
use std::fmt;
use wasmtime::{ResourceLimiter, Trap};

/// What this program needs for itself, whatever the fuser does: bytes of its heap that do not count.
const OWN: usize = 16 << 20;

/// What `--max-memory` allows: bytes for the fuser and for what is made of it, together.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    most: usize,
    /// Bytes of the heap that do not count.
    exempt: usize,
}

impl Budget {
    /// The budget of runs that begin now. What is on the heap already, such as the inputs, does not count.
    pub fn new(arguments: &HostArguments) -> Budget {
        Budget { exempt: memory::heap().saturating_add(OWN), ..Budget::of_fusers(arguments) }
    }

    /// The budget of a fuser that starts while the heap fills with inputs, and is given nothing to do yet.
    pub fn of_fusers(arguments: &HostArguments) -> Budget {
        Budget { most: usize::try_from(arguments.max_memory).unwrap_or(usize::MAX), exempt: usize::MAX }
    }

    /// How many bytes are left, or nothing once more are in use than there may be.
    pub fn left(&self) -> Option<usize> {
        let heap = memory::heap().saturating_sub(self.exempt);
        self.most.checked_sub(memory::fusers().saturating_add(heap))
    }
}

/// Answers for the memories and tables of one fuser.
pub struct Limiter {
    pub budget: Budget,
    used: usize,
}

impl Limiter {
    pub fn new(budget: Budget) -> Limiter {
        Limiter { budget, used: 0 }
    }
}

impl Drop for Limiter {
    fn drop(&mut self) {
        memory::ended(self.used);
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current);
        if self.budget.left().is_none_or(|left| more > left) {
            return Err(OutOfMemory::Limit.into());
        }
        memory::grew(more);
        self.used = self.used.saturating_add(more);
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

/// How wasmtime says that a call hands over more bytes than it may. The type of this error is wasmtime's
/// own; `a_result_has_the_bounds_of_the_fuser`, a test, would notice other words.
const TOO_MUCH_HANDED_OVER: &str = "too much data is being copied between the host and the guest";

/// The error when time is up.
pub fn too_slow(arguments: &HostArguments) -> Error {
    Error::new(Code::LimitExceeded, format!("the fuser was not done after {:?}", arguments.timeout))
        .hint("if you trust the input, allow more time with `--timeout`")
}

/// The error when the budget is spent.
pub fn too_large(arguments: &HostArguments) -> Error {
    let memory = match arguments.max_memory {
        bytes if bytes % (1 << 20) == 0 => format!("{}MiB", bytes >> 20),
        bytes if bytes % (1 << 10) == 0 => format!("{}KiB", bytes >> 10),
        1 => "1 byte".to_string(),
        bytes => format!("{bytes} bytes"),
    };
    Error::new(Code::LimitExceeded, format!("the fuser needs more memory than {memory}"))
        .hint("if you trust the input, allow more with `--max-memory`")
}

/// The error when the fuser did not get the memory that it wanted, if that is what wasmtime says.
pub fn out_of_memory(error: &wasmtime::Error, arguments: &HostArguments) -> Option<Error> {
    match error.downcast_ref::<OutOfMemory>() {
        Some(OutOfMemory::Limit) => Some(too_large(arguments)),
        Some(OutOfMemory::Machine) => Some(Error::new(
            Code::LimitExceeded,
            "the fuser needs more memory than there is, or than the 4GiB that a 32-bit program has",
        )),
        None if error.root_cause().to_string().starts_with(TOO_MUCH_HANDED_OVER) => {
            Some(too_large(arguments))
        }
        None => None,
    }
}

/// The error when wasmtime ended a run. `said` is what the fuser wrote to its standard error: after a panic,
/// the message.
pub fn ended_early(error: &wasmtime::Error, arguments: &HostArguments, said: &str) -> Error {
    if let Some(error) = out_of_memory(error, arguments) {
        return error;
    }
    if let Some(Trap::StackOverflow) = error.downcast_ref::<Trap>() {
        return Error::new(Code::LimitExceeded, "the input nests more deeply than the fuser's stack");
    }
    let reason = match said.trim() {
        "" => error.root_cause().to_string(),
        said => said.to_string(),
    };
    Error::internal(format!("the fuser stopped: {reason}"))
}
