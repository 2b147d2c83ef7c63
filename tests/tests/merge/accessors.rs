//! Functions that only access a global, where the assembly says so, and what runs in the place of start
//! functions.

use super::harness::{Named, Side, agree, assemble, engine, modules, mvp, settings, text, validate};
use meld_fuser::Code;
use meld_fuser::ids::{Id, LinkId};
use meld_fuser::merge::{Assembly, Def, merge};
use meld_fuser::read::CoreSort;
use wasmparser::WasmFeatures;

fn item(instance: usize, sort: CoreSort, index: u32) -> Def {
    Def::Item { instance: LinkId::from_index(instance), sort, index }
}

/// `a`'s functions 0 and 1 get and set its global 0.
fn with_accessors<'m>(modules: &'m [Named<'m>]) -> Assembly<'m> {
    let mut assembly = assemble(modules);
    assembly.accessors.extend([0, 1].map(|index| item(0, CoreSort::Func, index)));
    assembly
}

const ACCESSORS: &str = r#"(module
    (global $g (mut i64) (i64.const 3))
    (func $get (export "get") (result i64) (global.get $g))
    (func $set (export "set") (param i64) (global.set $g (local.get 0))))"#;

#[test]
fn their_calls_become_one_instruction() {
    let modules = modules(&[
        ("a", ACCESSORS),
        (
            "b",
            r#"(module
                (import "a" "get" (func $get (result i64)))
                (import "a" "set" (func $set (param i64)))
                (type $get (func (result i64)))
                (table 1 funcref)
                (elem (i32.const 0) $get)
                (func (export "call") (result i64)
                    (call $set (i64.add (call $get) (i64.const 1)))
                    (call $get))
                (func (export "tail") (result i64)
                    (i32.const 1)
                    (return_call $get))
                (func (export "tail-set") (param i64)
                    (i32.const 1)
                    (return_call $set (local.get 0)))
                (func (export "reference") (result i64) (call_ref $get (ref.func $get)))
                (func (export "indirect") (result i64) (call_indirect (type $get) (i32.const 0))))"#,
        ),
    ]);
    let bytes = merge(with_accessors(&modules), settings(true, true)).unwrap();
    let features =
        mvp() | WasmFeatures::REFERENCE_TYPES | WasmFeatures::FUNCTION_REFERENCES | WasmFeatures::TAIL_CALL;
    validate(&bytes, features);
    let printed = text(&bytes);
    assert!(!printed.contains(" call $") && !printed.contains("return_call"), "{printed}");
    agree(&mut Side::separate(&engine(), &modules), &mut Side::merged(&engine(), &bytes), &bytes);
}

/// Nothing else refers to the functions then.
#[test]
fn they_are_left_out_where_all_uses_are_calls() {
    let modules = modules(&[
        ("a", ACCESSORS),
        (
            "b",
            r#"(module
                (import "a" "get" (func $get (result i64)))
                (import "a" "set" (func $set (param i64)))
                (func (export "call") (result i64) (call $set (i64.const 1)) (call $get)))"#,
        ),
    ]);
    let mut assembly = with_accessors(&modules);
    assembly.exports.retain(|export| export.name == "b.call");
    let printed = text(&merge(assembly, settings(true, true)).unwrap());
    assert_eq!(printed.matches("\n  (func ").count(), 1, "{printed}");
    assert_eq!(printed.matches("\n  (global ").count(), 1, "{printed}");
}

/// Bodies in which they are called are not validated again.
#[test]
fn what_does_anything_else_is_an_internal_error() {
    for function in [
        "(func (result i64) (i64.add (global.get $g) (i64.const 0)))",
        "(func (param i64) (result i64) (global.get $g))",
        "(func (param i64 i64) (global.set $g (local.get 0)))",
        "(func (param i64 i64) (global.set $g (local.get 1)))",
        "(func (param i64) (local i64) (global.set $g (local.get 1)))",
        "(func (param i64) (global.set $g (local.get 0)) (nop))",
        "(func)",
    ] {
        let text = format!("(module (global $g (mut i64) (i64.const 0)) {function})");
        let modules = modules(&[("a", text.as_str())]);
        let mut assembly = assemble(&modules);
        assembly.accessors.push(item(0, CoreSort::Func, 0));
        assert_eq!(merge(assembly, settings(true, true)).unwrap_err().code, Code::Internal, "{function}");
    }
}

#[test]
fn a_function_in_the_place_of_a_start_function() {
    let modules = modules(&[
        (
            "a",
            r#"(module
                (global $g (export "g") (mut i32) (i32.const 0))
                (func $start (global.set $g (i32.add (global.get $g) (i32.const 1))))
                (func (export "other") (global.set $g (i32.const 20)) (call $start))
                (start $start))"#,
        ),
        (
            "b",
            r#"(module
                (import "a" "g" (global $g (mut i32)))
                (func $start (global.set $g (i32.mul (global.get $g) (i32.const 2))))
                (start $start))"#,
        ),
    ]);
    let start = |assembly: Assembly| {
        let bytes = merge(assembly, settings(true, true)).unwrap();
        validate(&bytes, mvp());
        Side::merged(&engine(), &bytes).state()
    };
    assert_eq!(start(assemble(&modules)), ["a.g: I32(2)"]);
    let mut replaced = assemble(&modules);
    replaced.starts.insert(LinkId::from_index(0), item(0, CoreSort::Func, 1));
    assert_eq!(start(replaced), ["a.g: I32(42)"]);
}
