//! The two sides of a call. In: nothing, these are the types. Out: for each side, its canonical
//! options and whose handles its values are (CanonicalABI.md, "Canonical ABI Options"). Not its job:
//! what is done between them (`adapter`).

use super::layout::Pointer;
use crate::ids::InstanceId;
use crate::link::{CoreDef, Memory, StringEncoding};

/// How strings lie in one side's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Strings {
    pub memory: MemoryRef,
    pub encoding: StringEncoding,
}

/// A memory that an adapter reads or writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemoryRef {
    Guest(Memory),
    /// The handle runtime's own memory, where values pass that hold handles and cross the outer
    /// boundary; 32-bit.
    Runtime,
    /// The scheduler's, where calls note their arguments and results; 32-bit.
    Scheduler,
}

impl MemoryRef {
    pub fn memory64(self) -> bool {
        matches!(self, MemoryRef::Guest(Memory { memory64: true, .. }))
    }

    /// The base-2 logarithm of the size of a page, in bytes.
    pub fn page_bits(self) -> u32 {
        match self {
            MemoryRef::Guest(memory) => memory.page_bits,
            MemoryRef::Runtime | MemoryRef::Scheduler => 16,
        }
    }
}

/// A `realloc` that an adapter calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reallocator {
    /// The guest's function itself: nothing in the instance could notice `may_leave`.
    Direct(CoreDef),
    /// The guest's function with the instance's `may_leave` off while it runs.
    Guarded(CoreDef, InstanceId),
    /// The guest's function with all that goes around it: a function of the adapter module, by index.
    Adapter(u32),
    /// One of many that allocate in one memory: what `function`, a function of the adapter module, calls
    /// once this number has been chosen.
    OneOf { function: u32, number: u32 },
    /// The handle runtime's allocator.
    Runtime,
    /// What has no addresses and no handles in it is not copied: it stays in the guest's memory, and its address
    /// becomes that in the one memory of the module. The rest as with `Runtime`.
    InPlace,
}

/// Whose handles a side's `own` and `borrow` values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// A component instance: its handle table, kept by the handle runtime.
    Instance(InstanceId),
    /// The host: the handle table that the host keeps for the fused component.
    Host,
    /// Nobody: values between lifting and lowering, where an instance calls itself. A handle is the
    /// resource's representation. Never a side of a `Call`; `adapter` puts it between them.
    Transit,
}

/// One side of a call: the canonical options and the domain.
///
/// Where one side is `Domain::Host` and both sides have the same memory, what lies in memory passes
/// by its address: the host itself reads and writes it there, and checks it. Only the flat values
/// are translated, for the handles among them; what lies in memory has none then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Side {
    pub domain: Domain,
    pub memory: Option<MemoryRef>,
    pub realloc: Option<Reallocator>,
    pub encoding: StringEncoding,
}

impl Side {
    /// The side for code that comes after the choice of a `realloc`, and the number to choose, where there is
    /// a choice: the same side whichever of them it is.
    pub fn chosen(self) -> (Side, Option<u32>) {
        match self.realloc {
            Some(Reallocator::OneOf { function, number }) => {
                (Side { realloc: Some(Reallocator::Adapter(function)), ..self }, Some(number))
            }
            _ => (self, None),
        }
    }

    /// Whether its addresses are i64.
    pub fn memory64(&self) -> bool {
        self.memory.is_some_and(MemoryRef::memory64)
    }

    /// The type of its addresses; without a memory it has none, and this does not matter.
    pub fn pointer(&self) -> Pointer {
        Pointer::new(self.memory64())
    }
}
