//! What modules and components contain: sections by kind, memories. In: ids and sizes of sections, types of
//! memories. Out: names and figures, ready to be shown or serialized. Not its job: finding them.
//!
//! The page's disassembler compiles this file too, so that both call things the same. It does not depend on
//! the library, which would bring the validator along.

use indexmap::IndexMap;
use serde::Serialize;
use wasmparser::{Encoding, MemoryType};

/// All sections of one kind together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Section {
    /// As in `code`, `core module`, `custom "name"`.
    pub kind: String,
    /// Contents, without the section's header.
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
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

impl Memory {
    pub fn new(ty: &MemoryType, imported: bool) -> Memory {
        Memory {
            imported,
            minimum: ty.initial,
            maximum: ty.maximum,
            page_size: 1u64.checked_shl(ty.page_size_log2.unwrap_or(16)).unwrap_or_default(),
            memory64: ty.memory64,
            shared: ty.shared,
        }
    }
}

/// Sizes of sections by kind, in the order in which the kinds first come.
#[derive(Default)]
pub struct Sizes(IndexMap<String, u64>);

impl Sizes {
    /// Counts a section: its `id` in a binary of this encoding, its name if it is a custom one, and the
    /// bytes of its contents.
    pub fn add(&mut self, encoding: Encoding, id: u8, custom: Option<&str>, bytes: u64) {
        let kind = match (kinds(encoding).get(usize::from(id)), custom) {
            (_, Some(name)) if id == 0 => format!("custom {name:?}"),
            (Some(kind), _) => kind.to_string(),
            (None, _) => format!("section {id}"),
        };
        let size = self.0.entry(kind).or_default();
        *size = size.saturating_add(bytes);
    }

    pub fn sections(self) -> Vec<Section> {
        self.0.into_iter().map(|(kind, bytes)| Section { kind, bytes }).collect()
    }
}

fn kinds(encoding: Encoding) -> &'static [&'static str] {
    match encoding {
        Encoding::Module => &MODULE_SECTIONS,
        Encoding::Component => &COMPONENT_SECTIONS,
    }
}

// Binary.md and the core specification, "Modules": the names of the sections by their ids.
const MODULE_SECTIONS: [&str; 14] = [
    "custom",
    "type",
    "import",
    "function",
    "table",
    "memory",
    "global",
    "export",
    "start",
    "element",
    "code",
    "data",
    "data count",
    "tag",
];
const COMPONENT_SECTIONS: [&str; 13] = [
    "custom",
    "core module",
    "core instance",
    "core type",
    "component",
    "instance",
    "alias",
    "type",
    "canon",
    "start",
    "import",
    "export",
    "value",
];
