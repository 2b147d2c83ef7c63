//! Names that are long, and that stand for n things.

use super::{LIFT, Shape, calls, component, join};

/// Bytes of a long name.
const LONG: usize = 90_000;

pub const SHAPES: &[Shape] = &[
    Shape::new("resource types of an imported interface with a long name", 50, |n| {
        component(&format!(
            r#"(import "a:b/{}" (instance {}))"#,
            long(),
            join(n, |i| format!(r#"(export "n{i}" (type (sub resource)))"#))
        ))
    }),
    Shape::new("functions of an imported interface with a long name", 50, |n| {
        let functions = join(n, |i| format!(r#"(export "f{i}" (func))"#));
        let lowered = join(n, |i| format!(r#"(core func $l{i} (canon lower (func $i "f{i}")))"#));
        calls(n, &format!(r#"(import "a:b/{}" (instance $i {functions})) {lowered}"#, long()))
    }),
    Shape::new("functions of an exported interface with a long name", 50, |n| {
        component(&format!(
            r#"{LIFT} (instance $i {}) (export "a:b/{}" (instance $i))"#,
            join(n, |i| format!(r#"(export "f{i}" (func $g))"#)),
            long()
        ))
    }),
    Shape::new("value types of an exported interface with a long name", 50, |n| {
        let types =
            join(n, |i| format!(r#"(type $t{i} (record (field "a" u8))) (export "t{i}" (type $t{i}))"#));
        component(&format!(
            r#"(component $C {types}) (instance $i (instantiate $C)) (export "a:b/{}" (instance $i))"#,
            long()
        ))
    }),
    Shape::new("exports with long names", 4, |n| {
        component(&format!("{LIFT} {}", join(n, |i| format!(r#"(export "{}{i}" (func $g))"#, long()))))
    }),
    Shape::new("core functions with long names", 4, |n| {
        component(&format!(
            r#"(core module $m {} (export "f" (func 0))) (core instance (instantiate $m))"#,
            join(n, |i| format!("(func ${}{i} (call {}))", long(), (i + 1) % n))
        ))
    }),
    Shape::new("core instances of a function with a long name", 4, |n| {
        component(&format!(
            r#"(core module $m (func ${} (export "f"))) {}"#,
            long(),
            join(n, |i| format!(
                r#"(core instance $c{i} (instantiate $m)) (func (export "f{i}") (canon lift (core func $c{i} "f")))"#
            ))
        ))
    }),
];

fn long() -> String {
    "n".repeat(LONG)
}
