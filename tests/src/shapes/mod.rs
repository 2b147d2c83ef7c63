//! Components that grow in one way each, and inputs to be composed that do: what docs/LIMITS.md measures and
//! `tests/inside.rs` holds to its bounds. In: n. Out: the inputs of that n, in their binary form. Not its job:
//! what is broken (`hostile`), running anything.

use crate::sandbox::OutputKind;

mod core;
pub mod meeting;
mod naming;
mod several;
mod structure;
mod tasks;
mod types;

/// What is made of inputs. None: they are told.
pub type Way = Option<OutputKind>;

pub const WAYS: [Way; 3] = [Some(OutputKind::CoreModule), Some(OutputKind::Component), None];

/// What grows, and how.
pub struct Shape {
    /// What there are n of.
    pub name: &'static str,
    /// The first n that is worth a look.
    first: usize,
    make: Make,
    steps: fn(usize) -> usize,
}

#[derive(Clone, Copy)]
enum Make {
    One(fn(usize) -> Vec<u8>),
    Several(fn(usize) -> Made),
}

/// Inputs, and how they are composed if there are several.
#[derive(Default)]
pub struct Made {
    pub inputs: Vec<Vec<u8>>,
    /// A document, in which they are the packages `a:i0`, `a:i1` and so on.
    pub wac: Option<String>,
    pub in_order: bool,
    pub stub: Vec<String>,
}

impl Made {
    fn of(inputs: impl IntoIterator<Item = Vec<u8>>) -> Made {
        Made { inputs: inputs.into_iter().collect(), ..Made::default() }
    }

    /// How many there are of the inputs and the document together.
    pub fn bytes(&self) -> usize {
        self.inputs.iter().map(Vec::len).sum::<usize>() + self.wac.as_ref().map_or(0, String::len)
    }

    /// Whether composing is part of what is done with them.
    pub fn composed(&self) -> bool {
        self.inputs.len() > 1 || self.wac.is_some() || !self.stub.is_empty()
    }
}

impl Shape {
    const fn new(name: &'static str, first: usize, make: fn(usize) -> Vec<u8>) -> Shape {
        Shape { name, first, make: Make::One(make), steps: |_| 0 }
    }

    /// One of several inputs.
    const fn several(name: &'static str, first: usize, make: fn(usize) -> Made) -> Shape {
        Shape { name, first, make: Make::Several(make), steps: |_| 0 }
    }

    /// One whose n things have n things each.
    const fn squared(name: &'static str, first: usize, make: fn(usize) -> Vec<u8>) -> Shape {
        Shape { steps: |n| n * n, ..Shape::new(name, first, make) }
    }

    /// The steps of instantiation that n takes, where there are more of them than there are items.
    pub fn steps(&self, n: usize) -> usize {
        (self.steps)(n)
    }

    /// Goes each way with n doubled again and again, until `goes_on` says no to it.
    pub fn doubled(&self, mut goes_on: impl FnMut(Way, usize, &Made) -> bool) {
        let mut ways = WAYS.to_vec();
        let mut n = self.first;
        while !ways.is_empty() {
            // Once for all ways: making them can take longer than what is done with them.
            let made = self.make(n);
            ways.retain(|way| goes_on(*way, n, &made));
            n *= 2;
        }
    }

    /// The inputs of this n.
    fn make(&self, n: usize) -> Made {
        match self.make {
            Make::One(make) => Made::of([make(n)]),
            Make::Several(make) => make(n),
        }
    }
}

pub fn all() -> impl Iterator<Item = &'static Shape> {
    let of_one = [core::SHAPES, structure::SHAPES, naming::SHAPES, types::SHAPES, meeting::SHAPES];
    of_one.into_iter().chain([tasks::SHAPES, several::SHAPES]).flatten()
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
