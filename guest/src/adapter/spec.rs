//! What the adapter module shall contain, function by function. In: nothing, these are the types.
//! Out: the contract between `assemble`, which decides what crosses where and which checks can fire,
//! and the rest of this room, which writes the code. Not its job: instructions.

use crate::abi::layout::Context;
use crate::abi::side::{MemoryRef, Reallocator, Side, Strings};
use crate::ids::{InstanceId, ResourceId, TypeId};
use crate::link::{CoreDef, End, FuncType, Memory, Slot, StringEncoding};
use crate::runtime::{Manner, RuntimeFunction, SchedulerFunction, Trap};
use std::rc::Rc;
use wasm_encoder::ValType;

/// Something outside the adapter module that its code uses: becomes an import of that module, and
/// `assemble` says what it is in the assembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ref {
    /// An item of a guest's core instance (never `CoreDef::Canon`).
    Core(CoreDef),
    /// A function that the fused module imports: index into `Assembly::imports`.
    Host(u32),
    /// A function of the handle runtime.
    Runtime(RuntimeFunction),
    /// The handle runtime's memory, its export `memory`.
    RuntimeMemory,
    /// A function of the scheduler.
    Scheduler(SchedulerFunction),
    /// The scheduler's memory.
    SchedulerMemory,
    /// The function that traps for this reason.
    Trap(Trap),
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
    pub manner: Manner,
}

impl Transcoder {
    /// Whether the number of code units can become another one.
    pub fn changes_length(self) -> bool {
        (self.from.encoding, self.to.encoding) != (StringEncoding::Utf8, StringEncoding::Utf8)
    }
}

/// What goes around a call into an instance ("canon lift", "canon lower", "Component Instance State").
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Guards {
    /// The caller's instance, where its `may_leave` can be off: trap if it is, before all else.
    pub check_may_leave: Option<InstanceId>,
    /// The caller's and callee's entering set, less those instances of which the plan proves that they
    /// can always be entered: for each, trap if `may_enter` is off; it is off while the callee runs.
    pub enter: Vec<InstanceId>,
    /// An exception that leaves the callee, or a `realloc` or post-return that belongs to the call,
    /// becomes a trap. Only where a module has tags.
    pub trap_on_throw: Option<Catches>,
    /// The storage of the task that begins.
    pub storage: Storage,
    /// The callee's instance, where code of it may ask which task runs, and this is one that is not async.
    pub task: Option<InstanceId>,
    /// The host may wait in the call: trap if the task that runs may not.
    pub waits: bool,
}

/// `Thread.storage` of a task that begins: zeros. The slots of an instance are the same globals for
/// all its tasks, of which one runs at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Storage {
    /// Those slots that the task can come to, in order; not those that the plan proves to be 0 always,
    /// or never read.
    pub slots: Vec<StorageSlot>,
    /// Another task of the instance can be in progress, which finds its own values again afterwards.
    pub keep: bool,
}

/// A slot of an instance's current thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StorageSlot {
    pub instance: InstanceId,
    pub slot: Slot,
}

/// The instructions that catch exceptions: an engine knows those that the guests use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Catches {
    /// `try_table`, of the exception handling proposal.
    TryTable,
    /// `try` and `catch_all`, of the legacy proposal.
    Try,
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
        /// What the drop of an owner runs: the destructor, or the host's `resource.drop`. It gets
        /// the representation.
        destroy: Option<Ref>,
        /// The entering set is that of the destructor's call.
        guards: Guards,
    },
    /// The destructor as the host calls it, `(rep: i32) -> ()`: does nothing while the adapter
    /// module itself is taking an owner back from the host (see `HostResource::drop`).
    HostDestructor { destructor: Option<Ref>, guards: Guards },
    /// A guest's `realloc`; has the guest's signature. `instance` may not leave while it runs, if there
    /// is one in which that matters.
    Realloc { realloc: CoreDef, instance: Option<InstanceId>, memory64: bool, guards: Guards },
    /// One of a guest's many `realloc`s for one memory, the one whose number has been chosen; has their
    /// signature. See `Reallocator::OneOf`.
    OneOfReallocs { instance: InstanceId, reallocs: Vec<Reallocator>, memory64: bool },
    /// A guest's post-return with `may_leave` off while it runs. `params` are the flat results of its
    /// lift.
    PostReturn { function: CoreDef, instance: InstanceId, params: Vec<ValType>, guards: Guards },
    /// A guest's post-return as the host calls it where the call's `keeps_results`: it gets the core results
    /// that the guest's function returned, while `params` are those that the host got. `kept` are the types
    /// of the former. `frees`: as `FreeRuntimeMemory`, too.
    KeptPostReturn {
        function: CoreDef,
        instance: Option<InstanceId>,
        params: Vec<ValType>,
        kept: Vec<ValType>,
        frees: bool,
        guards: Guards,
    },
    /// A function passed through as it is, with guards around it. The two sides have one core
    /// signature.
    Guard { function: Ref, params: Vec<ValType>, results: Vec<ValType>, guards: Guards },
    /// The post-return of an export whose results went through the runtime's memory: frees what the
    /// export's `Call` allocated there. `params` are the flat results of that call.
    FreeRuntimeMemory { params: Vec<ValType> },
    /// "canon context.get": `() -> (value)`. Does nothing but read the slot's global.
    ContextGet(StorageSlot),
    /// "canon context.set": `(value) -> ()`. Does nothing but write it.
    ContextSet(StorageSlot),
    /// The function that "canon lower" makes of an async function that another instance lifts, or, for the
    /// host, the function that it lifts.
    AsyncCall(Rc<AsyncCall>),
    /// Starts the callee of one: `(task) -> (code)`. See `code::start` of the scheduler.
    TaskStart(Rc<AsyncCall>),
    /// Carries its result over, from the task's frame: `(task) -> ()`.
    TaskResolve(Rc<AsyncCall>),
    /// Calls a task back: `(task, event, index, payload) -> (code)`.
    Callback { function: Ref, storage: Storage, trap_on_throw: Option<Catches> },
    /// "canon task.return", of the functions of this class. `params` are its core parameters.
    TaskReturn { check_may_leave: Option<InstanceId>, class: Class, params: Vec<ValType> },
    /// A lower with `async` of a function of the host's: `(..) -> (status)`.
    HostCall(Rc<HostCall>),
    /// Carries the result of one to its caller: `(task) -> ()`.
    HostResolve(Rc<HostCall>),
    /// A built-in that is a function of the scheduler, with some arguments before those that it is given.
    Scheduled { check_may_leave: Option<InstanceId>, function: SchedulerFunction, leading: Vec<Leading> },
    /// "canon waitable-set.wait" and "canon waitable-set.poll", by the scheduler's function:
    /// `(index, address) -> (event)`.
    WaitableSetEvent {
        check_may_leave: Option<InstanceId>,
        function: SchedulerFunction,
        instance: InstanceId,
        cancellable: bool,
        memory: Memory,
    },
    /// "canon {stream,future}.{read,write}".
    ChannelCopy {
        check_may_leave: Option<InstanceId>,
        end: ChannelEnd,
        async_: bool,
        site: u32,
        bridge: Option<Bridge>,
    },
    /// The host's "canon {stream,future}.{read,write} async", in one form: `(end, address: i64, length) -> (status)`.
    /// `within` is the memory that the address is of, where the host is told that in the one memory of the module.
    HostCopy { function: Ref, future: bool, memory64: bool, within: Option<MemoryRef> },
    /// Copies elements from the buffer of a writer to that of a reader: `(from: i64, to: i64, count) -> ()`.
    ChannelElements { element: TypeId, from: Side, to: Side, trap_on_throw: Option<Catches> },
    /// Takes back a handle that the host has been offered and has not taken: `(handle) -> ()`.
    TakeBack { resource: ResourceId },
    /// Calls one of these functions by its number, which is the first argument; nothing has the number of one that
    /// is not there.
    Dispatch { params: Vec<ValType>, results: Vec<ValType>, targets: Vec<Option<Ref>> },
}

/// An argument that a built-in's definition gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Leading {
    Number(u32),
    /// The descriptor of the instance's handle table.
    Table(InstanceId),
    /// The type of handles of an end of this stream or future type.
    End(TypeId, End),
}

/// An end of a stream or future, as a definition uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChannelEnd {
    /// The stream or future type.
    pub ty: TypeId,
    pub end: End,
    /// Whose it is, and how its elements lie there.
    pub side: Side,
}

/// How an end copies where the other end is the host's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bridge {
    /// The number of the host's built-in, among the targets of the dispatching function for these.
    pub site: u32,
    /// Where the host does not read or write the end's buffer itself.
    pub carried: Option<Carried>,
}

/// How elements are carried between the end's buffer and one in the runtime's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Carried {
    /// The number of the copy.
    pub copy: u32,
    /// The size of an element there, in bytes.
    pub size: u32,
    /// There are handles in it.
    pub handles: bool,
}

impl Bridge {
    /// As the scheduler takes it (`scheduler/src/bridge.rs`): its built-in, the copy, and the size.
    pub fn numbers(bridge: Option<Bridge>) -> [u32; 3] {
        const NONE: u32 = u32::MAX;
        match bridge {
            None => [NONE, NONE, 0],
            Some(Bridge { site, carried: None }) => [site, NONE, 0],
            Some(Bridge { site, carried: Some(Carried { copy, size, handles }) }) => {
                [site, copy, size << 1 | u32::from(handles)]
            }
        }
    }
}

/// A call of an async function. CanonicalABI.md, "canon lower" and "canon lift".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AsyncCall {
    /// Its function is what the callee lifts, its guards are those of the caller's and the callee's task.
    pub call: Call,
    pub calling: Calling,
    /// Its number among the targets of the dispatching functions that start tasks and carry results over.
    pub number: u32,
    /// The number of its callback among the targets of the one that calls back; none for a callee that is lifted
    /// without `async`.
    pub callback: Option<u32>,
    pub class: Class,
}

/// A lower with `async` of a function of the host's. CanonicalABI.md, "canon lower".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostCall {
    pub ty: Rc<FuncType>,
    pub caller: Side,
    /// The host.
    pub callee: Side,
    /// The host's function, lowered with `async`.
    pub function: Ref,
    pub check_may_leave: Option<InstanceId>,
    /// The number of its `HostResolve` among the targets of the function that carries results over, if its result
    /// does not lie where the caller wants it.
    pub resolve: Option<u32>,
    /// The caller's `realloc` belongs to the call.
    pub trap_on_throw: Option<Catches>,
}

/// What "canon task.return" tells functions apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Class {
    /// The number of the result type and the encoding.
    pub values: u32,
    /// That of the memory; 0 for none, which fits each where "canon task.return" has it.
    pub memory: u32,
}

/// Who makes an async call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Calling {
    /// "canon lower" without `async`.
    Sync,
    /// "canon lower" with `async`.
    Async,
    /// The host, to which "canon task.return" of its own gives the result: this function.
    Host { task_return: Ref },
}

impl HostCall {
    pub fn ends(&self) -> Ends<'_> {
        let HostCall { ty, caller, callee, .. } = self;
        Ends { ty, caller: *caller, callee: *callee, outer: Context::LowerAsync, inner: Context::LowerAsync }
    }
}

/// What the values of an async call pass between.
#[derive(Debug, Clone, Copy)]
pub struct Ends<'c> {
    pub ty: &'c FuncType,
    pub caller: Side,
    pub callee: Side,
    /// For whom the caller's core function is.
    pub outer: Context,
    /// For whom the callee's core function is.
    pub inner: Context,
}

impl AsyncCall {
    pub fn ends(&self) -> Ends<'_> {
        let Call { ty, caller, callee, .. } = &self.call;
        Ends { ty, caller: *caller, callee: *callee, outer: self.outer(), inner: self.inner() }
    }

    /// For whom the caller's core function is.
    pub fn outer(&self) -> Context {
        match self.calling {
            Calling::Sync => Context::Lower,
            Calling::Async => Context::LowerAsync,
            Calling::Host { .. } => Context::LiftCallback,
        }
    }

    /// For whom the callee's core function is.
    pub fn inner(&self) -> Context {
        Context::lift(self.callback.is_some())
    }
}

/// A call from one side to the other, with the values of `ty` lifted and lowered on the way.
/// CanonicalABI.md, "canon lift" and "canon lower".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Call {
    /// Without the parameters' names: no code depends on them.
    pub ty: Rc<FuncType>,
    /// Its core signature is that of `flatten_functype(opts, ft, 'lower')`; for `Domain::Host`
    /// that of `'lift'`, because the host lifts what the adapter module exports.
    pub caller: Side,
    /// Its core signature is that of `'lift'`; for `Domain::Host` that of `'lower'`.
    pub callee: Side,
    pub function: Ref,
    pub post_return: Option<CoreDef>,
    /// The callee's instance, where something in it could notice `may_leave`: it is off while
    /// `post_return` runs. (`Side::realloc` says the same of `realloc`.)
    pub guard_post_return: Option<InstanceId>,
    /// The callee's core results are kept for `Function::KeptPostReturn`. The host calls that before it
    /// calls another export, so there is one call at a time that keeps some.
    pub keeps_results: bool,
    pub guards: Guards,
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
