//! The core module of the provider of stubs. In: what its functions are called, and their signatures. Out:
//! a module in which each of them traps under its name. Not its job: lifting them (`writer`).

use super::flatten::Signature;
use crate::read::NAMED_SECTION;
use wac_graph::types::FuncTypeId;
use wasm_encoder::{
    CodeSection, CustomSection, ExportKind, ExportSection, Function, FunctionSection, MemorySection,
    MemoryType, Module, NameMap, NameSection, TypeSection, ValType,
};

/// A function to be: what it is called in traps, its type, and what lifts.
pub struct Stub {
    pub name: String,
    pub id: FuncTypeId,
    pub ty: u32,
    pub signature: Signature,
}

/// What the `realloc` of a function is exported as.
pub fn realloc(nth: usize) -> String {
    format!("realloc {nth}")
}

/// The core module with all functions, none of which returns.
pub fn module(stubs: &[Stub]) -> Module {
    let (mut types, mut functions, mut code) =
        (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    let (mut exports, mut names) = (ExportSection::new(), NameMap::new());
    let mut add = |name: &str, export: &str, params: &[ValType], results: &[ValType]| {
        let index = functions.len();
        types.ty().function(params.iter().copied(), results.iter().copied());
        functions.function(index);
        exports.export(export, ExportKind::Func, index);
        names.append(index, &format!("stub of {name}"));
        let mut body = Function::new([]);
        body.instructions().unreachable().end();
        code.function(&body);
    };
    for (nth, Stub { name, signature, .. }) in stubs.iter().enumerate() {
        add(name, &nth.to_string(), &signature.params, &signature.results);
        if signature.memory {
            add(name, &realloc(nth), &[ValType::I32; 4], &[ValType::I32]);
        }
    }
    let mut module = Module::new();
    module.section(&types).section(&functions);
    if stubs.iter().any(|stub| stub.signature.memory) {
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 0,
            maximum: Some(0),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
        exports.export("memory", ExportKind::Memory, 0);
    }
    module.section(&exports).section(&code);
    let mut section = NameSection::new();
    section.functions(&names);
    module.section(&section);
    module.section(&CustomSection { name: NAMED_SECTION.into(), data: (&[]).into() });
    module
}
