//! What there can be n of where functions are async: lifts, lowers, instances that call each other, streams.

use super::{Shape, component, join, using};

pub const SHAPES: &[Shape] = &[
    Shape::new("exported async functions", 100, |n| component(&lifts(n))),
    Shape::new("async functions lowered with `async`", 100, |n| {
        let lowered = join(n, |i| {
            format!(
                r#"(import "f{i}" (func $f{i} (type $t))) (core func $l{i} (canon lower (func $f{i}) async))"#
            )
        });
        let arguments = join(n, |i| format!(r#"(with "f{i}" (func $a "f{i}"))"#));
        component(&format!(
            r#"(component $A {}) (instance $a (instantiate $A))
            (component $B (type $t (func async)) {lowered} {}) (instance $b (instantiate $B {arguments}))
            (export "g" (func $b "g"))"#,
            lifts(n),
            caller(n),
        ))
    }),
    Shape::new("async instances that call the one before", 100, |n| {
        let instances = join(n - 1, |i| {
            format!(
                r#"(instance $i{} (instantiate $B (with "f0" (func $i{i} "{}"))))"#,
                i + 1,
                if i == 0 { "f0" } else { "g" }
            )
        });
        component(&format!(
            r#"(component $A {}) (instance $i0 (instantiate $A))
            (component $B (type $t (func async)) (import "f0" (func $f (type $t)))
                (core func $l0 (canon lower (func $f) async)) {})
            {instances} (export "g" (func $i{} "{}"))"#,
            lifts(1),
            caller(1),
            n - 1,
            if n == 1 { "f0" } else { "g" },
        ))
    }),
    Shape::new("types of streams that are read and written", 100, |n| {
        let streams = join(n, |i| {
            format!(
                r#"(type $s{i} (stream u8)) (core func $n{i} (canon stream.new $s{i}))
                (core func $r{i} (canon stream.read $s{i} async (memory (core memory $mem "m"))))
                (core func $w{i} (canon stream.write $s{i} async (memory (core memory $mem "m"))))"#
            )
        });
        let imports = join(n, |i| {
            format!(
                r#"(import "" "n{i}" (func $n{i} (type $new))) (import "" "r{i}" (func $r{i} (type $copy)))
                (import "" "w{i}" (func $w{i} (type $copy)))"#
            )
        });
        let zeros = "(i32.const 0) (i32.const 0) (i32.const 0)";
        let calls = join(n, |i| {
            format!("(drop (call $n{i})) (drop (call $r{i} {zeros})) (drop (call $w{i} {zeros}))")
        });
        let arguments = join(n, |i| {
            format!(
                r#"(export "n{i}" (func $n{i})) (export "r{i}" (func $r{i})) (export "w{i}" (func $w{i}))"#
            )
        });
        let types = "(type $new (func (result i64))) (type $copy (func (param i32 i32 i32) (result i32)))";
        using(
            &format!(
                r#"(core module $mm (memory (export "m") 1)) (core instance $mem (instantiate $mm)) {streams}"#
            ),
            &format!("{types} {imports}"),
            &calls,
            &arguments,
        )
    }),
];

/// A callback that is never called.
const CALLBACK: &str = r#"(func (export "cb") (param i32 i32 i32) (result i32) unreachable)"#;

/// The exports `f0` to n, async functions that return at once.
fn lifts(n: usize) -> String {
    let lifted = join(n, |i| {
        format!(
            r#"(func $f{i} (type $lifted) (canon lift (core func $c "f") async (callback (core func $c "cb"))))
            (export "f{i}" (func $f{i}))"#
        )
    });
    format!(
        r#"(type $lifted (func async)) (core func $return (canon task.return))
        (core module $m (import "" "return" (func $return))
            (func (export "f") (result i32) (call $return) (i32.const 0)) {CALLBACK})
        (core instance $c (instantiate $m (with "" (instance (export "return" (func $return))))))
        {lifted}"#
    )
}

/// An export `g`, an async function that calls the core functions `$l0` to n, which were lowered with `async`.
fn caller(n: usize) -> String {
    let imports = join(n, |i| format!(r#"(import "" "f{i}" (func $f{i} (type $started)))"#));
    let calls = join(n, |i| format!("(drop (call $f{i}))"));
    let arguments = join(n, |i| format!(r#"(export "f{i}" (func $l{i}))"#));
    format!(
        r#"(core func $return (canon task.return))
        (core module $m (type $started (func (result i32))) (import "" "return" (func $return)) {imports}
            (func (export "g") (result i32) {calls} (call $return) (i32.const 0)) {CALLBACK})
        (core instance $c (instantiate $m (with "" (instance (export "return" (func $return)) {arguments}))))
        (func (export "g") async (canon lift (core func $c "g") async (callback (core func $c "cb"))))"#
    )
}
