//! What the bytes of a component or module are spent on. In: what was found in the binary. Out: sizes
//! by kind of section, everything nested summed up, and the core modules with their memories. Not its
//! job: the text.

use crate::contents::{Memory, Section};
use crate::scan::{self, scan};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Outline {
    pub encoding: Encoding,
    pub bytes: usize,
    /// By kind, in the order in which the kinds first come. A nested component or module counts with
    /// its sections. What is missing to `bytes` is the sections' headers.
    pub sections: Vec<Section>,
    /// Nested ones.
    pub components: usize,
    /// Functions that the modules define.
    pub functions: usize,
    /// In the order of the binary; a module that stands alone is the only one.
    pub modules: Vec<Module>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    Component,
    Module,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Module {
    pub name: Option<String>,
    pub bytes: u64,
    pub functions: usize,
    /// Imported ones first.
    pub memories: Vec<Memory>,
}

/// Errors: the bytes are no component or module, or end too early.
pub fn outline(bytes: &[u8]) -> Result<Outline, String> {
    let scan = scan(bytes);
    match (scan.encoding, scan.malformed) {
        (Some(encoding), None) => Ok(Outline {
            encoding: encoding.into(),
            bytes: bytes.len(),
            sections: scan.sizes.sections(),
            components: scan.components,
            functions: scan.modules.iter().map(|module| module.functions.len()).sum(),
            modules: scan.modules.into_iter().map(module).collect(),
        }),
        (_, malformed) => Err(malformed.unwrap_or_else(|| "there are no bytes".to_string())),
    }
}

impl From<wasmparser::Encoding> for Encoding {
    fn from(encoding: wasmparser::Encoding) -> Encoding {
        match encoding {
            wasmparser::Encoding::Component => Encoding::Component,
            wasmparser::Encoding::Module => Encoding::Module,
        }
    }
}

fn module(module: scan::Module) -> Module {
    Module {
        name: module.name,
        bytes: module.bytes,
        functions: module.functions.len(),
        memories: module.memories.into_iter().map(|(_, memory)| memory).collect(),
    }
}
