//! What meets at a boundary: n options of the canonical ABI times n types.

use super::{Shape, component, join};

pub const SHAPES: &[Shape] = &[Shape::squared("reallocs that n types of lists meet", 8, |n| reallocs(n, n))];

/// A type that no other number gives, `$xN`, around this one: options and tuples, by the digits of n.
pub fn chain(n: usize, inside: &str) -> String {
    let (mut before, mut text, mut rest) = (inside.to_owned(), String::new(), n + 1);
    let mut depth = 0;
    loop {
        let kind = if rest % 2 == 1 { "option" } else { "tuple" };
        rest /= 2;
        let name = if rest == 0 { format!("$x{n}") } else { format!("$x{n}-{depth}") };
        text += &format!("(type {name} ({kind} {before}))");
        if rest == 0 {
            return text;
        }
        (before, depth) = (name, depth + 1);
    }
}

/// A function that gives m lists of different types, lowered with n different functions for memory.
fn reallocs(n: usize, m: usize) -> Vec<u8> {
    let types = join(m, |i| format!("{} (type $e{i} (list $x{i}))", chain(i, "char")));
    let elements = join(m, |i| format!("$e{i} "));
    let functions = join(n, |i| {
        format!(r#"(func (export "r{i}") (param i32 i32 i32 i32) (result i32) (i32.const {}))"#, i * 8)
    });
    let lowered = join(n, |i| {
        format!(
            r#"(core func $l{i} (canon lower (func $f)
                (memory (core memory $cc "m")) (realloc (core func $cc "r{i}"))))"#
        )
    });
    let imports = join(n, |i| format!(r#"(import "" "f{i}" (func (param i32)))"#));
    let calls = join(n, |i| format!("(call {i} (i32.const 0))"));
    let arguments = join(n, |i| format!(r#"(export "f{i}" (func $l{i}))"#));
    component(&format!(
        r#"{types} (type $T (tuple {elements}))
        (component $A
            (core module $m (memory (export "m") 1)
                (func (export "r") (param i32 i32 i32 i32) (result i32) (i32.const 16))
                (func (export "f") (result i32) (i32.const 0)))
            (core instance $c (instantiate $m))
            (type $ft (func)) (alias outer 1 $T (type $T)) (type $F (func (result $T)))
            (func $f (type $F) (canon lift (core func $c "f")
                (memory (core memory $c "m")) (realloc (core func $c "r"))))
            (core module $mm (memory (export "m") 1) {functions})
            (core instance $cc (instantiate $mm)) {lowered}
            (core module $n {imports} (func (export "g") {calls}))
            (core instance $d (instantiate $n (with "" (instance {arguments}))))
            (func (export "g") (type $ft) (canon lift (core func $d "g"))))
        (instance $a (instantiate $A)) (export "g" (func $a "g"))"#
    ))
}
