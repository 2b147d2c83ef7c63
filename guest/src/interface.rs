//! The data that goes in and comes out: what a caller of the library, of the WIT interface and of
//! the command line hands over and gets back. Mirrors `wit/fuser.wit`. Not its job: any work, so
//! that the native command line can use it without carrying a fuser.

use crate::error::Error;
use crate::optimizations::{Note, Optimizations};
use serde::Serialize;

/// The most bytes that an input can have: the fuser is a 32-bit program wherever it is a component, and
/// such a program has no more in one piece.
pub const MAX_INPUT_BYTES: u64 = i32::MAX as u64;

/// One input: a component, binary or text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// For people, and for package names in a composition: usually the file's name.
    pub name: String,
    /// A component: the binary format, or the text format in UTF-8.
    pub bytes: Vec<u8>,
    /// The package that this input is to a WAC document, `ns:name` or `ns:name@version`, where the
    /// caller said so (`PACKAGE=FILE`); otherwise the name decides.
    pub package: Option<String>,
}

impl Input {
    /// An input that is called `name`, and is that package for a WAC document which its name says.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Input {
        Input { name: name.into(), bytes: bytes.into(), package: None }
    }
}

/// A composition in the WAC language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WacSource {
    /// What the document is called in errors: usually the file's name.
    pub name: String,
    /// The document.
    pub text: String,
}

/// How several inputs are put together, and which imports the result shall do without.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Composing {
    /// The document that says how; without it each import is met by the one export that fits.
    pub wac: Option<WacSource>,
    /// Each import is met by the nearest input behind its own that fits, and of exports with one name
    /// the first input's is the result's. Not together with a document.
    pub in_order: bool,
    /// Imports that the host lacks: an import's name, or how names begin with `*` at the end. They are
    /// imports no more; a call of one traps.
    pub stub: Vec<String>,
}

impl Composing {
    /// Whether inputs that are `count` have to be composed.
    pub fn is_needed(&self, count: usize) -> bool {
        count > 1 || self.wac.is_some() || !self.stub.is_empty()
    }
}

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutputKind {
    /// A core module. Its imports and exports are functions in Canonical ABI form, under the names that
    /// `wasm-tools component new` reads; the custom section `meld:boundary` tells their types
    /// (`docs/BOUNDARY.md`).
    #[default]
    CoreModule,
    /// A component around the core module, with the input's own import and export types.
    Component,
}

/// How many memories the result has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Memory {
    /// One for each that something live uses.
    #[default]
    Multi,
    /// One, in which each of them has a part of its own, and one table likewise (`docs/ENGINES.md`).
    Single,
}

/// How large one instance's memory can become, where it is a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The core instance that defines the memory, by its label in `inspect`.
    pub instance: String,
    /// Bytes.
    pub bytes: u64,
}

/// Which WASI the result asks of its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wasi {
    /// What the inputs import: nothing is put under them.
    #[default]
    AsImported,
    /// WASI 0.1, `wasi_snapshot_preview1` (`docs/WASI-0.1.md`): what the inputs import of WASI 0.2 is met by
    /// meld's platform. A command is started by `_start`, anything else made ready by `_initialize`. Not with
    /// `OutputKind::Component`.
    Preview1,
}

/// How to fuse.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// What to make.
    pub output: OutputKind,
    /// Which WASI it asks of its host.
    pub wasi: Wasi,
    /// Whether to keep the names of functions, for debuggers and profilers.
    pub names: bool,
    /// Whether to carry over the inputs' debug information (DWARF), and names with it (`docs/DEBUGGING.md`).
    pub debug_info: bool,
    /// Whether the result says where it came from, function by function (`docs/PROVENANCE.md`).
    pub provenance: bool,
    /// How several inputs are put together, and which imports are left out.
    pub composing: Composing,
    /// Resources, as `INTERFACE.RESOURCE`, whose representation must not be looked into. No
    /// representation ever is, so all that this does is to check that the input has such a resource;
    /// `InvalidOption` if not.
    pub opaque_rep: Vec<String>,
    /// How many memories the result has.
    pub memory: Memory,
    /// For `Memory::Single`. `InvalidOption` for an instance that is not there or has no memory.
    pub reserve: Vec<Reservation>,
    /// What may be done to make the result smaller and faster.
    pub optimizations: Optimizations,
    /// Whether to tell what the optimisations have done.
    pub explain: bool,
}

/// What comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fused {
    /// The core module or the component. The same inputs and options give the same bytes on every host.
    pub bytes: Vec<u8>,
    /// Figures about it.
    pub statistics: Statistics,
    /// What the optimisations have done; empty without `Options::explain`.
    pub explanation: Vec<Note>,
    /// What differs from what the inputs ask for, a sentence each without a full stop: what the host of WASI
    /// 0.1 has to provide beside it, and what always fails on it.
    pub notes: Vec<String>,
}

/// The parts of the work that are told apart in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Composing several inputs.
    Compose,
    /// Parsing and validating, in bytes.
    Read,
    /// Evaluating instantiation and generating adapters.
    Link,
    /// Copying functions, in functions.
    Merge,
    /// Wrapping as a component.
    Wrap,
    /// The work is done.
    Done,
}

/// How far the work has come, within the phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The current part of the work.
    pub phase: Phase,
    /// How much of this part is done, in the unit of the phase.
    pub done: u64,
    /// How much there is to do in this part.
    pub total: u64,
}

/// Figures about one fusion.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Statistics {
    /// Bytes of all inputs.
    pub input_bytes: u64,
    /// Bytes of the output.
    pub output_bytes: u64,
    /// Component instances that the input makes, the root among them.
    pub component_instances: u32,
    /// Core instances that the input makes.
    pub core_instances: u32,
    /// Functions in the merged module, imports not counted.
    pub functions: u32,
    /// Memories in the merged module.
    pub memories: u32,
    /// Calls between components that became a direct call of the callee.
    pub direct_calls: u32,
    /// Calls between components that go through a generated adapter.
    pub adapters: u32,
    /// Functions that the result imports.
    pub host_imports: u32,
    /// Functions that the result exports.
    pub exports: u32,
    /// Resource types that the input makes or imports.
    pub resource_types: u32,
    /// Handle tables kept inside the module.
    pub handle_tables: u32,
}

/// How errors and reports call a composition that was made without a document.
pub const COMPOSITION: &str = "the composition";

/// How several inputs connect.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Wiring {
    /// In the order of the inputs; with a document, in the order in which it makes them.
    pub instances: Vec<WiredInstance>,
    /// What meets each import of each instance.
    pub connections: Vec<Connection>,
    /// What the composition exports; empty where it is refused before that is known.
    pub exports: Vec<WiredExport>,
    /// The error that `compose` gives, as far as function bodies are not concerned.
    pub refused: Option<Error>,
}

/// An instance of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WiredInstance {
    /// The input's name, or the one that the document gives the instance.
    pub name: String,
    /// An index into the inputs.
    pub input: u32,
}

/// An import of an instance, and what meets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Connection {
    /// An index into `Wiring::instances`.
    pub instance: u32,
    /// The import's name.
    pub import: String,
    /// What meets it.
    pub met_by: MetBy,
}

/// What meets an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetBy {
    /// An export of another instance.
    Export(ExportOf),
    /// No instance: it is an import of the composition, or a type that the document defines.
    Host,
    /// More than one export could.
    Ambiguous(Vec<ExportOf>),
    /// An export has the name, or that of a compatible version, and its type does not fit.
    Misfit(Misfit),
    /// A function that traps, because the host lacks it.
    Stub,
    /// It takes a type from an interface, and goes where the import of this name goes.
    Follows(String),
}

/// An export of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportOf {
    /// An index into `Wiring::instances`.
    pub instance: u32,
    /// Inside an exported instance, the names on the way with `#` between; empty for the instance
    /// itself.
    pub name: String,
}

/// An export that has the right name and the wrong type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misfit {
    /// The export.
    pub export: ExportOf,
    /// How its type differs from that of the import.
    pub why: String,
}

/// An export of the composition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WiredExport {
    /// Its name.
    pub r#as: String,
    /// None where it comes from no instance: an import or a type that a document exports.
    pub of: Option<ExportOf>,
}
