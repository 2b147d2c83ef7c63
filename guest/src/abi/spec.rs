//! What the adapter module shall contain, function by function. In: nothing, these are the types.
//! Out: the contract between `abi::assemble`, which decides what crosses where and which checks
//! can fire, and `abi::adapter`, which writes the code. Not its job: instructions.

use crate::ids::{InstanceId, ResourceId};
use crate::link::{CoreDef, FuncType, Memory, StringEncoding};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// Something outside the adapter module that its code uses: becomes an import of that module, and
/// `abi::assemble` says what it is in the assembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ref {
    /// An item of a guest's core instance (never `CoreDef::Canon`).
    Core(CoreDef),
    /// A function that the fused module imports: index into `Assembly::imports`.
    Host(u32),
    /// A function of the handle runtime (`abi/runtime/handles.wat`), by its export's name.
    Runtime(&'static str),
    /// A memory or a global of the handle runtime, by its export's name.
    RuntimeMemory,
    /// A string transcoder, shared by all adapters that need the same one.
    Transcoder(Transcoder),
    /// The global `length` of that transcoder's instance, where the length can change.
    TranscoderLength(Transcoder),
    /// A function of the adapter module itself, by its index among `Function`s.
    Adapter(u32),
}

/// Which transcoder: one module instance is made for each distinct value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Transcoder {
    pub from: Strings,
    pub to: Strings,
    /// The `realloc` of the destination.
    pub realloc: Reallocator,
}

impl Transcoder {
    /// Whether the number of code units can become another one.
    pub fn changes_length(self) -> bool {
        (self.from.encoding, self.to.encoding) != (StringEncoding::Utf8, StringEncoding::Utf8)
    }
}

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
}

impl MemoryRef {
    pub fn memory64(self) -> bool {
        matches!(self, MemoryRef::Guest(Memory { memory64: true, .. }))
    }

    /// The base-2 logarithm of the size of a page, in bytes.
    pub fn page_bits(self) -> u32 {
        match self {
            MemoryRef::Guest(memory) => memory.page_bits,
            MemoryRef::Runtime => 16,
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
    /// The handle runtime's allocator.
    Runtime,
}

/// Whose handles a side's `own` and `borrow` values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// A component instance: its handle table, kept by the handle runtime.
    Instance(InstanceId),
    /// The host: the handle table that the host keeps for the fused component.
    Host,
    /// Nobody: values between lifting and lowering, where an instance calls itself. A handle is the
    /// resource's representation. Never a side of a `Call`; `abi::adapter` puts it between them.
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
    /// Whether its addresses are i64.
    pub fn memory64(&self) -> bool {
        self.memory.is_some_and(MemoryRef::memory64)
    }
}

/// One function of the adapter module. Every function is exported under its index, in decimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Function {
    /// A lower met by a lift: a `Call`.
    Call(Box<Call>),
    /// "canon resource.new" in an instance with a table of its own: `(rep: i32) -> (handle: i32)`.
    ResourceNew { instance: InstanceId, resource: ResourceId, check_may_leave: bool },
    /// "canon resource.rep": `(handle: i32) -> (rep: i32)`.
    ResourceRep { instance: InstanceId, resource: ResourceId },
    /// "canon resource.drop": `(handle: i32) -> ()`.
    ResourceDrop {
        instance: InstanceId,
        resource: ResourceId,
        check_may_leave: bool,
        /// What the drop of an owner runs: the destructor, or the host's `resource.drop`. It gets
        /// the representation.
        destroy: Option<Ref>,
        /// As in `Call`.
        enter: Vec<InstanceId>,
        /// As in `Call`, for the destructor.
        trap_on_throw: bool,
    },
    /// The destructor as the host calls it, `(rep: i32) -> ()`: does nothing while the adapter
    /// module itself is taking an owner back from the host (see `HostResource::drop`).
    HostDestructor {
        destructor: Option<Ref>,
        /// As in `Call`.
        enter: Vec<InstanceId>,
        /// As in `Call`.
        trap_on_throw: bool,
    },
    /// A guest's `realloc` with `may_leave` off while it runs; has the guest's signature.
    Realloc {
        realloc: CoreDef,
        instance: InstanceId,
        memory64: bool,
        /// As in `Call`.
        trap_on_throw: bool,
    },
    /// A guest's function with `may_leave` off while it runs; has the signature of `post_return`
    /// of a lift with these flat results.
    PostReturn {
        function: CoreDef,
        instance: InstanceId,
        params: Vec<wasm_encoder::ValType>,
        /// As in `Call`.
        trap_on_throw: bool,
    },
    /// A function passed through as it is, behind a check of the caller's `may_leave` or with
    /// `enter` around it. The two sides have one core signature.
    Guard {
        function: Ref,
        params: Vec<wasm_encoder::ValType>,
        results: Vec<wasm_encoder::ValType>,
        check_may_leave: Option<InstanceId>,
        enter: Vec<InstanceId>,
        /// As in `Call`.
        trap_on_throw: bool,
    },
    /// The post-return of an export whose results went through the runtime's memory: frees what
    /// the export's `Call` allocated there. Has the signature of a post-return with these flat
    /// results.
    FreeRuntimeMemory { params: Vec<wasm_encoder::ValType> },
}

/// A call from one side to the other, with the values of `ty` lifted and lowered on the way.
/// CanonicalABI.md, "canon lift" and "canon lower".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Call {
    pub ty: FuncType,
    /// Its core signature is that of `flatten_functype(opts, ft, 'lower')`; for `Domain::Host`
    /// that of `'lift'`, because the host lifts what the adapter module exports.
    pub caller: Side,
    /// Its core signature is that of `'lift'`; for `Domain::Host` that of `'lower'`.
    pub callee: Side,
    pub function: Ref,
    pub post_return: Option<CoreDef>,
    /// The caller's instance, where its `may_leave` can be off: checked before all else.
    pub check_may_leave: Option<InstanceId>,
    /// The callee's instance, where something in it could notice `may_leave`: it is off while
    /// `post_return` runs. (`Side::realloc` says the same of `realloc`.)
    pub guard_post_return: Option<InstanceId>,
    /// The caller's and callee's entering set ("Component Instance State"), less those instances
    /// of which the plan proves that they can always be entered: for each, trap if `may_enter` is
    /// off; off while the callee runs.
    pub enter: Vec<InstanceId>,
    /// An exception that leaves the callee, a `realloc` or the post-return becomes a trap. Only
    /// where a module has tags.
    pub trap_on_throw: bool,
}

/// The handle tables that the handle runtime keeps.
#[derive(Debug, Clone, Default)]
pub struct HandleTables {
    /// Each instance's, by number.
    pub numbers: BTreeMap<InstanceId, u32>,
    /// An instance may be called while a call of it is in progress. Otherwise each has one call in
    /// progress at most, and while it calls another one, none of its own code runs.
    pub recursive: bool,
    /// See `HandleTables::module`.
    pub module: OnceCell<Vec<u8>>,
}

/// How the adapter module deals with one resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResourceInfo {
    /// The instance that defines it; none for one that the host defines.
    pub implementer: Option<InstanceId>,
    pub host: HostResource,
}

/// The host's functions for a resource type, as indices into `Assembly::imports`; present where
/// some adapter needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct HostResource {
    pub new: Option<u32>,
    pub rep: Option<u32>,
    /// For a resource that the component defines, calling it runs `HostDestructor`: an owner is
    /// taken back by `rep`, then `drop` with the destructor held off.
    pub drop: Option<u32>,
}
