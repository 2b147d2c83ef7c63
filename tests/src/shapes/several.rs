//! What there can be n of where several inputs are composed: inputs, what they have in common, what a
//! document makes of them.

use super::types::{aliases, exported_of_aliases, instance_of_aliases};
use super::{LIFT, Made, Shape, component, join};

pub const SHAPES: &[Shape] = &[
    Shape::several("inputs that one input imports one each of", 50, |n| {
        let imports = join(n, |i| format!(r#"(import "e{i}" (func (type $t)))"#));
        let exports = (0..n).map(|i| exports(&format!(r#"(export "e{i}" (func $g))"#)));
        Made::of([uses(&imports)].into_iter().chain(exports))
    }),
    Shape::several("inputs that import the one before", 50, |n| {
        Made::of((0..n).rev().map(|i| match i {
            0 => exports(r#"(export "e0" (func $g))"#),
            i => {
                component(&format!(r#"(import "e{}" (func $before)) (export "e{i}" (func $before))"#, i - 1))
            }
        }))
    }),
    Shape::several("imports of what another input exports", 500, |n| {
        let imports = join(n, |i| format!(r#"(import "a:b/e{i}" (func (type $t)))"#));
        Made::of([uses(&imports), exports(&join(n, |i| format!(r#"(export "a:b/e{i}" (func $g))"#)))])
    }),
    Shape::several("imports of versions, each of which another input exports", 500, |n| {
        let imports = join(n, |i| format!(r#"(import "a:b/e@1.0.{i}" (func (type $t)))"#));
        let exported = join(n, |i| format!(r#"(export "a:b/e@1.0.{i}" (func $g))"#));
        Made::of([uses(&imports), exports(&exported)])
    }),
    Shape::several("imports of versions that others are compatible with", 50, |n| {
        let imports = join(n, |i| format!(r#"(import "a:b/e@1.0.{i}" (func (type $t)))"#));
        let exported = join(n, |i| format!(r#"(export "a:b/e@1.1.{i}" (func $g))"#));
        Made::of([uses(&imports), exports(&exported)])
    }),
    Shape::several("imports with versions that nothing meets", 500, |n| {
        let imports =
            |patch: usize| join(n, |i| format!(r#"(import "a:b/e{i}@1.0.{patch}" (func (type $t)))"#));
        let other = format!(r#"{TYPE} {} {LIFT} (export "m" (func $g))"#, imports(1));
        Made::of([uses(&format!("{MET} {}", imports(0))), component(&other)])
    }),
    Shape::several("imports and exports that have nothing in common", 500, |n| {
        let imports = join(n, |i| format!(r#"(import "i{i}" (func (type $t)))"#));
        Made::of([uses(&imports), exports(&join(n, |i| format!(r#"(export "e{i}" (func $g))"#)))])
    }),
    Shape::several("inputs that export the same", 50, same),
    Shape::several("inputs in a pipe", 50, |n| Made { in_order: true, ..same(n) }),
    Shape::several("imports that are stubbed", 500, |n| {
        let imports = join(n, |i| format!(r#"(import "a:b/e{i}@1.0.0" (func (type $t)))"#));
        Made { stub: vec!["a:b/*".into()], ..Made::of([uses(&imports)]) }
    }),
    Shape::several("instances of a document", 50, |n| {
        let instances = join(n, |i| format!("let i{i} = new a:i1 {{ e: e.e }};\n"));
        let text = format!("package a:doc;\nlet e = new a:i0 {{}};\n{instances} export i{}.run;", n - 1);
        let inputs = [exports(r#"(export "e" (func $g))"#), uses(r#"(import "e" (func (type $t)))"#)];
        Made { wac: Some(text), ..Made::of(inputs) }
    }),
    Shape::several("arguments that a document spreads", 500, |n| {
        let imports = join(n, |i| format!(r#"(import "a:b/e{i}@1.0.0" (func (type $t)))"#));
        let exported = join(n, |i| format!(r#"(export "a:b/e{i}@1.0.1" (func $g))"#));
        let text = "package a:doc; let e = new a:i0 {}; let i = new a:i1 { ...e }; export i.run;";
        Made { wac: Some(text.into()), ..Made::of([exports(&exported), uses(&imports)]) }
    }),
    Shape::several("imported interfaces that use two types of the one before", 4, |n| {
        let interfaces = join(n, |i| {
            let used = match i.checked_sub(1) {
                Some(before) => {
                    format!(r#"(export "t" (type (eq $t{before}))) (export "u" (type (eq $u{before})))"#)
                }
                None => String::new(),
            };
            format!(
                r#"(import "a:b/i{i}" (instance $i{i} {used} (type $v (record (field "a" u8))) (export "v" (type (eq $v)))
                    (type $w (record (field "b" u8))) (export "w" (type (eq $w)))))
                (alias export $i{i} "v" (type $t{i})) (alias export $i{i} "w" (type $u{i}))"#
            )
        });
        Made::of([exports(r#"(export "m" (func $g))"#), uses(&format!("{MET} {interfaces}"))])
    }),
    Shape::several("exported types, each of the one before", 500, |n| {
        let types = aliases(n, "$x", |i, of| format!(r#"(export $t{i} "t{i}" (type {of}))"#));
        let types = format!(r#"{MET} (type $x (record (field "a" u8))) {types}"#);
        Made::of([exports(r#"(export "m" (func $g))"#), uses(&types)])
    }),
    Shape::several("exported types of an instance, each of the one before", 500, |n| {
        let types = format!("{MET} {}", exported_of_aliases(n));
        Made::of([exports(r#"(export "m" (func $g))"#), uses(&types)])
    }),
    Shape::several("types of an imported instance, each of the one before", 100, |n| {
        let types = format!(r#"{MET} (import "i" {})"#, instance_of_aliases(n));
        Made::of([exports(r#"(export "m" (func $g))"#), uses(&types)])
    }),
    Shape::several("types imported of an interface with a long name", 500, |n| {
        let types = join(n, |i| format!(r#"(export "t{i}" (type (sub resource)))"#));
        let imports = join(n, |i| {
            format!(r#"(alias export $i "t{i}" (type $t{i})) (import "t{i}" (type (eq $t{i})))"#)
        });
        let name = "n".repeat(90_000);
        let imports = format!(r#"{MET} (import "a:b/{name}" (instance $i {types})) {imports}"#);
        Made::of([exports(r#"(export "m" (func $g))"#), uses(&imports)])
    }),
    Shape::several("exports that use types of n interfaces each", 20, |n| {
        let interfaces = join(n, |i| {
            format!(
                r#"(import "a:b/i{i}" (instance $i{i} (type $x (record (field "a" u8))) (export "t" (type (eq $x)))))
                (alias export $i{i} "t" (type $t{i}))"#
            )
        });
        let params = join(n, |i| format!(r#"(param "p{i}" $t{i})"#));
        let exported = join(n, |i| format!(r#"(export "e{i}" (func $u))"#));
        let imports = format!(r#"{MET} {interfaces} (import "u" (func $u {params})) {exported}"#);
        Made::of([exports(r#"(export "m" (func $g))"#), uses(&imports)])
    }),
];

/// The type of a function.
const TYPE: &str = "(type $t (func))";

/// An import that another input meets, so that the two have something in common.
const MET: &str = r#"(import "m" (func (type $t)))"#;

/// An input that exports a function `$g` in these ways.
fn exports(text: &str) -> Vec<u8> {
    component(&format!("{LIFT} {text}"))
}

/// An input that imports functions of the type `$t` in these ways, and exports a function `run`.
fn uses(imports: &str) -> Vec<u8> {
    component(&format!(r#"{TYPE} {imports} {LIFT} (export "run" (func $g))"#))
}

/// Inputs that differ in a custom section alone, with one function each that all of them export, and import.
fn same(n: usize) -> Made {
    Made::of((0..n).map(|i| {
        component(&format!(
            r#"(import "e" (func $before)) (export $e "e" (func $before)) (@custom "{i}" "")"#
        ))
    }))
}
