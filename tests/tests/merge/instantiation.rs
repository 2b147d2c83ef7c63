//! Segments and start functions: what waits, what stays active, and that nobody can tell.

use super::harness::{compare, modules, mvp, text};
use wasmparser::WasmFeatures;

const STARTED: &str = r#"(module
    (import "host" "log" (func $log (param i32)))
    (memory (export "memory") 1)
    (table (export "table") 4 funcref)
    (elem (i32.const 0) $start)
    (func $start (call $log (i32.load (i32.const 0))))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (start $start))"#;

fn tables() -> WasmFeatures {
    mvp() | WasmFeatures::REFERENCE_TYPES | WasmFeatures::BULK_MEMORY
}

/// How many passive data segments a module has.
fn passive(bytes: &[u8]) -> usize {
    text(bytes)
        .lines()
        .filter(|l| l.trim_start().starts_with("(data") && !l.contains("const") && !l.contains("global.get"))
        .count()
}

#[test]
fn segments_before_any_start_stay_active() {
    let modules = modules(&[
        ("a", r#"(module (memory (export "memory") 1) (data (i32.const 0) "abc"))"#),
        ("b", r#"(module (import "a" "memory" (memory 1)) (data (i32.const 1) "xyz"))"#),
        ("c", STARTED),
    ]);
    let (bytes, side) = compare(&modules, mvp());
    assert_eq!(side.outcome, Ok(()));
    assert_eq!(passive(&bytes), 0);
    assert!(!text(&bytes).contains("memory.init"));
}

#[test]
fn segments_after_a_start_wait() {
    let modules = modules(&[
        ("a", STARTED),
        (
            "b",
            r#"(module
                (import "host" "log" (func $log (param i32)))
                (import "a" "memory" (memory 1))
                (import "a" "table" (table 2 funcref))
                (func $f (call $log (i32.load (i32.const 0))))
                (elem (i32.const 1) $f)
                (data (i32.const 0) "\01\02")
                (data (i32.const 1) "\03")
                (start $f))"#,
        ),
        (
            "c",
            r#"(module
                (import "a" "memory" (memory 1))
                (import "a" "table" (table 2 funcref))
                (type $t (func))
                (data (i32.const 0) "\04")
                (func (export "call") (param i32) (call_indirect (type $t) (i32.const 1))))"#,
        ),
    ]);
    let (bytes, side) = compare(&modules, tables());
    // a sees nothing, b sees its own data.
    assert_eq!(side.log()[..2], ["log [I32(0)]", "log [I32(769)]"]);
    assert_eq!(passive(&bytes), 3);
}

#[test]
fn own_segments_after_a_start_stay_active() {
    let modules = modules(&[
        ("a", STARTED),
        (
            "b",
            r#"(module
                (memory (export "memory") 1)
                (data (i32.const 65533) "abc")
                (table (export "table") 2 funcref)
                (func $f (export "f"))
                (elem (i32.const 1) $f))"#,
        ),
    ]);
    let (bytes, _) = compare(&modules, tables());
    assert_eq!(passive(&bytes), 0);
    let text = text(&bytes);
    assert!(!text.contains(".init"), "{text}");
    // The one start function is used as it is.
    assert!(text.contains("(start $a!start)") || text.contains("(start 1)"), "{text}");
}

#[test]
fn a_segment_out_of_bounds_traps_after_the_start_before_it() {
    for broken in [
        r#"(memory 1) (data (i32.const 65534) "abc")"#,
        r#"(memory 1) (data (i32.const -1) "")"#,
        r#"(import "a" "memory" (memory 1)) (data (i32.const 65536) "a")"#,
        r#"(table 2 funcref) (func $f) (elem (i32.const 2) $f)"#,
        r#"(import "a" "table" (table 2 funcref)) (func $f) (elem (i32.const 4) $f)"#,
        r#"(func $f unreachable) (start $f)"#,
    ] {
        let after = modules(&[("a", STARTED), ("b", &format!("(module {broken})"))]);
        let (_, side) = compare(&after, tables());
        assert!(side.outcome.is_err());
        assert_eq!(side.log(), ["log [I32(0)]"]);
    }
}

#[test]
fn a_segment_out_of_bounds_traps_before_the_start_after_it() {
    let modules = modules(&[("b", r#"(module (memory 1) (data (i32.const 65534) "abc"))"#), ("a", STARTED)]);
    let (_, side) = compare(&modules, tables());
    assert!(side.outcome.is_err());
    assert!(side.log().is_empty());
}

/// After instantiation an active segment is dropped: code that copies from it traps.
#[test]
fn segments_that_waited_are_dropped() {
    let user = r#"(module
        (import "a" "memory" (memory 1))
        (import "a" "table" (table 2 funcref))
        (data $d (i32.const 8) "abc")
        (data $p "def")
        (func $f (export "f"))
        (elem $e (i32.const 1) $f)
        (elem $q func $f)
        (func (export "empty") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)))
        (func (export "data") (param i32) 
            (memory.init $d (i32.const 0) (i32.const 0) (i32.and (local.get 0) (i32.const 3))))
        (func (export "elem") (param i32) 
            (table.init $e (i32.const 0) (i32.const 0) (i32.and (local.get 0) (i32.const 1))))
        (func (export "passive") (memory.init $p (i32.const 0) (i32.const 1) (i32.const 2)))
        (func (export "passive-elem") (table.init $q (i32.const 2) (i32.const 0) (i32.const 1)))
        (func (export "z-drop") (data.drop $p) (elem.drop $q)))"#;
    let quiet = STARTED.replace("(start $start)", "");
    for first in [STARTED, &quiet] {
        let modules = modules(&[("a", first), ("b", user), ("c", user)]);
        let (_, mut side) = compare(&modules, tables());
        assert_eq!(side.call("c.data", 0), Ok(String::new()));
        assert_eq!(side.call("c.data", 7), Err("MemoryOutOfBounds".into()));
        assert_eq!(side.call("c.elem", 7), Err("TableOutOfBounds".into()));
    }
}

#[test]
fn an_instance_fills_tables_then_memories() {
    // The data segment traps; the element segment before it has been applied, and can be called.
    let modules = modules(&[
        ("a", STARTED),
        (
            "b",
            r#"(module
                (import "a" "table" (table 2 funcref))
                (func $f)
                (elem (i32.const 7) $f)
                (memory 0)
                (data (i32.const 7) "a"))"#,
        ),
    ]);
    let (_, side) = compare(&modules, tables());
    assert_eq!(side.outcome, Err("TableOutOfBounds".into()));
}

#[test]
fn starts() {
    // None.
    let (bytes, _) = compare(&modules(&[("a", "(module (func (export \"f\")))")]), mvp());
    assert!(!text(&bytes).contains("(start"));
    // An imported function.
    let (bytes, side) =
        compare(&modules(&[("a", r#"(module (import "host" "go" (func $go)) (start $go))"#)]), mvp());
    assert_eq!(side.log(), ["go []"]);
    assert!(!text(&bytes).contains("meld!start"));
    // Two, of the same module.
    let (bytes, side) = compare(&modules(&[("a", STARTED), ("b", STARTED)]), tables());
    assert_eq!(side.log().len(), 2);
    assert!(text(&bytes).contains("(start $meld!start)"), "{}", text(&bytes));
}

#[test]
fn wide_offsets() {
    let modules = modules(&[
        ("a", STARTED),
        (
            "b",
            r#"(module
                (memory (export "memory") i64 1)
                (table (export "table") i64 3 funcref)
                (func $f (export "f"))
                (data (i64.const 65533) "abc")
                (elem (table 0) (i64.const 2) func $f))"#,
        ),
        (
            "c",
            r#"(module
                (import "b" "memory" (memory i64 1))
                (import "b" "table" (table i64 3 funcref))
                (func $f (export "f"))
                (data (i64.const 3) "abc")
                (elem (table 0) (i64.const 1) func $f))"#,
        ),
        ("d", r#"(module (memory i64 1) (data (i64.const -1) "abc"))"#),
    ]);
    let features = tables() | WasmFeatures::MEMORY64;
    let (bytes, side) = compare(&modules, features);
    assert_eq!(side.outcome, Err("MemoryOutOfBounds".into()));
    assert_eq!(passive(&bytes), 2);
    let (_, side) = compare(&modules[..3], features);
    assert_eq!(side.outcome, Ok(()));
}

/// Pages of one byte: what fits is counted in bytes.
#[test]
fn small_pages() {
    let own = |data: &str| {
        format!(r#"(module (memory (export "memory") 3 3 (pagesize 1)) (data (i32.const 1) "{data}"))"#)
    };
    let features = tables() | WasmFeatures::CUSTOM_PAGE_SIZES;
    let (bytes, side) = compare(&modules(&[("a", STARTED), ("b", &own("ab"))]), features);
    assert_eq!((side.outcome.clone(), passive(&bytes)), (Ok(()), 0));
    let (bytes, side) = compare(&modules(&[("a", STARTED), ("b", &own("abc"))]), features);
    assert_eq!((side.outcome.is_err(), passive(&bytes)), (true, 1));
}
