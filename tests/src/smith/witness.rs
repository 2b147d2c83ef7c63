//! A core module that tells what cannot be seen from outside. In: what all instances export. Out: a
//! module that imports it, with a checksum of memories, globals and tables, and a caller for each
//! function, whatever its type, that takes and gives numbers. Not its job: the modules it looks at.

use super::catalog::{Catalog, Item, Signature};
use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    Instruction as I, MemArg, Module, RefType, ValType,
};

/// How many entries of a table count.
const ENTRIES: i64 = 8;

/// A function of the witness, and what it takes.
pub struct Caller {
    pub name: String,
    pub params: Vec<ValType>,
}

pub struct Witness {
    pub bytes: Vec<u8>,
    pub callers: Vec<Caller>,
}

/// The name of the checksum, `() -> i64`.
pub const SUM: &str = "sum";

/// What the witness looks at: not at tags, and at references only if the case has them, so that it
/// needs no feature that the modules do not need.
pub fn is_seen(item: &Item, references: bool) -> bool {
    match item.ty {
        EntityType::Tag(_) | EntityType::FunctionExact(_) => false,
        EntityType::Function(_) => item.func.as_ref().is_some_and(is_callable),
        EntityType::Table(_) => references,
        EntityType::Global(ty) => references || !matches!(ty.val_type, ValType::Ref(_)),
        EntityType::Memory(_) => true,
    }
}

/// Whether there are arguments for it: no non-null reference.
fn is_callable(signature: &Signature) -> bool {
    let null = |ty: &ValType| !matches!(ty, ValType::Ref(ty) if !ty.nullable);
    let scalars = signature.params.iter().filter(|ty| is_number(ty)).count();
    scalars <= 16 && signature.params.iter().all(null)
}

pub fn is_number(ty: &ValType) -> bool {
    matches!(ty, ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64)
}

impl Witness {
    pub fn new(catalog: &Catalog) -> Witness {
        let mut types = catalog.types.clone();
        let mut type_count = catalog.type_count;
        let mut imports = ImportSection::new();
        let (mut functions, mut exports, mut code) =
            (FunctionSection::new(), ExportSection::new(), CodeSection::new());
        for item in &catalog.items {
            imports.import(&item.module, &item.name, item.ty);
        }
        let called: Vec<&Signature> = catalog.items.iter().filter_map(|item| item.func.as_ref()).collect();
        let mut define = |name: &str, params: &[ValType], body: &Function| {
            types.ty().function(params.iter().copied(), [ValType::I64]);
            exports.export(name, ExportKind::Func, called.len() as u32 + functions.len());
            functions.function(type_count);
            type_count += 1;
            code.function(body);
        };
        define(SUM, &[], &sum(catalog));
        let mut callers = Vec::new();
        for (index, signature) in called.iter().enumerate() {
            let name = format!("call{index}");
            let params: Vec<ValType> = signature.params.iter().copied().filter(is_number).collect();
            define(&name, &params, &caller(index as u32, signature, params.len() as u32));
            callers.push(Caller { name, params });
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
        Witness { bytes: module.finish(), callers }
    }
}

/// Calls a function with what it is given, and zeros and nulls for the rest.
fn caller(index: u32, signature: &Signature, numbers: u32) -> Function {
    let hash = numbers;
    let mut body = Function::new([(1, ValType::I64)]);
    let mut given = 0..numbers;
    for ty in &signature.params {
        match ty {
            ValType::V128 => body.instruction(&I::V128Const(0x0123_4567_89ab_cdef)),
            ValType::Ref(RefType { heap_type, .. }) => body.instruction(&I::RefNull(*heap_type)),
            _ => body.instruction(&I::LocalGet(given.next().unwrap_or_default())),
        };
    }
    body.instruction(&I::Call(index));
    for ty in signature.results.iter().rev() {
        to_i64(&mut body, ty);
        mix(&mut body, hash);
    }
    body.instruction(&I::LocalGet(hash)).instruction(&I::End);
    body
}

/// Everything that can be read, in one number.
fn sum(catalog: &Catalog) -> Function {
    const HASH: u32 = 0;
    let mut body = Function::new([(3, ValType::I64)]);
    let (mut memories, mut globals, mut tables) = (0.., 0.., 0..);
    for item in &catalog.items {
        match item.ty {
            EntityType::Memory(ty) => sum_memory(&mut body, memories.next().unwrap_or(0), ty),
            EntityType::Global(ty) => {
                let get = I::GlobalGet(globals.next().unwrap_or(0));
                if ty.val_type == ValType::V128 {
                    for lane in 0..2 {
                        body.instruction(&get).instruction(&I::I64x2ExtractLane(lane));
                        mix(&mut body, HASH);
                    }
                } else {
                    to_i64(body.instruction(&get), &ty.val_type);
                    mix(&mut body, HASH);
                }
            }
            EntityType::Table(ty) => sum_table(&mut body, tables.next().unwrap_or(0), ty.table64),
            _ => {}
        }
    }
    body.instruction(&I::LocalGet(HASH)).instruction(&I::End);
    body
}

/// Word by word, or byte by byte where a page may be smaller than a word.
fn sum_memory(body: &mut Function, memory: u32, ty: wasm_encoder::MemoryType) {
    const HASH: u32 = 0;
    const AT: u32 = 1;
    const END: u32 = 2;
    let page = ty.page_size_log2.unwrap_or(16);
    let at = MemArg { offset: 0, align: 0, memory_index: memory };
    let (step, load) = if page >= 3 { (8, I::I64Load(at)) } else { (1, I::I64Load8U(at)) };
    body.instruction(&I::MemorySize(memory));
    if !ty.memory64 {
        body.instruction(&I::I64ExtendI32U);
    }
    for instruction in [
        I::I64Const(i64::from(page)),
        I::I64Shl,
        I::LocalSet(END),
        I::I64Const(0),
        I::LocalSet(AT),
        I::Block(BlockType::Empty),
        I::Loop(BlockType::Empty),
        I::LocalGet(AT),
        I::LocalGet(END),
        I::I64GeU,
        I::BrIf(1),
        I::LocalGet(AT),
    ] {
        body.instruction(&instruction);
    }
    if !ty.memory64 {
        body.instruction(&I::I32WrapI64);
    }
    body.instruction(&load);
    mix(body, HASH);
    for instruction in
        [I::LocalGet(AT), I::I64Const(step), I::I64Add, I::LocalSet(AT), I::Br(0), I::End, I::End]
    {
        body.instruction(&instruction);
    }
    body.instruction(&I::LocalGet(END));
    mix(body, HASH);
}

/// Its size, and which of the first entries are null.
fn sum_table(body: &mut Function, table: u32, wide: bool) {
    const HASH: u32 = 0;
    const SIZE: u32 = 1;
    body.instruction(&I::TableSize(table));
    if !wide {
        body.instruction(&I::I64ExtendI32U);
    }
    body.instruction(&I::LocalTee(SIZE));
    mix(body, HASH);
    for entry in 0..ENTRIES {
        let index = if wide { I::I64Const(entry) } else { I::I32Const(entry as i32) };
        for instruction in [
            I::I64Const(entry),
            I::LocalGet(SIZE),
            I::I64LtU,
            I::If(BlockType::Empty),
            index,
            I::TableGet(table),
            I::RefIsNull,
            I::I64ExtendI32U,
        ] {
            body.instruction(&instruction);
        }
        mix(body, HASH);
        body.instruction(&I::End);
    }
}

/// Takes an `i64` from the stack into the hash.
fn mix(body: &mut Function, hash: u32) {
    for instruction in [
        I::LocalGet(hash),
        I::I64Xor,
        I::I64Const(0x2545_f491_4f6c_dd1d),
        I::I64Mul,
        I::I64Const(23),
        I::I64Rotl,
        I::LocalSet(hash),
    ] {
        body.instruction(&instruction);
    }
}

fn to_i64(body: &mut Function, ty: &ValType) {
    match ty {
        ValType::I64 => body,
        ValType::I32 => body.instruction(&I::I64ExtendI32U),
        ValType::F32 => body.instruction(&I::I32ReinterpretF32).instruction(&I::I64ExtendI32U),
        ValType::F64 => body.instruction(&I::I64ReinterpretF64),
        // Its low half only: there is no local to keep it in.
        ValType::V128 => body.instruction(&I::I64x2ExtractLane(0)),
        ValType::Ref(_) => body.instruction(&I::RefIsNull).instruction(&I::I64ExtendI32U),
    };
}
