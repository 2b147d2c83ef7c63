//! What a component can have n of: types of components, of instances, of functions and of values.

use super::{Shape, component, join};

pub const SHAPES: &[Shape] = &[
    Shape::new("types of values", 1000, |n| component(&"(type (list u8))".repeat(n))),
    Shape::new("types of instances", 1000, |n| component(&"(type (instance))".repeat(n))),
    Shape::new("types of components", 1000, |n| component(&"(type (component))".repeat(n))),
    Shape::new("types of functions", 1000, |n| component(&"(type (func))".repeat(n))),
    Shape::new("labels of an enum", 1000, |n| {
        component(&format!("(type (enum {}))", join(n, |i| format!("\"a{i:x}\" "))))
    }),
    Shape::new("fields of a record", 1000, |n| {
        component(&format!("(type (record {}))", join(n, |i| format!(r#"(field "a{i:x}" u8)"#))))
    }),
    Shape::squared("named types and functions of n anonymous types", 8, named_and_anonymous),
    Shape::new("named types, each of another", 50, |n| {
        let types = join(n, |i| {
            let before = if i == 0 { "u8".into() } else { format!("$e{}", (i - 1) / 2) };
            format!(r#"(type $t{i} (record (field "a" {before}))) (export $e{i} "t{i}" (type $t{i}))"#)
        });
        component(&types)
    }),
    Shape::new("exported types, each an alias of the one before", 500, |n| {
        component(&format!(
            r#"(type $x (record (field "a" u8))) {}"#,
            aliases(n, "$x", |i, of| format!(r#"(export $t{i} "t{i}" (type {of}))"#))
        ))
    }),
    Shape::new("imported types, each an alias of the one before", 500, |n| {
        component(&format!(
            "(type $x u32) {}",
            aliases(n, "$x", |i, of| format!(r#"(import "t{i}" (type $t{i} (eq {of})))"#))
        ))
    }),
    Shape::new("types of an imported instance, each an alias of the one before", 500, |n| {
        component(&format!(r#"(import "i" {})"#, instance_of_aliases(n)))
    }),
    Shape::new("exported types of an instance, each an alias of the one before", 500, |n| {
        component(&exported_of_aliases(n))
    }),
    Shape::new("imported types of an alias of n", 500, |n| {
        let exported = aliases(n, "$x", |i, of| format!(r#"(export $t{i} "t{i}" (type {of}))"#));
        let imports = join(n, |i| format!(r#"(import "u{i}" (type (eq $t{})))"#, n - 1));
        component(&format!("(type $x u32) {exported} {imports}"))
    }),
    Shape::new("pairs of pairs of a parameter", 2, |n| {
        component(&format!(
            r#"{} (import "f" (func (param "v" $p{})))"#,
            pairs("p", n.min(40)),
            n.min(40) - 1
        ))
    }),
    Shape::new("instantiations that compare pairs of pairs, 17 deep", 4, |n| {
        component(&format!(
            r#"{} (import "f" (func $f (param "p" $a16)))
            (component $C {} (import "f" (func (param "p" $b16)))) {}"#,
            pairs("a", 17),
            pairs("b", 17),
            r#"(instance (instantiate $C (with "f" (func $f))))"#.repeat(n)
        ))
    }),
    Shape::new("instantiations that compare instances of two instances, 17 deep", 4, |n| {
        component(&format!(
            r#"{} (import "f" (instance $f (type $a16)))
            (component $C {} (import "f" (instance (type $b16)))) {}"#,
            instances("a", 17),
            instances("b", 17),
            r#"(instance (instantiate $C (with "f" (instance $f))))"#.repeat(n)
        ))
    }),
];

/// `each` of the numbers 0 to n, with the name of what it is an alias of: `$t` and the number before, or `first`.
pub fn aliases(n: usize, first: &str, each: impl Fn(usize, String) -> String) -> String {
    join(n, |i| each(i, i.checked_sub(1).map_or(first.to_string(), |before| format!("$t{before}"))))
}

/// The type of an instance with n types, each an alias of the one before.
pub fn instance_of_aliases(n: usize) -> String {
    let types = aliases(n, "$x", |i, of| format!(r#"(export "t{i}" (type $t{i} (eq {of})))"#));
    format!(r#"(instance (type $x (record (field "a" u8))) {types})"#)
}

/// Exports of the types of an instance, each an alias of the one before in there.
pub fn exported_of_aliases(n: usize) -> String {
    let inside = aliases(n, "$x", |i, of| format!(r#"(export $t{i} "t{i}" (type {of}))"#));
    let outside =
        join(n, |i| format!(r#"(alias export $i "t{i}" (type $t{i})) (export "t{i}" (type $t{i}))"#));
    format!(
        r#"(component $C (type $x (record (field "a" u8))) {inside}) (instance $i (instantiate $C)) {outside}"#
    )
}

/// The types `NAME0` to n, each a pair of the one before.
fn pairs(name: &str, n: usize) -> String {
    let more = join(n - 1, |i| format!("(type ${name}{} (tuple ${name}{i} ${name}{i}))", i + 1));
    format!("(type ${name}0 (tuple u8 u8)) {more}")
}

/// The types `NAME0` to n of instances, each with two of the one before.
fn instances(name: &str, n: usize) -> String {
    let more = join(n - 1, |i| {
        format!(
            r#"(type ${name}{} (instance (alias outer 1 ${name}{i} (type $t))
                (export "x" (instance (type $t))) (export "y" (instance (type $t)))))"#,
            i + 1
        )
    });
    format!(r#"(type ${name}0 (instance (export "x" (func)) (export "y" (func)))) {more}"#)
}

/// Functions that stand between the types that are named.
fn named_and_anonymous(n: usize) -> Vec<u8> {
    let parts = join(n, chain);
    let elements = join(n, |i| format!("$x{i} "));
    let named = join(n, |i| {
        format!(
            r#"(type $q{i} (record (field "a" u8))) (export "t{i}" (type $q{i})) (export "f{i}" (func $g))"#
        )
    });
    component(&format!(
        r#"{parts} (type $T (tuple {elements}))
        (core module $m (memory (export "m") 1)
            (func (export "r") (param i32 i32 i32 i32) (result i32) (i32.const 16))
            (func (export "f") (param i32)))
        (core instance $c (instantiate $m)) (type $F (func (param "p" $T)))
        (func $g (type $F) (canon lift (core func $c "f") (memory (core memory $c "m")) (realloc (core func $c "r"))))
        {named}"#
    ))
}

/// A type that no other number gives, `$xN`: options and tuples of a u8, by the digits of n.
fn chain(n: usize) -> String {
    let (mut before, mut text) = ("u8".to_string(), String::new());
    let digits = format!("{:b}", n + 1);
    for (depth, digit) in digits.bytes().enumerate() {
        let kind = if digit == b'1' { "option" } else { "tuple" };
        let name = if depth + 1 == digits.len() { format!("$x{n}") } else { format!("$x{n}-{depth}") };
        text += &format!("(type {name} ({kind} {before}))");
        before = name;
    }
    text
}
