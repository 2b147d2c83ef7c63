//! What a core module can have n of.

use super::{LIFT, Shape, component, join};
use wasm_encoder::{
    CodeSection, ComponentBuilder, ExportKind, ExportSection, Function, FunctionSection, Module, TypeSection,
    ValType,
};

pub const SHAPES: &[Shape] = &[
    Shape::new("core function types", 1000, |n| module(&join(n, function_type))),
    Shape::new("core array types", 1000, |n| {
        module(&join(n, |i| format!("(type (array (ref null {})))", i.saturating_sub(1))))
    }),
    Shape::new("core types in one recursion group", 1000, |n| {
        module(&format!(
            "(rec {})",
            join(n, |i| format!("(type $t{i} (array (ref null $t{})))", (i + 1) % n))
        ))
    }),
    Shape::new("core functions that nothing reaches", 1000, |n| module(&"(func)".repeat(n))),
    Shape::new("core functions that call each other", 1000, |n| {
        module(&format!(r#"{} (export "f" (func 0))"#, join(n, |i| format!("(func (call {}))", (i + 1) % n))))
    }),
    Shape::new("core functions with 50,000 locals", 1000, many_locals),
    Shape::new("calls in a function", 1000, |n| body(&"call 0 ".repeat(n))),
    Shape::new("labels of a br_table", 1000, |n| {
        body(&format!("i32.const 0 br_table {}", "0 ".repeat(n + 1)))
    }),
    Shape::new("blocks in each other", 1000, |n| {
        body(&format!("{}{}", "block ".repeat(n), "end ".repeat(n)))
    }),
    Shape::new("constants on the stack", 1000, |n| body(&format!("{}unreachable", "i32.const 0 ".repeat(n)))),
    Shape::new("globals that nothing reaches", 1000, |n| module(&"(global i32 (i32.const 0))".repeat(n))),
    Shape::new("globals that another module reads", 1000, globals),
    Shape::new("tags", 1000, |n| module(&"(tag)".repeat(n))),
    Shape::new("elements of a segment", 1000, |n| {
        module(&format!(
            r#"(table (export "t") {n} funcref) (elem (i32.const 0) func {}) (func $f)"#,
            "$f ".repeat(n)
        ))
    }),
    Shape::new("elements that are called", 1000, elements),
    Shape::new("passive element segments", 1000, |n| {
        module(&format!("(func $f) {}", "(elem func)".repeat(n)))
    }),
    Shape::new("passive data segments", 1000, |n| {
        module(&format!("(memory 1) {}", r#"(data "")"#.repeat(n)))
    }),
    Shape::new("bytes of data", 100_000, |n| {
        module(&format!(r#"(memory (export "m") 1) (data (i32.const 0) "{}")"#, "x".repeat(n)))
    }),
    Shape::new("exports of a core function", 1000, |n| {
        module(&format!("(func $f) {}", join(n, |i| format!(r#"(export "f{i}" (func $f))"#))))
    }),
    Shape::new("custom sections of a core module", 1000, |n| module(&r#"(@custom "x" "")"#.repeat(n))),
    Shape::new("core modules", 1000, |n| component(&"(core module)".repeat(n))),
    Shape::new("core instances of an empty module", 1000, |n| {
        component(&format!("(core module $m) {}", "(core instance (instantiate $m))".repeat(n)))
    }),
    Shape::squared("core instances with n imports each", 8, meetings),
    Shape::new("core types that a component defines", 1000, |n| component(&"(core type (func))".repeat(n))),
    Shape::new("types of core modules", 1000, |n| component(&"(core type (module))".repeat(n))),
    Shape::new("items of a core module's type", 1000, |n| {
        component(&format!(
            "(core type (module {}))",
            join(n, |i| format!(r#"(export "f{i}" (global i32))"#))
        ))
    }),
];

/// A component with an instance of this core module.
fn module(text: &str) -> Vec<u8> {
    component(&format!("(core module $m {text}) (core instance (instantiate $m))"))
}

/// One whose only function has this body.
fn body(instructions: &str) -> Vec<u8> {
    module(&format!(r#"(func (export "f") {instructions})"#))
}

/// The nth of different types: its parameters are the digits of n.
fn function_type(mut n: usize) -> String {
    let mut params = String::new();
    while n > 0 {
        params += ["i32 ", "i64 ", "f32 ", "f64 "][n % 4];
        n /= 4;
    }
    format!("(type (func (param {params})))")
}

/// Written out, each would be 200 KB of text.
fn many_locals(n: usize) -> Vec<u8> {
    let (mut types, mut functions, mut exports, mut code) =
        (TypeSection::new(), FunctionSection::new(), ExportSection::new(), CodeSection::new());
    types.ty().function([], []);
    for _ in 0..n {
        functions.function(0);
        let mut body = Function::new([(50_000, ValType::I32)]);
        body.instructions().call(0).end();
        code.function(&body);
    }
    exports.export("f", ExportKind::Func, n as u32 - 1);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&exports).section(&code);
    let mut builder = ComponentBuilder::default();
    let index = builder.core_module(None, &module);
    builder.core_instantiate(None, index, []);
    builder.finish()
}

fn globals(n: usize) -> Vec<u8> {
    let defined = join(n, |i| format!(r#"(global (export "g{i}") i32 (i32.const {i}))"#));
    let imported = join(n, |i| format!(r#"(import "" "g{i}" (global i32))"#));
    let read = join(n, |i| format!("global.get {i} drop "));
    component(&format!(
        r#"(core module $m {defined}) (core instance $c (instantiate $m))
        (core module $n {imported} (func (export "g") {read}))
        (core instance $d (instantiate $n (with "" (instance $c))))
        (func (export "g") (canon lift (core func $d "g")))"#
    ))
}

fn elements(n: usize) -> Vec<u8> {
    let calls = join(n, |i| format!("(drop (call_indirect (type $t) (i32.const {i})))"));
    component(&format!(
        r#"(core module $m (table (export "t") {n} funcref) (elem (i32.const 0) func {})
            (func $f (export "f") (result i32) i32.const 1))
        (core instance $c (instantiate $m))
        (core module $n (import "" "t" (table {n} funcref)) (type $t (func (result i32)))
            (func (export "g") {calls}))
        (core instance $d (instantiate $n (with "" (instance $c))))
        (func (export "g") (canon lift (core func $d "g")))"#,
        "$f ".repeat(n)
    ))
}

/// A module that exports n functions, and n instances of one that calls all of them.
fn meetings(n: usize) -> Vec<u8> {
    let exports = join(n, |i| format!(r#"(func (export "f{i}"))"#));
    let imports = join(n, |i| format!(r#"(import "" "f{i}" (func))"#));
    let calls = join(n, |i| format!("(call {i})"));
    let instances = join(n, |i| format!(r#"(core instance $d{i} (instantiate $n (with "" (instance $e))))"#));
    let lifts = join(n, |i| format!(r#"(func (export "g{i}") (canon lift (core func $d{i} "g")))"#));
    component(&format!(
        r#"{LIFT} (core module $many {exports}) (core instance $e (instantiate $many))
        (core module $n {imports} (func (export "g") {calls})) {instances} {lifts}"#
    ))
}
