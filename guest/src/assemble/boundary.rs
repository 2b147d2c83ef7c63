//! The outer boundary of a fused core module, as the custom section `meld:boundary` tells it. In:
//! nothing, these are the types and their JSON form. Out: the contract with `wrap`, which makes a
//! component of it, and with hosts that have no component runtime. `docs/BOUNDARY.md` is its
//! reference; a change here is a change there. Not its job: filling it in (`outer`), and deciding what
//! crosses how (`decide`).

use crate::ids::ResourceId;
use crate::name::Name;
use serde::{Deserialize, Serialize};

/// The version of a boundary whose addresses are those of the memories that it names.
pub const VERSION: u32 = 1;
/// The version of one with `Boundary::memories`, or with async functions.
pub const VERSION_2: u32 = 2;

/// The custom section's name.
pub use crate::read::BOUNDARY_SECTION as SECTION;

/// Everything that a host has to know to call a fused core module and to be called by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Boundary {
    pub version: u32,
    /// Value types; a type refers to others by their index here.
    pub types: Vec<ValueType>,
    /// Where the memories that cross the boundary lie, if the module has one in the place of several: an
    /// address is counted from there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memories: Vec<PlacedMemory>,
    /// Resource types that cross the boundary.
    pub resources: Vec<ResourceType>,
    /// One for each import of the core module, in the module's order.
    pub imports: Vec<CoreImport>,
    /// One for each function that the component exports and defines.
    pub exports: Vec<CoreExport>,
    /// One for each function that the component exports as it imports it: no core function is
    /// involved.
    pub reexports: Vec<Reexport>,
    /// One for each import and export of the component that has attributes, and for each item in one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attributes>,
}

/// An exported memory that is a part of the one which the module has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlacedMemory {
    /// The name of the export.
    pub export: String,
    /// Where its address 0 is, in bytes.
    pub base: u64,
    pub size: MemorySize,
}

/// How many bytes such a memory has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemorySize {
    /// Always so many.
    Bytes(u64),
    /// As many as the exported function of this name returns, `() -> (i32)`.
    Func(String),
    /// All that the module's memory has from `base` on.
    Rest,
}

/// What is attached to the name of an import or export (Explainer.md, "Import and Export Definitions").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Attributes {
    pub of: Side,
    /// The way from the root's imports or exports, name by name.
    pub path: Vec<Name>,
    pub implements: Option<String>,
    pub version_suffix: Option<String>,
    pub external_id: Option<String>,
}

/// Whether something is imported or exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Import,
    Export,
}

/// A function that the component imports and exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reexport {
    /// The way from the root's exports, name by name.
    pub path: Vec<Name>,
    /// The way from the root's imports.
    pub import: Vec<Name>,
    #[serde(flatten)]
    pub func: FuncType,
}

/// A value type (Explainer.md, "Type Definitions"). Numbers are indices into `Boundary::types`,
/// except in `own` and `borrow`, where they index `Boundary::resources`.
///
/// The cases are those of `link::Type`, said once more on purpose: that one is free to change with the
/// fuser, while the names and shapes here are a published format. `outer::types` turns one into the
/// other with an exhaustive match, so that a new type of the plan cannot be forgotten here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueType {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
    String,
    List(u32),
    FixedList(u32, u32),
    Map(u32, u32),
    Record(Vec<(String, u32)>),
    Tuple(Vec<u32>),
    Flags(Vec<String>),
    Enum(Vec<String>),
    Variant(Vec<(String, Option<u32>)>),
    Option(u32),
    Result { ok: Option<u32>, err: Option<u32> },
    Own(u32),
    Borrow(u32),
    Stream(Option<u32>),
    Future(Option<u32>),
}

/// A resource type that crosses the boundary ("Resource State").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ResourceType {
    /// The way from the root's imports or exports, name by name.
    pub path: Vec<Name>,
    /// True: the host defines it, and a handle is an index into the host's table. False: the
    /// component defines it; the host keeps a table of representations for it.
    pub imported: bool,
    /// For a resource that the component defines: the exported core function `(rep: i32) -> ()` to
    /// call when the host drops the last owner, if it has one.
    pub dtor: Option<String>,
    /// Which resource type of the plan it is, for `wrap`; not part of the section.
    #[serde(skip)]
    pub id: Option<ResourceId>,
}

/// An import of the core module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CoreImport {
    /// The two names of the core import. They are unique together.
    pub module: String,
    pub name: String,
    pub core: CoreType,
    pub kind: ImportKind,
}

/// What an import stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportKind {
    /// A function of the world, lowered ("canon lower").
    #[serde(rename_all = "kebab-case")]
    Func {
        /// The way from the root's imports, name by name.
        path: Vec<Name>,
        #[serde(flatten)]
        func: FuncType,
        #[serde(flatten)]
        options: Options,
    },
    /// "canon resource.new" of `resources[n]`: `(rep: i32) -> (handle: i32)`.
    ResourceNew(u32),
    /// "canon resource.rep": `(handle: i32) -> (rep: i32)`.
    ResourceRep(u32),
    /// "canon resource.drop": `(handle: i32) -> ()`.
    ResourceDrop(u32),
    /// "canon task.return" of the exported function at this path. `result` is an index into `Boundary::types`.
    #[serde(rename_all = "kebab-case")]
    TaskReturn {
        path: Vec<Name>,
        result: Option<u32>,
        #[serde(flatten)]
        options: Options,
    },
    /// A canonical built-in on streams or futures of the type `types[type]`.
    #[serde(rename_all = "kebab-case")]
    Channel {
        builtin: ChannelBuiltin,
        #[serde(rename = "type")]
        ty: u32,
        #[serde(flatten)]
        options: Options,
    },
    /// A built-in for tasks. `memory` is the name of an export, where it needs one.
    Task { builtin: TaskBuiltin, memory: Option<String> },
}

/// A canonical built-in on streams or futures; each has the core type that the specification gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelBuiltin {
    New,
    Read,
    Write,
    CancelRead,
    CancelWrite,
    DropReadable,
    DropWritable,
}

impl ChannelBuiltin {
    /// As the boundary and core names have it.
    pub fn name(self) -> &'static str {
        match self {
            ChannelBuiltin::New => "new",
            ChannelBuiltin::Read => "read",
            ChannelBuiltin::Write => "write",
            ChannelBuiltin::CancelRead => "cancel-read",
            ChannelBuiltin::CancelWrite => "cancel-write",
            ChannelBuiltin::DropReadable => "drop-readable",
            ChannelBuiltin::DropWritable => "drop-writable",
        }
    }
}

/// A canonical built-in that an async function's core code needs of its host, with its core type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskBuiltin {
    /// "canon context.get i32 0": `() -> (value)`.
    ContextGet,
    /// "canon context.set i32 0": `(value) -> ()`.
    ContextSet,
    /// "canon task.cancel": `() -> ()`.
    TaskCancel,
    /// "canon thread.yield": `() -> (cancelled)`.
    ThreadYield,
    /// "canon waitable-set.new": `() -> (set)`.
    WaitableSetNew,
    /// "canon waitable-set.wait": `(set, address) -> (event)`.
    WaitableSetWait,
    /// "canon waitable-set.poll": `(set, address) -> (event)`.
    WaitableSetPoll,
    /// "canon waitable.join": `(waitable, set) -> ()`.
    WaitableJoin,
    /// "canon subtask.cancel": `(subtask) -> (state)`.
    SubtaskCancel,
    /// "canon subtask.cancel async": `(subtask) -> (state, or -1 where it is blocked)`. Not every host has it.
    SubtaskCancelAsync,
    /// "canon subtask.drop": `(subtask) -> ()`.
    SubtaskDrop,
    /// "canon stream.new" of a stream without elements: `() -> (ends: i64)`.
    StreamNew,
    /// "canon stream.read async" of such a stream: `(end, address, count) -> (result)`.
    StreamRead,
    /// "canon stream.write async" of such a stream: `(end, address, count) -> (result)`.
    StreamWrite,
}

impl TaskBuiltin {
    /// All of them.
    pub const ALL: &[TaskBuiltin] = &[
        TaskBuiltin::ContextGet,
        TaskBuiltin::ContextSet,
        TaskBuiltin::TaskCancel,
        TaskBuiltin::ThreadYield,
        TaskBuiltin::WaitableSetNew,
        TaskBuiltin::WaitableSetWait,
        TaskBuiltin::WaitableSetPoll,
        TaskBuiltin::WaitableJoin,
        TaskBuiltin::SubtaskCancel,
        TaskBuiltin::SubtaskCancelAsync,
        TaskBuiltin::SubtaskDrop,
        TaskBuiltin::StreamNew,
        TaskBuiltin::StreamRead,
        TaskBuiltin::StreamWrite,
    ];

    /// The name under which the scheduler imports it: that in the boundary.
    pub fn name(self) -> &'static str {
        match self {
            TaskBuiltin::ContextGet => "context-get",
            TaskBuiltin::ContextSet => "context-set",
            TaskBuiltin::TaskCancel => "task-cancel",
            TaskBuiltin::ThreadYield => "thread-yield",
            TaskBuiltin::WaitableSetNew => "waitable-set-new",
            TaskBuiltin::WaitableSetWait => "waitable-set-wait",
            TaskBuiltin::WaitableSetPoll => "waitable-set-poll",
            TaskBuiltin::WaitableJoin => "waitable-join",
            TaskBuiltin::SubtaskCancel => "subtask-cancel",
            TaskBuiltin::SubtaskCancelAsync => "subtask-cancel-async",
            TaskBuiltin::SubtaskDrop => "subtask-drop",
            TaskBuiltin::StreamNew => "stream-new",
            TaskBuiltin::StreamRead => "stream-read",
            TaskBuiltin::StreamWrite => "stream-write",
        }
    }

    /// The names that `wasm-tools component new` reads: that of the module, and ...
    pub fn core_module(self) -> &'static str {
        match self {
            TaskBuiltin::TaskCancel => "[export]$root",
            _ => "$root",
        }
    }

    /// ... that of the import.
    pub fn core_name(self) -> &'static str {
        match self {
            TaskBuiltin::ContextGet => "[context-get-0]",
            TaskBuiltin::ContextSet => "[context-set-0]",
            TaskBuiltin::TaskCancel => "[task-cancel]",
            TaskBuiltin::ThreadYield => "[thread-yield]",
            TaskBuiltin::WaitableSetNew => "[waitable-set-new]",
            TaskBuiltin::WaitableSetWait => "[waitable-set-wait]",
            TaskBuiltin::WaitableSetPoll => "[waitable-set-poll]",
            TaskBuiltin::WaitableJoin => "[waitable-join]",
            TaskBuiltin::SubtaskCancel => "[subtask-cancel]",
            TaskBuiltin::SubtaskCancelAsync => "[async-lower][subtask-cancel]",
            TaskBuiltin::SubtaskDrop => "[subtask-drop]",
            TaskBuiltin::StreamNew => "[stream-new-unit]",
            TaskBuiltin::StreamRead => "[async-lower][stream-read-unit]",
            TaskBuiltin::StreamWrite => "[async-lower][stream-write-unit]",
        }
    }

    /// The core parameters and results.
    pub fn core(self) -> (Vec<CoreValType>, Vec<CoreValType>) {
        use CoreValType::{I32, I64};
        match self {
            TaskBuiltin::ContextGet | TaskBuiltin::ThreadYield | TaskBuiltin::WaitableSetNew => {
                (Vec::new(), vec![I32])
            }
            TaskBuiltin::ContextSet | TaskBuiltin::SubtaskDrop => (vec![I32], Vec::new()),
            TaskBuiltin::TaskCancel => (Vec::new(), Vec::new()),
            TaskBuiltin::WaitableSetWait | TaskBuiltin::WaitableSetPoll => (vec![I32; 2], vec![I32]),
            TaskBuiltin::WaitableJoin => (vec![I32; 2], Vec::new()),
            TaskBuiltin::SubtaskCancel | TaskBuiltin::SubtaskCancelAsync => (vec![I32], vec![I32]),
            TaskBuiltin::StreamNew => (Vec::new(), vec![I64]),
            TaskBuiltin::StreamRead | TaskBuiltin::StreamWrite => (vec![I32; 3], vec![I32]),
        }
    }

    /// Whether it reads or writes a stream.
    pub fn copies(self) -> bool {
        matches!(self, TaskBuiltin::StreamRead | TaskBuiltin::StreamWrite)
    }

    /// Whether it stores an event in a memory.
    pub fn needs_memory(self) -> bool {
        matches!(self, TaskBuiltin::WaitableSetWait | TaskBuiltin::WaitableSetPoll)
    }
}

/// An export of the core module: a function that the component exports, to be lifted ("canon lift").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CoreExport {
    /// The way from the root's exports, name by name.
    pub path: Vec<Name>,
    /// The core export's name.
    pub export: String,
    pub core: CoreType,
    #[serde(flatten)]
    pub func: FuncType,
    #[serde(flatten)]
    pub options: Options,
}

/// A function type (Explainer.md, "Type Definitions"). Types are indices into `Boundary::types`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FuncType {
    #[serde(default, rename = "async", skip_serializing_if = "std::ops::Not::not")]
    pub async_: bool,
    /// Label and type.
    pub params: Vec<(Name, u32)>,
    pub result: Option<u32>,
}

/// A core function type: what `flatten_functype` gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CoreType {
    pub params: Vec<CoreValType>,
    pub results: Vec<CoreValType>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoreValType {
    I32,
    I64,
    F32,
    F64,
}

impl From<CoreValType> for wasm_encoder::ValType {
    fn from(ty: CoreValType) -> wasm_encoder::ValType {
        match ty {
            CoreValType::I32 => wasm_encoder::ValType::I32,
            CoreValType::I64 => wasm_encoder::ValType::I64,
            CoreValType::F32 => wasm_encoder::ValType::F32,
            CoreValType::F64 => wasm_encoder::ValType::F64,
        }
    }
}

/// Canonical options; each name is that of an export of the core module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Options {
    pub string_encoding: StringEncoding,
    pub memory: Option<String>,
    pub realloc: Option<String>,
    /// On an export only: to be called with the core results once the host has read them.
    pub post_return: Option<String>,
    /// On an import only: it is lowered with `async`.
    #[serde(default, rename = "async-lower", skip_serializing_if = "std::ops::Not::not")]
    pub async_: bool,
    /// On an export only, and only of an async function: it is lifted with `async` and this callback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StringEncoding {
    #[serde(rename = "utf8")]
    Utf8,
    #[serde(rename = "utf16")]
    Utf16,
    #[serde(rename = "latin1+utf16")]
    Latin1Utf16,
}
