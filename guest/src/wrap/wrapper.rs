//! The component in the making. In: what it is made from, and what has been put into it. Out: the indices
//! of imports and of the core instance's exports, for whoever needs them. Not its job: the order in
//! which it is made (`component`).

use super::scope::Encoder;
use crate::assemble::boundary::{self, Boundary, Options, StringEncoding};
use crate::error::{Error, Result};
use crate::ids::ResourceId;
use crate::link::Plan;
use crate::name::{Name, joined};
use std::collections::HashMap;
use wasm_encoder::{CanonicalOption, ComponentExportKind, ComponentValType, ExportKind};
use wasmparser::types::TypesRef;

/// The root of the component that is being made.
pub(super) const ROOT: usize = 0;

pub(super) struct Wrapper<'a, 'b> {
    pub encoder: Encoder<'a>,
    pub boundary: &'a Boundary,
    pub plan: &'a Plan<'b>,
    pub original: &'a [u8],
    /// The functions that are to be lifted, by the path from the root's exports.
    pub lifted: HashMap<&'a [Name], &'a boundary::CoreExport>,
    /// The imports by name.
    pub imported: HashMap<String, (ComponentExportKind, u32)>,
    /// The index of each of the plan's resource types.
    pub resource_types: HashMap<ResourceId, u32>,
    /// The type of a stream without elements, if something has needed it.
    pub unit_stream: Option<u32>,
    /// The indices of types of the boundary that have been written for what passes through streams and futures.
    pub written: HashMap<u32, ComponentValType>,
    /// The core instance.
    pub core: u32,
    /// The core instance's exports that have been aliased.
    core_exports: HashMap<(ExportKind, String), u32>,
}

impl<'a, 'b> Wrapper<'a, 'b> {
    pub fn new(
        types: TypesRef<'a>,
        boundary: &'a Boundary,
        plan: &'a Plan<'b>,
        original: &'a [u8],
    ) -> Wrapper<'a, 'b> {
        let lifted = boundary.exports.iter().map(|export| (export.path.as_slice(), export));
        Wrapper {
            encoder: Encoder::new(types),
            boundary,
            plan,
            original,
            lifted: lifted.collect(),
            imported: HashMap::new(),
            resource_types: HashMap::new(),
            unit_stream: None,
            written: HashMap::new(),
            core: 0,
            core_exports: HashMap::new(),
        }
    }

    pub fn types(&self) -> TypesRef<'a> {
        self.encoder.types
    }

    /// The index of the imported function at this path from the root's imports.
    pub fn imported_func(&mut self, path: &[Name]) -> Result<u32> {
        let unknown = || Error::internal(format!("there is no import {}", joined(path, "/")));
        let (first, rest) = path.split_first().ok_or_else(unknown)?;
        let (_, mut index) = *self.imported.get(&**first).ok_or_else(unknown)?;
        let builder = self.encoder.builder(ROOT)?;
        for (n, name) in (1..).zip(rest) {
            let last = n == rest.len();
            let kind = if last { ComponentExportKind::Func } else { ComponentExportKind::Instance };
            index = builder.alias_export(index, name, kind);
        }
        Ok(index)
    }

    /// The index of an export of the core instance.
    pub fn core_export(&mut self, kind: ExportKind, name: &str) -> Result<u32> {
        if let Some(index) = self.core_exports.get(&(kind, name.to_string())) {
            return Ok(*index);
        }
        let core = self.core;
        let index = self.encoder.builder(ROOT)?.core_alias_export(None, core, name, kind);
        self.core_exports.insert((kind, name.to_string()), index);
        Ok(index)
    }

    pub fn options(&mut self, options: &Options) -> Result<Vec<CanonicalOption>> {
        let mut list = Vec::new();
        if let Some(memory) = &options.memory {
            list.push(match options.string_encoding {
                StringEncoding::Utf8 => CanonicalOption::UTF8,
                StringEncoding::Utf16 => CanonicalOption::UTF16,
                StringEncoding::Latin1Utf16 => CanonicalOption::CompactUTF16,
            });
            list.push(CanonicalOption::Memory(self.core_export(ExportKind::Memory, memory)?));
        }
        if let Some(realloc) = &options.realloc {
            list.push(CanonicalOption::Realloc(self.core_export(ExportKind::Func, realloc)?));
        }
        if let Some(post_return) = &options.post_return {
            list.push(CanonicalOption::PostReturn(self.core_export(ExportKind::Func, post_return)?));
        }
        if options.async_ {
            list.push(CanonicalOption::Async);
        }
        if let Some(callback) = &options.callback {
            list.push(CanonicalOption::Async);
            list.push(CanonicalOption::Callback(self.core_export(ExportKind::Func, callback)?));
        }
        Ok(list)
    }
}
