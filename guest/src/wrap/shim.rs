//! The knot between a core instance and what it imports. In: core signatures. Out: two small core
//! modules. Not its job: where they are instantiated (`component`).
//!
//! A lowered function that needs a memory or a realloc needs an export of the core instance, and
//! the core instance needs the lowered function in order to be instantiated; with destructors it is
//! the same. So the core instance gets functions of the *shim*, which call through a table, and
//! when all is there the *fixup* fills the table, and then runs what was the start function.

use crate::assemble::boundary::CoreType;
use crate::error::{Code, Error, Result};
use std::collections::HashSet;
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, ImportSection, Module, RawSection, RefType, StartSection, TableSection, TableType,
    TypeSection, ValType,
};
use wasmparser::{Parser, Payload};

/// The name of the table's export and import.
pub(super) const TABLE: &str = "table";
/// The name under which the fixup imports the start function.
pub(super) const START: &str = "start";

fn table_type(slots: &[CoreType]) -> TableType {
    let size = slots.len() as u64;
    TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: size,
        maximum: Some(size),
        shared: false,
    }
}

/// Exports a function for each slot, under its number in decimal, and the table.
pub(super) fn shim(slots: &[CoreType]) -> Vec<u8> {
    let (mut functions, mut exports, mut code) =
        (FunctionSection::new(), ExportSection::new(), CodeSection::new());
    for (slot, ty) in (0u32..).zip(slots) {
        functions.function(slot);
        exports.export(&slot.to_string(), ExportKind::Func, slot);
        let mut body = Function::new([]);
        let mut instructions = body.instructions();
        for (local, _) in (0u32..).zip(&ty.params) {
            instructions.local_get(local);
        }
        instructions.i32_const(slot.cast_signed()).call_indirect(0, slot).end();
        code.function(&body);
    }
    let mut tables = TableSection::new();
    tables.table(table_type(slots));
    exports.export(TABLE, ExportKind::Table, 0);
    let mut module = Module::new();
    module.section(&types(slots)).section(&functions).section(&tables).section(&exports).section(&code);
    module.finish()
}

/// Imports, all from the module "": the table, a function for each slot, and the start function if
/// there is one.
pub(super) fn fixup(slots: &[CoreType], start: bool) -> Vec<u8> {
    let count = slots.len() as u32;
    let mut types = types(slots);
    let mut imports = ImportSection::new();
    imports.import("", TABLE, table_type(slots));
    for slot in 0..count {
        imports.import("", &slot.to_string(), EntityType::Function(slot));
    }
    if start {
        types.ty().function([], []);
        imports.import("", START, EntityType::Function(count));
    }
    let mut elements = ElementSection::new();
    let functions: Vec<u32> = (0..count).collect();
    elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(functions.into()));
    let mut module = Module::new();
    module.section(&types).section(&imports);
    if start {
        module.section(&StartSection { function_index: count });
    }
    module.section(&elements);
    module.finish()
}

/// Slot n has type n.
fn types(slots: &[CoreType]) -> TypeSection {
    let mut types = TypeSection::new();
    for slot in slots {
        let params = slot.params.iter().map(|ty| ValType::from(*ty)).collect::<Vec<_>>();
        let results = slot.results.iter().map(|ty| ValType::from(*ty)).collect::<Vec<_>>();
        types.ty().function(params, results);
    }
    types
}

/// A core module whose start function is exported instead.
pub(super) struct Unstarted {
    /// What the module begins with, up to the section behind the start section.
    pub head: Vec<u8>,
    /// How many bytes of the module as it was this takes the place of.
    pub replaces: usize,
    /// The name of the export.
    pub name: String,
}

/// `core` with its start function exported instead; nothing if it has no start function.
pub(super) fn without_start(core: &[u8]) -> Result<Option<Unstarted>> {
    let mut start = None;
    let mut exports = ExportSection::new();
    let mut names = HashSet::new();
    for payload in Parser::new(0).parse_all(core) {
        match payload.map_err(malformed)? {
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.map_err(malformed)?;
                    exports.export(export.name, export.kind.into(), export.index);
                    names.insert(export.name);
                }
            }
            Payload::StartSection { func, range } => start = Some((func, range.end as usize)),
            // These, and what is large, stand behind the start section.
            Payload::ElementSection(_)
            | Payload::DataCountSection { .. }
            | Payload::CodeSectionStart { .. }
            | Payload::DataSection(_) => break,
            _ => {}
        }
    }
    let Some((start, replaces)) = start else { return Ok(None) };
    let mut name = START.to_string();
    while names.contains(name.as_str()) {
        name.push('\'');
    }
    exports.export(&name, ExportKind::Func, start);
    Ok(Some(Unstarted { head: head(core, &exports)?, replaces, name }))
}

/// The sections of `core` before the start section, with these exports.
fn head(core: &[u8], exports: &ExportSection) -> Result<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(core) {
        let payload = payload.map_err(malformed)?;
        match &payload {
            // It stands right behind where the export section stands.
            Payload::StartSection { .. } => {
                module.section(exports);
                break;
            }
            Payload::ExportSection(_) => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    let range = range.start as usize..range.end as usize;
                    let data = core.get(range).ok_or_else(|| Error::internal("a section out of bounds"))?;
                    module.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(module.finish())
}

pub(super) fn malformed(error: wasmparser::Error) -> Error {
    Error::new(Code::Internal, format!("the merged module does not parse: {error}"))
}
