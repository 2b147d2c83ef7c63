//! The flat plan that evaluating instantiation gives. In: nothing, these are the types. Out: the
//! contract between `link`, which writes a plan, and the rooms after it, which read it.
//! Not its job: evaluation (`link::evaluate`).
//!
//! Everything is referred to by its definition. A function that a component exports under three
//! names through two other components is one `Func` with one id; two resource types of one name
//! are two `ResourceId`s. Names appear only in `label`s, for people, and at the root boundary.

use super::types::{FuncType, Types};
use crate::ids::{
    CanonId, CoreInstanceId, IdVec, ImportId, InstanceId, LiftId, ModuleId, ResourceId, TypeId,
};
use crate::name::Name;
use crate::read::CoreSort;
use crate::read::Module;
use std::rc::Rc;

/// The root component, instantiated on paper.
#[derive(Debug, Default)]
pub struct Plan<'a> {
    /// The core modules of the tree, with the same ids; some may never be instantiated.
    pub modules: IdVec<ModuleId, Rc<Module<'a>>>,
    /// Every core instance made by `core instance (instantiate ..)`, in the order in which the
    /// specification instantiates them: segments and start function of one run before those of the
    /// next.
    pub core_instances: IdVec<CoreInstanceId, CoreInstance>,
    /// Every component instance made by `instance (instantiate ..)`, and the root, number 0. They
    /// are the protection domains: each has its own handle table and flags.
    pub instances: IdVec<InstanceId, Instance>,
    pub types: Types,
    pub resources: IdVec<ResourceId, Resource>,
    pub lifts: IdVec<LiftId, Lift>,
    pub canons: IdVec<CanonId, Canon>,
    /// The functions that the root imports, in the order in which the root's imports mention them.
    pub imports: IdVec<ImportId, Import>,
    /// What the root exports, in its order.
    pub exports: Vec<Export>,
    /// The names that instances, at the root and inside, have for resource types. For people and
    /// for options that name a resource; nothing is ever matched by them. `None` where there are
    /// too many to list.
    pub resource_names: Option<Vec<ResourceName>>,
    /// The size of the input in bytes, and how many steps of instantiation were taken: what budgets grow
    /// with.
    pub bytes: usize,
    pub steps: usize,
}

/// One name of a resource type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResourceName {
    pub resource: ResourceId,
    /// The name under which a component imports or exports the instance; none for a type that
    /// stands outside of any.
    pub interface: Option<Name>,
    pub name: Name,
}

/// One component instance.
#[derive(Debug)]
pub struct Instance {
    /// The instance whose component contains the `instantiate`; none for the root. This is the
    /// `parent` of CanonicalABI.md, "Component Instance State".
    pub parent: Option<InstanceId>,
    /// For people: the names on the way from the root (`"app/store"`), empty for the root and for what stands for it on
    /// the platform.
    pub label: String,
}

/// One core instance.
#[derive(Debug)]
pub struct CoreInstance {
    pub module: ModuleId,
    /// What each of the module's imports is, in the module's order.
    pub imports: Vec<CoreDef>,
    /// The module's start function.
    pub start: Option<CoreDef>,
    /// The component instance whose component contains the `core instance`.
    pub owner: InstanceId,
    /// For people.
    pub label: String,
}

/// A core function, memory, table, global or tag, by its definition: `Item` always names the
/// instance whose module *defines* it, never one that imports and re-exports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CoreDef {
    /// `index` is in the index space of `sort` of the instance's module.
    Item { instance: CoreInstanceId, sort: CoreSort, index: u32 },
    /// A core function made by a canonical definition.
    Canon(CanonId),
}

/// A canonical definition that makes a core function, evaluated.
#[derive(Debug)]
pub struct Canon {
    /// The component instance that contains the definition: whose handle table and flags it uses.
    pub instance: InstanceId,
    pub kind: CanonKind,
    /// Where the definition stands, in bytes from the start of the input.
    pub offset: usize,
}

#[derive(Debug)]
pub enum CanonKind {
    /// CanonicalABI.md, "canon lower".
    Lower { func: Func, options: Options },
    /// "canon resource.new"
    ResourceNew(ResourceId),
    /// "canon resource.drop"
    ResourceDrop(ResourceId),
    /// "canon resource.rep"
    ResourceRep(ResourceId),
    /// "canon context.get"
    ContextGet(Slot),
    /// "canon context.set"
    ContextSet(Slot),
    /// "canon task.return"
    TaskReturn { result: Option<TypeId>, options: Options },
    /// A built-in on a stream or future.
    Channel { ty: TypeId, operation: ChannelOperation },
    /// Any other built-in of tasks and waitables.
    Async(AsyncBuiltin),
}

/// What a built-in on a stream or future does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelOperation {
    /// "canon {stream,future}.new"
    New,
    /// "canon {stream,future}.{read,write}"
    Copy { end: End, options: Options },
    /// "canon {stream,future}.cancel-{read,write}"
    Cancel { end: End, async_: bool },
    /// "canon {stream,future}.drop-{readable,writable}"
    Drop(End),
}

impl ChannelOperation {
    /// As the text format writes it, behind `stream.` or `future.`.
    pub fn name(&self) -> &'static str {
        match self {
            ChannelOperation::New => "new",
            ChannelOperation::Copy { end: End::Readable, .. } => "read",
            ChannelOperation::Copy { end: End::Writable, .. } => "write",
            ChannelOperation::Cancel { end: End::Readable, .. } => "cancel-read",
            ChannelOperation::Cancel { end: End::Writable, .. } => "cancel-write",
            ChannelOperation::Drop(End::Readable) => "drop-readable",
            ChannelOperation::Drop(End::Writable) => "drop-writable",
        }
    }
}

/// An end of a stream or future.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    Readable,
    Writable,
}

/// A built-in of tasks and waitables that no type or function belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AsyncBuiltin {
    TaskCancel,
    BackpressureInc,
    BackpressureDec,
    SubtaskCancel { async_: bool },
    SubtaskDrop,
    WaitableSetNew,
    WaitableSetWait { cancellable: bool, memory: Memory },
    WaitableSetPoll { cancellable: bool, memory: Memory },
    WaitableSetDrop,
    WaitableJoin,
    ThreadYield { cancellable: bool },
}

/// A slot of `Thread.storage`, as the definitions of one component name it: validation has seen to it
/// that they agree on the type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot {
    pub index: u32,
    /// It holds an i64; otherwise an i32.
    pub wide: bool,
}

impl AsyncBuiltin {
    /// As the text format writes it.
    pub fn name(&self) -> &'static str {
        match self {
            AsyncBuiltin::TaskCancel => "task.cancel",
            AsyncBuiltin::BackpressureInc => "backpressure.inc",
            AsyncBuiltin::BackpressureDec => "backpressure.dec",
            AsyncBuiltin::SubtaskCancel { .. } => "subtask.cancel",
            AsyncBuiltin::SubtaskDrop => "subtask.drop",
            AsyncBuiltin::WaitableSetNew => "waitable-set.new",
            AsyncBuiltin::WaitableSetWait { .. } => "waitable-set.wait",
            AsyncBuiltin::WaitableSetPoll { .. } => "waitable-set.poll",
            AsyncBuiltin::WaitableSetDrop => "waitable-set.drop",
            AsyncBuiltin::WaitableJoin => "waitable.join",
            AsyncBuiltin::ThreadYield { .. } => "thread.yield",
        }
    }
}

/// A component function, by its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Func {
    /// Defined by a `canon lift`.
    Lift(LiftId),
    /// Imported by the root.
    Import(ImportId),
}

/// CanonicalABI.md, "canon lift", evaluated.
#[derive(Debug)]
pub struct Lift {
    /// The component instance that contains the definition.
    pub instance: InstanceId,
    /// The core function that is lifted.
    pub core: CoreDef,
    /// The type, with resources resolved in that instance.
    pub ty: FuncType,
    pub options: Options,
    /// Where the definition stands, in bytes from the start of the input.
    pub offset: usize,
}

/// CanonicalABI.md, "Canonical ABI Options".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Options {
    pub string_encoding: StringEncoding,
    pub memory: Option<Memory>,
    pub realloc: Option<CoreDef>,
    /// On a lift only.
    pub post_return: Option<CoreDef>,
    /// `async`
    pub async_: bool,
    /// On a lift with `async` only.
    pub callback: Option<CoreDef>,
}

impl Options {
    /// The core functions among them.
    pub fn functions(&self) -> impl Iterator<Item = CoreDef> {
        self.realloc.into_iter().chain(self.post_return).chain(self.callback)
    }
}

/// A linear memory by its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Memory {
    pub def: CoreDef,
    /// Addresses are i64.
    pub memory64: bool,
    /// The base-2 logarithm of the size of a page, in bytes.
    pub page_bits: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StringEncoding {
    #[default]
    Utf8,
    Utf16,
    /// latin1+utf16
    Latin1Utf16,
}

/// One resource type, by its definition.
#[derive(Debug)]
pub enum Resource {
    /// The root imports it as `(type (sub resource))`.
    Imported {
        /// The way from the root's imports: an import's name, then, where it is in an imported
        /// instance, the names of exports.
        path: Vec<Name>,
    },
    /// Defined by a component instance with `(resource (rep i32) (dtor ..)?)`.
    Defined {
        /// `impl` of CanonicalABI.md, "Resource State".
        instance: InstanceId,
        dtor: Option<CoreDef>,
    },
}

/// One function that the root imports.
#[derive(Debug)]
pub struct Import {
    /// As for `Resource::Imported`.
    pub path: Vec<Name>,
    pub ty: FuncType,
}

/// One export of the root, or of an instance that it exports.
#[derive(Debug)]
pub struct Export {
    pub name: Name,
    pub item: ExportItem,
    /// Where it stands, in bytes from the start of the input.
    pub offset: usize,
}

#[derive(Debug)]
pub enum ExportItem {
    Func(Func),
    Instance(Vec<Export>),
    /// A resource type.
    Resource(ResourceId),
    /// Any other value type.
    Type(TypeId),
    /// A type that is neither: a function, component or instance type.
    OtherType,
    /// A core module, as the bytes from `offset` for `len` in the input.
    Module {
        offset: usize,
        len: usize,
    },
    /// A component, as the bytes from `offset` for `len` in the input.
    Component {
        offset: usize,
        len: usize,
    },
}
