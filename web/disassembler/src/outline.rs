//! What the bytes of a component or module are spent on. In: what was found in the binary. Out: sizes
//! by kind of section, everything nested summed up, and the core modules with their memories. Not its
//! job: the text.

use crate::scan::{self, scan};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
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
#[serde(rename_all = "camelCase")]
pub enum Encoding {
    Component,
    Module,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Section {
    /// As in what `inspect` tells: `code`, `custom "name"`.
    pub kind: String,
    /// Contents, without the section's header.
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Module {
    pub name: Option<String>,
    pub bytes: u64,
    pub functions: usize,
    /// Imported ones first.
    pub memories: Vec<Memory>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Memory {
    pub imported: bool,
    /// Pages.
    pub minimum: u64,
    pub maximum: Option<u64>,
    /// Bytes.
    pub page_size: u64,
    pub memory64: bool,
    pub shared: bool,
}

/// Errors: the bytes are no component or module, or end too early.
pub fn outline(bytes: &[u8]) -> Result<Outline, String> {
    let scan = scan(bytes);
    match (scan.encoding, scan.malformed) {
        (Some(encoding), None) => Ok(Outline {
            encoding,
            bytes: bytes.len(),
            sections: scan.sections,
            components: scan.components,
            functions: scan.modules.iter().map(|module| module.functions.len()).sum(),
            modules: scan.modules.into_iter().map(module).collect(),
        }),
        (_, malformed) => Err(malformed.unwrap_or_else(|| "there are no bytes".to_string())),
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
