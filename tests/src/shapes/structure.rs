//! What a component can have n of: components, instances, imports, exports, aliases, canonical definitions.

use super::{LIFT, Shape, calls, component, join, using};

pub const SHAPES: &[Shape] = &[
    Shape::new("components", 1000, |n| component(&"(component)".repeat(n))),
    Shape::new("instances of an empty component", 1000, |n| {
        component(&format!("(component $C) {}", "(instance (instantiate $C))".repeat(n)))
    }),
    Shape::new("custom sections of a component", 1000, |n| component(&r#"(@custom "x" "")"#.repeat(n))),
    Shape::new("aliases of a function", 1000, |n| {
        component(&format!(
            r#"{LIFT} (instance $i (export "g" (func $g))) {} (export "g" (func $g))"#,
            r#"(alias export $i "g" (func))"#.repeat(n)
        ))
    }),
    Shape::new("exports of a function", 1000, |n| {
        component(&format!("{LIFT} {}", join(n, |i| format!(r#"(export "e{i}" (func $g))"#))))
    }),
    Shape::new("exports of an instance", 50, |n| {
        component(&format!(
            r#"{LIFT} (instance $i (export "f" (func $g))) {}"#,
            join(n, |i| format!(r#"(export "e{i}" (instance $i))"#))
        ))
    }),
    Shape::squared("exports of an instance of n functions", 8, |n| {
        component(&format!(
            "{LIFT} (instance $i {}) {}",
            join(n, |i| format!(r#"(export "f{i}" (func $g))"#)),
            join(n, |i| format!(r#"(export "e{i}" (instance $i))"#))
        ))
    }),
    Shape::new("functions of an exported instance", 1000, |n| {
        component(&format!(
            r#"{LIFT} (instance $i {}) (export "e" (instance $i))"#,
            join(n, |i| format!(r#"(export "f{i}" (func $g))"#))
        ))
    }),
    Shape::new("imported functions that nothing calls", 1000, |n| {
        let imports = join(n, |i| format!(r#"(import "f{i}" (func (type $f)))"#));
        component(&format!("(type $f (func)) {imports}"))
    }),
    Shape::new("imported functions that are called", 1000, |n| {
        let imports = join(n, |i| {
            format!(r#"(import "f{i}" (func $i{i} (type $f))) (core func $l{i} (canon lower (func $i{i})))"#)
        });
        calls(n, &format!("(type $f (func)) {imports}"))
    }),
    Shape::new("imported instances", 50, |n| {
        calls(
            n,
            &join(n, |i| {
                format!(
                    r#"(import "i{i}" (instance $i{i} (export "f" (func))))
                (core func $l{i} (canon lower (func $i{i} "f")))"#
                )
            }),
        )
    }),
    Shape::new("functions of an imported instance", 1000, |n| {
        let functions = join(n, |i| format!(r#"(export "f{i}" (func))"#));
        let lowered = join(n, |i| format!(r#"(core func $l{i} (canon lower (func $i "f{i}")))"#));
        calls(n, &format!(r#"(import "i" (instance $i {functions})) {lowered}"#))
    }),
    Shape::new("lowered functions that nothing calls", 1000, |n| {
        component(&format!(
            r#"{LIFT} {} (export "g" (func $g))"#,
            "(core func (canon lower (func $g)))".repeat(n)
        ))
    }),
    Shape::new("lowered functions that are called", 1000, |n| {
        calls(n, &format!("{LIFT} {}", join(n, |i| format!("(core func $l{i} (canon lower (func $g)))"))))
    }),
    Shape::new("resource types", 500, resources),
    Shape::new("instances that call the one before", 100, chain),
    Shape::squared("instances that call all before them", 8, grid),
    Shape::squared("instances with n arguments", 8, |n| {
        let imports = join(n, |i| format!(r#"(import "f{i}" (func))"#));
        let arguments = join(n, |i| format!(r#"(with "f{i}" (func $g))"#));
        let instances = format!("(instance (instantiate $C {arguments}))").repeat(n);
        component(&format!("{LIFT} (component $C {imports}) {instances}"))
    }),
    Shape::squared("instances with one argument of n functions", 8, |n| {
        let functions = join(n, |i| format!(r#"(export "f{i}" (func $g))"#));
        let types = join(n, |i| format!(r#"(export "f{i}" (func))"#));
        let instances = r#"(instance (instantiate $C (with "i" (instance $i))))"#.repeat(n);
        component(&format!(
            r#"{LIFT} (instance $i {functions}) (component $C (import "i" (instance {types}))) {instances}"#
        ))
    }),
];

fn resources(n: usize) -> Vec<u8> {
    let types = join(n, |i| {
        format!(
            "(type $r{i} (resource (rep i32))) (core func $n{i} (canon resource.new $r{i}))
            (core func $d{i} (canon resource.drop $r{i}))"
        )
    });
    let imports = join(n, |i| {
        format!(
            r#"(import "" "n{i}" (func $n{i} (param i32) (result i32)))
            (import "" "d{i}" (func $d{i} (param i32)))"#
        )
    });
    let calls = join(n, |i| format!("(call $d{i} (call $n{i} (i32.const 0)))"));
    let arguments = join(n, |i| format!(r#"(export "n{i}" (func $n{i})) (export "d{i}" (func $d{i}))"#));
    using(&types, &imports, &calls, &arguments)
}

fn chain(n: usize) -> Vec<u8> {
    let instances = join(n, |i| {
        let before = if i == 0 { "$g".into() } else { format!(r#"$i{} "f""#, i - 1) };
        format!(r#"(instance $i{i} (instantiate $C (with "f" (func {before}))))"#)
    });
    component(&format!(
        r#"{LIFT} (component $C (import "f" (func $f)) (core func $l (canon lower (func $f)))
            (core module $m (import "" "f" (func)) (func (export "f") (call 0)))
            (core instance $c (instantiate $m (with "" (instance (export "f" (func $l))))))
            (func (export "f") (canon lift (core func $c "f"))))
        {instances} (export "f" (func $i{} "f"))"#,
        n - 1
    ))
}

fn grid(n: usize) -> Vec<u8> {
    let each = join(n, |i| {
        let imports = join(i, |j| {
            format!(r#"(import "f{j}" (func $f{j})) (core func $l{j} (canon lower (func $f{j})))"#)
        });
        let core_imports = join(i, |j| format!(r#"(import "" "f{j}" (func))"#));
        let calls = join(i, |j| format!("(call {j})"));
        let core_arguments = join(i, |j| format!(r#"(export "f{j}" (func $l{j}))"#));
        let arguments = join(i, |j| format!(r#"(with "f{j}" (func $i{j} "f"))"#));
        format!(
            r#"(component $C{i} {imports} (core module $m {core_imports} (func (export "f") {calls}))
                (core instance $c (instantiate $m (with "" (instance {core_arguments}))))
                (func (export "f") (canon lift (core func $c "f"))))
            (instance $i{i} (instantiate $C{i} {arguments}))"#
        )
    });
    component(&format!(r#"{each} (export "f" (func $i{} "f"))"#, n - 1))
}
