//! Components that grow in one way each: what docs/LIMITS.md measures and `tests/inside.rs` holds to its
//! bounds. In: n. Out: the component of that n, in its binary form. Not its job: what is broken
//! (`hostile`), running anything.

mod core;
pub mod meeting;
mod naming;
mod structure;
mod types;

/// What grows, and how.
pub struct Shape {
    /// What there are n of.
    pub name: &'static str,
    /// The first n that is worth a look; others are twice the one before.
    pub first: usize,
    make: fn(usize) -> Vec<u8>,
    steps: fn(usize) -> usize,
}

impl Shape {
    const fn new(name: &'static str, first: usize, make: fn(usize) -> Vec<u8>) -> Shape {
        Shape { name, first, make, steps: |_| 0 }
    }

    /// One whose n things have n things each.
    const fn squared(name: &'static str, first: usize, make: fn(usize) -> Vec<u8>) -> Shape {
        Shape { name, first, make, steps: |n| n * n }
    }

    /// The steps of instantiation that n takes, where there are more of them than there are items.
    pub fn steps(&self, n: usize) -> usize {
        (self.steps)(n)
    }

    /// The component of this n.
    pub fn make(&self, n: usize) -> Vec<u8> {
        (self.make)(n)
    }
}

pub fn all() -> impl Iterator<Item = &'static Shape> {
    [core::SHAPES, structure::SHAPES, naming::SHAPES, types::SHAPES, meeting::SHAPES].into_iter().flatten()
}

/// `each` of 0 to n, one after the other.
fn join(n: usize, each: impl FnMut(usize) -> String) -> String {
    (0..n).map(each).collect()
}

/// `wat` takes time in the square of how many types are written where they are used: what there is much of
/// names its type.
fn component(text: &str) -> Vec<u8> {
    wat::parse_str(format!("(component {text})")).expect("the text of a shape")
}

/// A core module `$m` with a function `f`, its instance `$c`, and that function lifted, `$g`.
const LIFT: &str = r#"(core module $m (func (export "f"))) (core instance $c (instantiate $m))
    (func $g (canon lift (core func $c "f")))"#;

/// Core functions, as `text` defines them, that an exported function uses: a core module with these imports
/// does so, in `calls`, and is given them as `arguments`.
fn using(text: &str, imports: &str, calls: &str, arguments: &str) -> Vec<u8> {
    component(&format!(
        r#"{text} (core module $n {imports} (func (export "g") {calls}))
        (core instance $d (instantiate $n (with "" (instance {arguments}))))
        (func (export "g") (canon lift (core func $d "g")))"#
    ))
}

/// The core functions `$l0` to n, lowered here, that an exported function calls.
fn calls(n: usize, lowered: &str) -> Vec<u8> {
    let imports = join(n, |i| format!(r#"(import "" "f{i}" (func))"#));
    let arguments = join(n, |i| format!(r#"(export "f{i}" (func $l{i}))"#));
    using(lowered, &imports, &join(n, |i| format!("(call {i})")), &arguments)
}
