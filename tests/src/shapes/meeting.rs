//! What meets at boundaries: so many of one thing and so many of another one, so that each pair could become
//! code of its own. In: how many. Out: the component. Not its job: whether what comes of it is bounded.

use super::Shape;

/// The text for a size.
pub type Make = fn(usize) -> String;

pub const SHAPES: &[Shape] = &[
    Shape::squared("lowers with a realloc each, of a function with n list types", 20, |n| binary(lowers(n))),
    Shape::squared("lifts with a realloc each, with n list types", 20, |n| binary(lifts(n))),
    Shape::squared("lowers with a realloc each, of a function that gives a string", 50, |n| {
        binary(strings(n))
    }),
    Shape::squared("lowers of a function with 900 parameters", 5, |n| binary(parameters(n))),
    Shape::squared("lowers of a function with large flat parameters", 20, |n| binary(flat(n))),
    Shape::squared("fields of a variant with n cases", 50, |n| binary(variants(n))),
    Shape::squared("fields of an enum with n labels", 50, |n| binary(enums(n))),
    Shape::squared("lowers of a function with names of 5 n bytes", 20, |n| binary(names(n))),
    Shape::squared("lowers of a function that borrows, with n types", 20, |n| binary(borrows(n))),
    Shape {
        // Each type is as many definitions as it has digits, and each instance has all of them.
        steps: |n| n * n * (n.ilog2() as usize + 1),
        ..Shape::new("instances that pass a variant of n types", 10, |n| binary(instances(n)))
    },
    Shape::squared("instances with a memory each, and n list types", 10, |n| binary(memories(n))),
    Shape::squared("exports of one function with 900 parameters", 20, |n| binary(exports(n))),
];

fn binary(text: String) -> Vec<u8> {
    wat::parse_str(text).expect("the text of a shape")
}

/// A function that one component lifts and another one lowers, many times.
struct Boundary {
    /// Types around both.
    types: String,
    /// A type that both know as `$x`; none for a resource type of the first one.
    x: Option<String>,
    /// Its parameters and its result.
    ty: String,
    /// How often it is lifted, each time with a realloc of its own.
    lifts: usize,
    /// How many core parameters what is lifted has, and what is lowered: i32.
    params: [usize; 2],
    /// The core result of what is lifted: an i32 or none.
    result: bool,
    /// How often it is lowered, and with how many reallocs.
    lowers: usize,
    reallocs: usize,
}

impl Boundary {
    /// Parameters that pass through memory, with as many lifts as lowers.
    fn of_params(types: String, ty: String, count: usize) -> Boundary {
        let (params, x) = ([1, 1], Some("(list u8)".into()));
        Boundary { types, x, ty, lifts: count, params, result: false, lowers: count, reallocs: 1 }
    }

    /// The same of one lift, and a result, so that no two lowers are the same.
    fn of_both(types: String, ty: String, lowers: usize) -> Boundary {
        let ty = format!("{ty} (result (list u8))");
        let (params, result) = ([1, 2], true);
        Boundary { lifts: 1, params, result, reallocs: lowers, ..Boundary::of_params(types, ty, lowers) }
    }

    /// A result that passes through memory.
    fn of_result(types: String, ty: String, lowers: usize, reallocs: usize) -> Boundary {
        let (params, x) = ([0, 1], Some("(list u8)".into()));
        Boundary { types, x, ty, lifts: 1, params, result: true, lowers, reallocs }
    }

    fn text(&self) -> String {
        let functions = each(self.lifts, |n| format!(r#"(with "f{n}" (func $a "f{n}"))"#));
        let x = self.x.as_ref().map(|x| format!("(type $x0 {x})")).unwrap_or_default();
        format!(
            r#"(component {} {x} {} {}
                (instance $a (instantiate $callee))
                (instance $b (instantiate $caller (with "x" (type $a "x")) {functions}))
                (export "run" (func $b "run")))"#,
            self.types,
            self.callee(),
            self.caller()
        )
    }

    fn callee(&self) -> String {
        let params = "i32 ".repeat(self.params[0]);
        let (result, zero) = if self.result { ("(result i32)", "i32.const 0") } else { ("", "") };
        let module = module(self.lifts, &format!(r#"(func (export "f") (param {params}) {result} {zero})"#));
        let lifts = each(self.lifts, |n| {
            format!(r#"(func (export "f{n}") (type $f) (canon lift (core func $c "f") {}))"#, options(n))
        });
        let ty = &self.ty;
        let x = if self.x.is_some() { "" } else { "(type $x0 (resource (rep i32)))" };
        format!(
            r#"(component $callee {x} (export $x "x" (type $x0)) (type $f (func {ty})) {module} {lifts})"#
        )
    }

    fn caller(&self) -> String {
        let Boundary { ty, lifts, lowers, reallocs, .. } = self;
        let functions = each(*lifts, |n| format!(r#"(import "f{n}" (func $f{n} (type $f)))"#));
        let lower = each(*lowers, |n| {
            format!("(core func $l{n} (canon lower (func $f{}) {}))", n % lifts, options(n % reallocs))
        });
        let x = if self.x.is_some() { "(eq $x0)" } else { "(sub resource)" };
        format!(
            r#"(component $caller (import "x" (type $x {x})) (type $f (func {ty})) {functions}
                {} {lower} {} (func (export "run") (canon lift (core func $run "run"))))"#,
            module(*reallocs, ""),
            self.calls()
        )
    }

    /// A core module that calls whatever is lowered.
    fn calls(&self) -> String {
        let params = "i32 ".repeat(self.params[1]);
        let zeros = "(i32.const 0)".repeat(self.params[1]);
        let imports = each(self.lowers, |n| format!(r#"(import "" "{n}" (func (param {params})))"#));
        let calls = each(self.lowers, |n| format!("{zeros} call {n} "));
        let given = each(self.lowers, |n| format!(r#"(export "{n}" (func $l{n}))"#));
        format!(
            r#"(core module $run {imports} (func (export "run") {calls}))
            (core instance $run (instantiate $run (with "" (instance {given}))))"#
        )
    }
}

/// Text for each number, one after the other.
fn each(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

/// A core module with a memory, functions `r0` and so on that could be reallocs, and this.
fn module(reallocs: usize, more: &str) -> String {
    let reallocs = each(reallocs, |n| {
        format!(r#"(func (export "r{n}") (param i32 i32 i32 i32) (result i32) (i32.const {}))"#, n * 8)
    });
    format!(
        r#"(core module $m (memory (export "m") 1) {reallocs} {more}) (core instance $c (instantiate $m))"#
    )
}

fn options(realloc: usize) -> String {
    format!(r#"(memory (core memory $c "m")) (realloc (core func $c "r{realloc}"))"#)
}

/// Types that are all different, `$t0` and so on: the number in binary, as options and tuples of a char.
fn different(count: usize, outermost: &str) -> String {
    each(count, |n| {
        let (mut inner, mut text) = ("char".to_string(), String::new());
        for (digit, bit) in format!("{:b}", n + 1).bytes().enumerate() {
            let kind = if bit == b'1' { "option" } else { "tuple" };
            text += &format!("(type $t{n}-{digit} ({kind} {inner}))");
            inner = format!("$t{n}-{digit}");
        }
        format!("{text}(type $t{n} ({outermost} {inner}))")
    })
}

/// All of these as one type, `$all`.
fn tuple(count: usize, outermost: &str) -> String {
    format!("{} (type $all (tuple {}))", different(count, outermost), each(count, |n| format!("$t{n} ")))
}

pub fn lowers(n: usize) -> String {
    Boundary::of_result(tuple(n, "list"), "(result $all)".into(), n, n).text()
}

pub fn lifts(n: usize) -> String {
    Boundary::of_params(tuple(n.max(20), "list"), r#"(param "p" $all)"#.into(), n).text()
}

pub fn strings(n: usize) -> String {
    Boundary::of_result(String::new(), "(result string)".into(), n, n).text()
}

/// As many parameters as there may be, nearly, each of some size.
fn many_parameters(ty: &str) -> String {
    each(900, |n| format!(r#"(param "p{n}" {ty})"#))
}

const SOME: &str = "(type $some (tuple char bool char bool char bool char bool char bool))";

pub fn parameters(n: usize) -> String {
    Boundary::of_both(SOME.into(), many_parameters("$some"), n).text()
}

pub fn flat(n: usize) -> String {
    let types =
        different(5, "tuple") + "(type $r0 (result $t0 (error $t1))) (type $r1 (result $r0 (error $t2)))";
    let types = types + "(type $r2 (result $r1 (error $t3))) (type $r3 (result $r2 (error $r0)))";
    let ty = each(2, |n| format!(r#"(param "p{n}" $r3)"#));
    Boundary { params: [12, 13], ..Boundary::of_both(types, ty, n) }.text()
}

fn variants(n: usize) -> String {
    let cases = each(n, |n| format!(r#"(case "c{n}" {})"#, ["char", "bool", ""][n % 3]));
    let ty = format!(r#"(param "p" (tuple {}))"#, "$x ".repeat(n));
    Boundary { x: Some(format!("(variant {cases})")), ..Boundary::of_params(String::new(), ty, 1) }.text()
}

fn enums(n: usize) -> String {
    let labels = each(n, |n| format!(r#""l{n}" "#));
    let ty = format!(r#"(param "p" (tuple {}))"#, "$x ".repeat(n));
    Boundary { x: Some(format!("(enum {labels})")), ..Boundary::of_params(String::new(), ty, 1) }.text()
}

fn names(n: usize) -> String {
    let ty = each(20, |i| format!(r#"(param "p{i}-{}" u32)"#, "n".repeat(5 * n)));
    Boundary::of_both(String::new(), ty, n).text()
}

pub fn borrows(n: usize) -> String {
    let ty = r#"(param "p" $all) (param "q" (borrow $x))"#.into();
    // What is borrowed stands beside the types, and the call has to look for it among them.
    Boundary { x: None, ..Boundary::of_both(tuple(n.max(20), "list"), ty, n) }.text()
}

/// Instances that each pass on what they are given, `$x`, to the one before. Some types stand around them,
/// some in each; in `x` the resource type `$r` may stand. `memory` is whether it lies in memory.
fn chain(count: usize, (around, inside): (&str, &str), x: &str, params: usize, memory: bool) -> String {
    let types = format!("{inside} (type $x {x})");
    let (params, args) = ("i32 ".repeat(params), "(i32.const 0)".repeat(params));
    let instances = each(count, |n| {
        let before = if n == 0 { "$z".to_string() } else { format!("$i{}", n - 1) };
        format!(
            r#"(instance $i{n} (instantiate $a (with "r" (type $r)) (with "x" (type $x)) (with "f" (func {before} "f"))))"#
        )
    });
    let (module, options) = if memory { (module(1, ""), options(0)) } else { Default::default() };
    let component = |name: &str, body: &str, lift: &str| {
        format!(
            r#"(component ${name} (import "r" (type $r (sub resource))) {types} (import "x" (type $y (eq $x)))
                (import "f" (func $f (param "p" $y))) {module}
                (core func $l (canon lower (func $f) {options}))
                (core module $n (import "" "f" (func $f (param {params}))) {body})
                (core instance $d (instantiate $n (with "" (instance (export "f" (func $l))))))
                (func (export "f") {lift}))"#
        )
    };
    let lift = |to: &str| format!(r#"(param "p" $y) (canon lift (core func {to} "f") {options})"#);
    format!(
        r#"(component {around}
            (component $z (type $r0 (resource (rep i32))) (export $r "r" (type $r0)) {types} (export $y "x" (type $x))
                {module} (core module $n (func (export "f") (param {params})))
                (core instance $d (instantiate $n)) (func (export "f") {}))
            {} {}
            (instance $z (instantiate $z)) (alias export $z "r" (type $r)) (alias export $z "x" (type $x))
            {instances}
            (instance $last (instantiate $last (with "r" (type $r)) (with "x" (type $x)) (with "f" (func $i{} "f"))))
            (export "f" (func $last "f")))"#,
        lift("$d"),
        component("a", r#"(export "f" (func $f))"#, &lift("$d")),
        component(
            "last",
            &format!(r#"(func (export "f") {args} call $f)"#),
            r#"(canon lift (core func $d "f"))"#
        ),
        count - 1
    )
}

fn instances(n: usize) -> String {
    let types = different(n, "tuple").replace("char", "(own $r)");
    let cases = each(n, |n| format!(r#"(case "c{n}" $t{n})"#));
    // The variant's discriminant, those of the options, and a handle.
    let flat = (1..=n).map(|n| n.count_ones()).max().unwrap_or(0) as usize + 2;
    chain(n, ("", &types), &format!("(variant {cases})"), flat, false)
}

/// So many list types; of instances there can be fewer.
pub fn memories(n: usize) -> String {
    let types = tuple(n, "list");
    chain(n.min(45), (&types, "(alias outer 1 $all (type $all))"), "(tuple $all)", 1, true)
}

fn exports(n: usize) -> String {
    let names = each(n, |n| format!(r#"(export "f{n}" (func $f))"#));
    format!(
        r#"(component {}
            (func $f {} (canon lift (core func $c "f") {})) {names})"#,
        module(1, r#"(func (export "f") (param i32))"#),
        many_parameters("(tuple char u8)"),
        options(0)
    )
}
