//! What is left out because nothing refers to it, and what must stay all the same.

use super::harness::{Named, compare_kept, modules, mvp};
use wasmparser::WasmFeatures;

fn features() -> WasmFeatures {
    mvp() | WasmFeatures::REFERENCE_TYPES | WasmFeatures::BULK_MEMORY
}

/// Compares where nothing but functions is exported.
fn functions(modules: &[Named]) -> String {
    compare_kept(modules, features(), |name| name.ends_with(".run"))
}

#[test]
fn an_instance_that_nothing_refers_to_leaves_nothing() {
    let unused = r#"(module
        (type $t (func (param i64 i64)))
        (memory 1) (data (i32.const 65535) "a")
        (table 1 funcref) (elem (i32.const 0) $f)
        (global $g (mut i32) (i32.const 0))
        (func $f (type $t) (global.set $g (i32.load (i32.const 0)))))"#;
    let used = r#"(module (func (export "run") (result i32) (i32.const 1)))"#;
    let text = functions(&modules(&[("a", unused), ("b", used), ("c", unused)]));
    for part in ["memory", "table", "global", "data", "elem", "i64"] {
        assert!(!text.contains(part), "{part}\n{text}");
    }
    assert_eq!(text.matches("(func").count(), 3, "a type, an export, a function\n{text}");
}

/// Segments of memories and tables that nothing reads: instantiation traps at them as before.
#[test]
fn a_segment_that_may_not_fit_stays() {
    for broken in [
        r#"(memory 1) (data (i32.const 65534) "abc")"#,
        r#"(memory 0) (data (i32.const 1) "")"#,
        r#"(memory 1) (data (i32.const -1) "a")"#,
        r#"(import "a" "memory" (memory 1)) (data (i32.const 65536) "a")"#,
        r#"(table 2 funcref) (func $f) (elem (i32.const 2) $f)"#,
        r#"(table 2 funcref) (elem (i32.const 3) func)"#,
        r#"(import "a" "table" (table 2 funcref)) (func $f) (elem (i32.const 3) $f)"#,
    ] {
        let a = r#"(module (memory (export "memory") 1) (table (export "table") 3 funcref))"#;
        let run = r#"(module (func (export "run")))"#;
        let modules = modules(&[("a", a), ("b", &format!("(module {broken})")), ("c", run)]);
        let text = functions(&modules);
        assert!(text.contains("(data") || text.contains("(elem"), "{text}");
    }
    // At the very end they fit.
    let fits = r#"(module (memory 1) (data (i32.const 65533) "abc") (data (i32.const 65536) "")
        (table 2 funcref) (func $f) (elem (i32.const 1) $f) (elem (i32.const 2) func))"#;
    let text = functions(&modules(&[("a", fits), ("b", r#"(module (func (export "run")))"#)]));
    assert!(!text.contains("(data") && !text.contains("(elem"), "{text}");
}

/// A memory that is reached brings the data of all instances, in their order, and so does a table:
/// whichever segment a body names first. Here that is b's, before anything names the targets.
#[test]
fn segments_come_with_their_target_in_order() {
    let a = r#"(module
        (memory (export "memory") 1) (table (export "table") 4 funcref)
        (func $one (result i32) (i32.const 1))
        (data (i32.const 0) "aaaa") (elem (i32.const 0) $one $one $one))"#;
    let b = r#"(module
        (import "a" "memory" (memory 1)) (import "a" "table" (table 4 funcref))
        (func $two (result i32) (i32.const 2))
        (data $d (i32.const 1) "bbb") (elem $e (i32.const 1) $two $two)
        (func (export "run") (data.drop $d) (elem.drop $e)))"#;
    let c = r#"(module
        (import "a" "memory" (memory 1)) (import "a" "table" (table 4 funcref))
        (type $t (func (result i32)))
        (func $three (result i32) (i32.const 3))
        (data (i32.const 2) "cc") (elem (i32.const 2) $three)
        (func (export "run") (param i32) (result i32)
            (i32.add (i32.load (i32.const 0))
                (i32.add (call_indirect (type $t) (i32.const 0))
                    (i32.add
                        (i32.mul (i32.const 16) (call_indirect (type $t) (i32.const 1)))
                        (i32.mul (i32.const 256) (call_indirect (type $t) (i32.const 2))))))))"#;
    let text = functions(&modules(&[("a", a), ("b", b), ("c", c)]));
    assert_eq!(text.matches("(data").count(), 3, "{text}");
    assert_eq!(text.matches("(elem").count(), 3, "{text}");
}

/// Segments that wait for a start function: only those whose target is reached are applied.
#[test]
fn segments_that_wait() {
    let started = r#"(module
        (import "host" "log" (func $log (param i32)))
        (memory (export "memory") 1) (memory $unread (export "unread") 1)
        (func $start (call $log (i32.load (i32.const 0)))) (start $start))"#;
    let late = r#"(module
        (import "host" "log" (func $log (param i32)))
        (import "a" "memory" (memory $m 1)) (import "a" "unread" (memory $u 1))
        (data (memory $m) (i32.const 0) "late") (data (memory $u) (i32.const 0) "never")
        (func (export "run") (call $log (i32.load (i32.const 0)))))"#;
    let features = features() | WasmFeatures::MULTI_MEMORY;
    let modules = modules(&[("a", started), ("b", late)]);
    let text = compare_kept(&modules, features, |name| name.ends_with(".run"));
    assert!(text.contains("late") && !text.contains("never"), "{text}");
    assert_eq!(text.matches("memory.init").count(), 1, "{text}");
}

/// A global that is read only by another one's initialiser, a function that only a table holds, a
/// table that only a start function calls through.
#[test]
fn what_is_reached_on_the_way() {
    let features = features() | WasmFeatures::FUNCTION_REFERENCES | WasmFeatures::GC;
    let a = r#"(module
        (type $s (struct (field i32)))
        (global $inner (ref $s) (struct.new $s (i32.const 7)))
        (global $unread (ref $s) (struct.new $s (i32.const 8)))
        (type $box (struct (field (ref $s))))
        (global $box (export "box") (ref $box) (struct.new $box (global.get $inner)))
        (func (export "run") (result i32) (struct.get $s 0 (struct.get $box 0 (global.get $box)))))"#;
    let b = r#"(module
        (import "host" "log" (func $log (param i32)))
        (table $t 2 funcref) (table $u 1 funcref)
        (type $f (func))
        (elem (table $t) (i32.const 1) func $held) (elem (table $u) (i32.const 0) func $lost)
        (func $held (call $log (i32.const 1)))
        (func $lost (call $log (i32.const 2)))
        (func $start (call_indirect $t (type $f) (i32.const 1)) (call $log (i32.const 3)))
        (start $start))"#;
    let text = compare_kept(&modules(&[("a", a), ("b", b)]), features, |name| name.ends_with(".run"));
    assert_eq!(text.matches("(global").count(), 2, "{text}");
    assert_eq!(text.matches("(table").count(), 1, "{text}");
    assert!(!text.contains("i32.const 8") && !text.contains("i32.const 2"), "{text}");
}
