//! What `meld:provenance` holds: JSON, in these types (docs/PROVENANCE.md). In: nothing. Out: the types, and the
//! options as they are written there. Not its job: finding out what to write (`write`).

use crate::interface::{self, Composing, Memory, OutputKind, Reservation, WacSource, Wasi};
use crate::name::Name;
use crate::optimizations::Optimizations;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version of the section that is written here.
pub const VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Provenance {
    pub version: u32,
    pub meld: Meld,
    pub options: Options,
    /// In the order in which they were given.
    pub inputs: Vec<Input>,
    /// The core modules of which there are instances.
    pub modules: Vec<Module>,
    /// The core instances of the inputs, in the order in which they are made.
    pub instances: Vec<Instance>,
    /// For each memory that the module defines or, where they are parts of one, for each part.
    pub memories: Vec<MemoryOf>,
    /// What crosses from one component instance to another, to the host or from it, and what it has become.
    pub boundaries: Vec<Crossing>,
    pub functions: Functions,
}

/// The fuser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meld {
    pub version: String,
    /// Of `meld.wasm`, with zeros in the place where it has this number itself. None: it was no component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// How it was fused: all that decides what the result is, but for whether it is a component, which it says itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Options {
    /// `0.1`, or `0.2` for what the inputs import.
    pub wasi: String,
    /// Whether all memories are parts of one.
    pub single_memory: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserve: Vec<Reserved>,
    pub names: bool,
    pub debug_info: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wac: Option<Wac>,
    pub in_order: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stub: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opaque_rep: Vec<String>,
    /// The optimisations that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserved {
    pub instance: String,
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wac {
    pub name: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// How many it has, as it was given: binary or text.
    pub bytes: u64,
    /// Of these bytes, in hexadecimal digits.
    pub sha256: String,
}

/// A core module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Index into `Provenance::inputs`, if it stands in an input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<u32>,
    /// Else in what: what meld puts between or under the inputs, such as its platform of WASI 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<String>,
    /// Where it begins in that, in bytes; of an input that is text, in the binary that the text stands for.
    pub offset: u64,
}

/// A core instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Its label, as `inspect` shows it.
    pub name: String,
    /// Index into `Provenance::modules`.
    pub module: u32,
}

/// A memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MemoryOf {
    /// Whose it is: index into `Provenance::instances`. None: it is for handle tables and values on their way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<u32>,
    /// Where its address 0 is in the one memory, where it is a part of that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base: Option<u64>,
}

/// A function that crosses a boundary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Crossing {
    /// Who calls: `host`, `root`, or the instance's path.
    pub caller: Name,
    /// Who is called.
    pub callee: Name,
    /// The core function that is lifted; of the host's and for the host, the way from the root's imports
    /// or exports.
    pub function: String,
    pub becomes: Becomes,
    /// What the generated code does on the way, in words.
    pub work: Vec<String>,
}

/// What becomes of a call, in what a reader of an inspection tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Becomes {
    /// The caller calls the callee's function itself.
    DirectCall,
    /// A generated function stands between the two.
    Adapter,
    /// The callee's function itself, with a check before it.
    GuardedCall,
}

/// The functions that the module defines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Functions {
    /// The SHA-256 of the contents of the code section that this is about: of another it says nothing.
    pub code_sha256: String,
    pub count: u32,
    /// For each, in order, two numbers (`numbers`): the source, less that of the function before, and the index
    /// there, less that of the last function with this source. Source 0 is `generated`, and source n the instance
    /// n - 1, whose indices are those of its module's functions, imports first.
    pub origins: String,
    /// What the functions that fusing has made are there for: the boundary at which they stand, or their names.
    pub generated: Vec<String>,
}

impl Meld {
    /// This one.
    pub fn this() -> Meld {
        Meld { version: crate::VERSION.to_string(), sha256: crate::identity::sha256().map(str::to_string) }
    }
}

impl Input {
    pub fn of(input: &interface::Input) -> Input {
        let interface::Input { name, bytes, package } = input;
        let sha256 = format!("{:x}", Sha256::digest(bytes));
        Input { name: name.clone(), package: package.clone(), bytes: bytes.len() as u64, sha256 }
    }
}

impl Options {
    pub fn of(options: &interface::Options) -> Options {
        let interface::Options {
            // The result is one or the other.
            output: _,
            wasi,
            names,
            debug_info,
            provenance: _,
            composing: Composing { wac, in_order, stub },
            opaque_rep,
            memory,
            reserve,
            optimizations,
            // Changes what is told, and not the result.
            explain: _,
        } = options.clone();
        let mut switches = optimizations;
        let off = |(name, _): &&(&str, &str)| switches.get_mut(name).is_some_and(|on| !*on);
        Options {
            wasi: if wasi == Wasi::Preview1 { "0.1" } else { "0.2" }.to_string(),
            single_memory: memory == Memory::Single,
            reserve: reserve
                .into_iter()
                .map(|Reservation { instance, bytes }| Reserved { instance, bytes })
                .collect(),
            names,
            debug_info,
            wac: wac.map(|WacSource { name, text }| Wac { name, text }),
            in_order,
            stub,
            opaque_rep,
            skip: Optimizations::LIST.iter().filter(off).map(|(name, _)| name.to_string()).collect(),
        }
    }

    /// The options again, for a result of this kind. None: they say what this version does not know.
    pub fn again(&self, output: OutputKind) -> Option<interface::Options> {
        let wasi = match &*self.wasi {
            "0.1" => Wasi::Preview1,
            "0.2" => Wasi::AsImported,
            _ => return None,
        };
        let mut optimizations = Optimizations::all();
        for name in &self.skip {
            *optimizations.get_mut(name)? = false;
        }
        let reservation = |Reserved { instance, bytes }: &Reserved| Reservation {
            instance: instance.clone(),
            bytes: *bytes,
        };
        let source = |Wac { name, text }: &Wac| WacSource { name: name.clone(), text: text.clone() };
        Some(interface::Options {
            output,
            wasi,
            names: self.names,
            debug_info: self.debug_info,
            provenance: true,
            composing: Composing {
                wac: self.wac.as_ref().map(source),
                in_order: self.in_order,
                stub: self.stub.clone(),
            },
            opaque_rep: self.opaque_rep.clone(),
            memory: if self.single_memory { Memory::Single } else { Memory::Multi },
            reserve: self.reserve.iter().map(reservation).collect(),
            optimizations,
            explain: false,
        })
    }
}
