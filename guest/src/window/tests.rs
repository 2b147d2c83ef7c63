//! Which memories become one, and of what the one is made. Not their job: what a module does then (`tests/`), and
//! tables (`table`).

use super::{Lowered, Owner, Request, lower};
use crate::error::{Code, Result};

/// What becomes of a module in text form, whose last memories meld has generated, so many. Its memories and tables are
/// labelled by their indices.
pub fn lowered(text: &str, generated: usize) -> Result<Lowered> {
    let module = wat::parse_str(text).unwrap();
    let (mut memories, mut tables, mut bodies) = (0, 0, 0);
    for payload in wasmparser::Parser::new(0).parse_all(&module) {
        match payload.unwrap() {
            wasmparser::Payload::MemorySection(section) => memories = section.count() as usize,
            wasmparser::Payload::TableSection(section) => tables = section.count(),
            wasmparser::Payload::CodeSectionStart { count, .. } => bodies = count,
            _ => {}
        }
    }
    let owner = |nth: usize| Owner {
        label: nth.to_string(),
        generated: nth + generated >= memories,
        reserve: None,
        at_least: 0,
    };
    let owners: Vec<Owner> = (0..memories).map(owner).collect();
    let tables: Vec<String> = (0..tables).map(|nth| nth.to_string()).collect();
    lower(&Request {
        module: &module,
        trusted: &vec![false; bodies as usize],
        owners: &owners,
        tables: &tables,
        bases: &[],
        first_at_zero: false,
        elide_checks: true,
        keep_moves: false,
    })
}

/// Why a module cannot have one memory.
fn refused(text: &str, generated: usize) -> String {
    let error = lowered(text, generated).unwrap_err();
    assert_eq!(error.code, Code::Unsupported, "{error}");
    error.message
}

/// The memory of a module in text form.
fn memory(text: &str, generated: usize) -> wasmparser::MemoryType {
    let module = lowered(text, generated).unwrap().module.unwrap();
    let mut memories = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(&module) {
        if let wasmparser::Payload::MemorySection(section) = payload.unwrap() {
            memories.extend(section.into_iter().map(Result::unwrap));
        }
    }
    assert_eq!(memories.len(), 1);
    memories[0]
}

#[test]
fn the_one_memory_has_the_addresses_of_the_guests() {
    assert!(!memory("(module (memory 1) (memory 1))", 0).memory64);
    assert!(memory("(module (memory i64 1) (memory i64 1))", 0).memory64);
    // What meld generates has 32-bit addresses.
    assert!(memory("(module (memory i64 1) (memory 1))", 1).memory64);
    let accesses = "(module (memory i64 1) (memory 1)
        (func (param i32) (result i32)
          (i32.store 1 offset=8 (local.get 0) (i32.const 1))
          (drop (i32.atomic.rmw.cmpxchg 1 (local.get 0) (i32.const 1) (i32.const 2)))
          (memory.copy 0 1 (i64.const 1) (local.get 0) (i32.const 3))
          (memory.copy 1 0 (local.get 0) (i64.const 1) (i32.const 3))
          (memory.fill 1 (local.get 0) (i32.const 3) (i32.const 4))
          (drop (memory.grow 1 (i32.const 3)))
          (drop (memory.size 1))
          (i32.load8_u 1 (local.get 0))))";
    assert!(memory(accesses, 1).memory64);
    // Behind what wasmtime guards, the base is added to addresses.
    let far = "(module (memory i64 1) (memory 513) (memory 1)
        (func (param i32) (i32.store 2 (local.get 0) (i32.load 1 offset=8 (local.get 0)))))";
    assert!(memory(far, 2).memory64);
}

/// A declared maximum is kept, where it is larger than 4 GiB too.
#[test]
fn the_one_memory_can_grow_as_far_as_the_last_could() {
    let grows = |index: usize| format!("(func (drop (memory.grow {index} (i64.const 1))))");
    let open = format!(
        "(module (memory i64 2) (memory i64 1 0x20000) {} (func (drop (i32.load 1 (i64.const 0)))))",
        grows(1)
    );
    assert_eq!(memory(&open, 0).maximum, Some(2 + 0x20000));
    let none = format!(
        "(module (memory i64 2) (memory i64 1) {} (func (drop (i32.load 1 (i64.const 0)))))",
        grows(1)
    );
    assert_eq!(memory(&none, 0).maximum, None);
}

#[test]
fn what_cannot_become_one_is_named() {
    let mixed = |narrow: usize| {
        format!(
            "a memory with 64-bit addresses, that of 1, among those that become one, of which that of {narrow} has 32-bit addresses, cannot be fused"
        )
    };
    assert_eq!(refused("(module (memory 1) (memory i64 1))", 0), mixed(0));
    assert_eq!(
        refused("(module (memory i64 1) (memory i64 1) (memory 1) (memory 1))", 1),
        mixed(2).replace("that of 1", "that of 0")
    );
    let read = "a memory with 64-bit addresses, that of 0, among those that become one, where values from and to the \
                host pass through one with 32-bit addresses, cannot be fused";
    assert_eq!(refused("(module (memory i64 1) (memory (export \"m\") 1))", 1), read);
    let shared = "a shared memory, that of 1, among those that become one cannot be fused";
    assert_eq!(refused("(module (memory 1) (memory 1 1 shared))", 0), shared);
    // What is reserved has to be there from the start, whatever the last one may become.
    let grows = "(func (drop (memory.grow 0 (i64.const 1))) (drop (i32.load 1 (i64.const 0))))";
    for maximum in [0x10000u64, 0x1000000000] {
        let text = format!("(module (memory i64 1 {maximum}) (memory i64 1 0x1000000000) {grows})");
        let large = lowered(&text, 0).unwrap_err();
        assert_eq!((large.code, large.hint.is_some()), (Code::LimitExceeded, true));
    }
    assert!(lowered(&format!("(module (memory i64 1 0xfff0) (memory i64 1) {grows})"), 0).is_ok());
}
