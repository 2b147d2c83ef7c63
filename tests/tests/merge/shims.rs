//! Functions that only call through a table: when they give way, and all that keeps them.

use super::harness::{compare_kept, modules, mvp};
use wasmparser::WasmFeatures;

const SHIM: &str = r#"
    (type $t (func (param i32 i32) (result i32)))
    (table (export "table") 2 2 funcref)
    (func (export "f") (type $t) local.get 0 local.get 1 i32.const 0 call_indirect (type $t))
    (func (export "g") (type $t) local.get 0 local.get 1 i32.const 1 call_indirect (type $t))"#;

const USER: &str = r#"
    (import "shim" "f" (func $f (param i32 i32) (result i32)))
    (import "shim" "g" (func $g (param i32 i32) (result i32)))
    (func (export "run") (param i32) (result i32)
        (call $f (call $g (local.get 0) (i32.const 3)) (i32.const 5)))"#;

const CALLEES: &str = r#"
    (func $add (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func $sub (export "sub") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))
    (func (export "plain"))"#;

const FIXUP: &str = r#"
    (import "shim" "table" (table 2 2 funcref))
    (import "callees" "add" (func $add (param i32 i32) (result i32)))
    (import "callees" "sub" (func $sub (param i32 i32) (result i32)))
    (import "callees" "plain" (func $plain))"#;

const FILL: &str = "(elem (i32.const 0) $add $sub)";

/// The four modules, each with something more, and one at the end. Gives the merged module.
fn merged(shim: &str, user: &str, fill: &str, last: &str) -> String {
    let texts = [
        ("shim", format!("(module {SHIM} {shim})")),
        ("user", format!("(module {USER} {user})")),
        ("callees", format!("(module {CALLEES})")),
        ("fixup", format!("(module {FIXUP} {fill})")),
        ("last", format!("(module {last})")),
    ];
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let features = mvp()
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::FUNCTION_REFERENCES
        | WasmFeatures::GC;
    compare_kept(&modules(&texts), features, |name| name.ends_with(".run") || name.ends_with(".out"))
}

fn is_direct(text: &str) -> bool {
    !text.contains("call_indirect") && !text.contains("(table")
}

#[test]
fn a_shim_gives_way() {
    let text = merged("", "", FILL, "");
    assert!(is_direct(&text), "{text}");
    assert_eq!(text.matches("  (func (;").count(), 3, "{text}");
}

#[test]
fn however_it_is_filled() {
    for fill in [
        "(elem (i32.const 1) $sub) (elem (i32.const 0) $add)",
        // What is written last counts.
        "(elem (i32.const 0) $sub $sub) (elem (i32.const 0) $add)",
        "(elem (i32.const 0) funcref (ref.func $add) (ref.func $sub))",
        "(global $at i32 (i32.const 0)) (elem (global.get $at) $add $sub)",
        "(start $plain) (elem (i32.const 0) $add $sub)",
    ] {
        let text = merged("", "", fill, "");
        assert!(is_direct(&text), "{fill}\n{text}");
    }
    // By more than one instance, and with the help of another shim.
    let half = r#"(import "shim" "table" (table 2 2 funcref)) (import "callees" "sub" (func $sub (param i32 i32) (result i32)))
        (elem (i32.const 1) $sub)"#;
    assert!(is_direct(&merged("", "", "(elem (i32.const 0) $add $add)", half)));
    let other = r#"(type $u (func (param i32 i32) (result i32))) (table $own 1 funcref) (elem (table $own) (i32.const 0) func $sub)
        (func $other (type $u) local.get 0 local.get 1 i32.const 0 return_call_indirect $own (type $u))
        (elem (table 0) (i32.const 0) func $other $add)"#;
    assert!(is_direct(&merged("", "", other, "")));
}

/// Everything that makes the table, or what is called through it, other than it seems.
#[test]
fn what_keeps_a_shim() {
    let with = |text: &str| merged(text, "", FILL, "");
    let import = r#"(import "shim" "table" (table $t 2 2 funcref))"#;
    for (why, text) in [
        ("an export", with(r#"(export "out" (table 0))"#)),
        ("a write", with(r#"(func (export "run") (table.set (i32.const 0) (ref.null func)))"#)),
        ("a read", with(r#"(func (export "run") (result i32) (ref.is_null (table.get (i32.const 0))))"#)),
        ("growing", with(r#"(func (export "run") (result i32) (table.grow (ref.null func) (i32.const 0)))"#)),
        (
            "filling",
            with(r#"(func (export "run") (table.fill (i32.const 0) (ref.null func) (i32.const 2)))"#),
        ),
        ("copying", with(r#"(func (export "run") (table.copy (i32.const 0) (i32.const 1) (i32.const 1)))"#)),
        (
            "a passive segment",
            with(
                r#"(elem $e funcref (ref.null func))
                (func (export "run") (table.init $e (i32.const 0) (i32.const 0) (i32.const 1)))"#,
            ),
        ),
        ("an empty slot", merged("", "", "(elem (i32.const 0) $add)", "")),
        ("a null", merged("", "", "(elem (i32.const 0) funcref (ref.func $add) (ref.null func))", "")),
        ("another type", merged("", "", "(elem (i32.const 0) $add $plain)", "")),
        (
            "a write by another instance",
            merged(
                "",
                "",
                FILL,
                &format!(r#"{import} (func (export "run") (table.set $t (i32.const 0) (ref.null func)))"#),
            ),
        ),
        (
            "a call before it is filled",
            merged(
                "",
                r#"(func $early (drop (call $f (i32.const 0) (i32.const 0)))) (start $early)"#,
                FILL,
                "",
            ),
        ),
        (
            "a start function before it is filled again",
            merged(
                "",
                "",
                "(elem (i32.const 0) $sub $sub) (start $plain)",
                &format!(
                    r#"{import} (import "callees" "add" (func $add (param i32 i32) (result i32)))
                    (elem (i32.const 0) $add)"#
                ),
            ),
        ),
        ("a circle", merged("(elem (i32.const 0) 1 0)", "", "", "")),
    ] {
        assert!(text.contains("(table"), "{why}\n{text}");
    }
}

/// A body that does anything else is no shim.
#[test]
fn what_is_no_shim() {
    for body in [
        "local.get 1 local.get 0 i32.const 0 call_indirect (type $t)",
        "local.get 0 local.get 1 local.get 0 call_indirect (type $t)",
        "local.get 0 local.get 1 i32.const 0 call_indirect (type $t) i32.eqz",
        "local.get 0 i32.const 0 i32.const 0 call_indirect (type $t)",
        "(local i32) local.get 0 local.get 2 i32.const 0 call_indirect (type $t)",
    ] {
        let text = merged(&format!(r#"(func (export "run") (type $t) {body})"#), "", FILL, "");
        assert!(text.contains("call_indirect"), "{body}\n{text}");
    }
}

/// The code of a module that could do anything with the table is not looked at where it is large.
#[test]
fn large_modules_keep_their_tables() {
    let large = format!("(func {})", "(drop (i32.const 1))".repeat(30_000));
    let text = merged(&large, "", FILL, "");
    assert!(text.contains("call_indirect"));
}
