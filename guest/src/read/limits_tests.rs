//! Components and types that nest, and types that are named again and again. In: nothing. Out: whether they are
//! read up to the limits, and refused past them.

use super::limits;
use super::tests::{binary, error, read};
use crate::error::Code;

#[test]
fn components_nest_only_so_deep() {
    // The text parser has a limit of its own, so these are bytes.
    let nest = |depth: usize| {
        let mut component = wasm_encoder::Component::new();
        for _ in 0..depth {
            let mut outer = wasm_encoder::Component::new();
            outer.section(&wasm_encoder::NestedComponentSection(&component));
            component = outer;
        }
        component.finish()
    };
    assert!(read(&nest(limits::COMPONENT_DEPTH)).is_ok());
    assert_eq!(error(&nest(limits::COMPONENT_DEPTH + 1)).code, Code::LimitExceeded);
}

#[test]
fn component_types_nest_only_so_deep() {
    // Bytes again: each type holds the next.
    let nest = |depth: usize| {
        let mut section = vec![1];
        for _ in 0..depth {
            section.extend([0x41, 1, 1]);
        }
        section.push(0x7f);
        let mut bytes = b"\0asm\x0d\0\x01\0\x07".to_vec();
        let mut len = section.len();
        loop {
            let more = len >> 7 != 0;
            bytes.push((len & 0x7f) as u8 | if more { 0x80 } else { 0 });
            len >>= 7;
            if !more {
                break;
            }
        }
        bytes.extend(section);
        bytes
    };
    assert!(read(&nest(limits::COMPONENT_DEPTH)).is_ok());
    assert_eq!(error(&nest(limits::COMPONENT_DEPTH + 1)).code, Code::LimitExceeded);
    assert_eq!(error(&nest(1_000_000)).code, Code::LimitExceeded);
}

/// Types of instances, each with one of the one before.
fn instance_types(depth: usize) -> String {
    let more = (1..depth).map(|n| {
        let before = n - 1;
        format!(
            r#"(type $t{n} (instance (alias outer 1 $t{before} (type $x)) (export "x" (instance (type $x)))))"#
        )
    });
    format!("(type $t0 (instance)) {}", more.collect::<String>())
}

/// wasmparser panics where they do.
#[test]
fn types_of_any_sort_nest_only_so_deep() {
    let types = instance_types;
    let nested = |depth: usize| format!("(type (component {}))", instance_types(depth));
    let bundles = |depth: usize| {
        let more = (1..depth).map(|n| format!(r#"(instance $i{n} (export "x" (instance $i{})))"#, n - 1));
        let more = more.collect::<String>();
        format!("(component $c) (instance $i0 (instantiate $c)) {more}")
    };
    for text in [&types as &dyn Fn(usize) -> String, &nested, &bundles] {
        let component = |depth: usize| binary(&format!("(component {})", text(depth)));
        assert!(read(&component(limits::TYPE_NESTING - 1)).is_ok());
        let refused = error(&component(limits::TYPE_NESTING + 1));
        assert_eq!(refused.code, Code::LimitExceeded, "{refused:?}");
        assert!(refused.offset.is_some());
        // What refers to such a type from another section, and from further in.
        let deep = text(limits::TYPE_NESTING - 1);
        let inner = instance_types(limits::TYPE_NESTING - 1).replace("(type $t0 (instance))", "");
        if deep.starts_with("(type $t0") {
            let outer = format!("(alias outer 1 $t{} (type $t0))", limits::TYPE_NESTING - 2);
            let text = format!("(component {deep} (component $c) (type (component {outer} {inner})))");
            assert_eq!(error(&binary(&text)).code, Code::LimitExceeded);
        }
    }
}

/// wasmparser makes new types where it compares those of instances.
#[test]
fn an_item_has_only_so_many_instances() {
    // Each has two of the one before.
    let component = |depth: usize| {
        let more = (1..depth).map(|n| {
            let before = n - 1;
            format!(
                r#"(type $t{n} (instance (alias outer 1 $t{before} (type $x))
                    (export "x" (instance (type $x))) (export "y" (instance (type $x)))))"#
            )
        });
        binary(&format!("(component (type $t0 (instance)) {})", more.collect::<String>()))
    };
    // 2^n - 1 of them.
    let most = limits::INSTANCE_TYPES.ilog2() as usize;
    assert!(read(&component(most)).is_ok());
    let refused = error(&component(most + 1));
    assert_eq!(refused.code, Code::LimitExceeded, "{refused:?}");
    assert!(refused.offset.is_some());
}

/// wasmparser goes through a type that is named again and again each time.
#[test]
fn types_are_written_out_only_so_often() {
    let pairs = |name: &str| {
        let more = (1..17).map(|n| format!("(type ${name}{n} (tuple ${name}{0} ${name}{0}))", n - 1));
        format!("(type ${name}0 (tuple u8 u8)) {}", more.collect::<String>())
    };
    // 2^18 types each time.
    let most = (limits::TYPE_STEPS >> 18) as usize;
    let instances = |count: usize| {
        let instances = r#"(instance (instantiate $C (with "f" (func $f))))"#.repeat(count);
        format!(
            r#"{} (import "f" (func $f (param "p" $a16)))
            (component $C {} (import "f" (func (param "p" $b16)))) {instances}"#,
            pairs("a"),
            pairs("b")
        )
    };
    // One component can have three items with such a type: the validator keeps to a million.
    let components = |count: usize, item: &dyn Fn(usize) -> String| {
        let function = r#"(type $f (func (param "p" $a16)))"#;
        let items = (0..3.min(count)).map(item).collect::<String>();
        format!("{} {function} {items})", pairs("a"))
            .repeat(count.div_ceil(3))
            .replace("(type $a0", "(component (type $a0")
    };
    let imports = |count: usize| components(count, &|n| format!(r#"(import "f{n}" (func (type $f)))"#));
    let exports = |count: usize| {
        let export = |n: usize| match n {
            0 => r#"(import "f" (func $f (type $f)))"#.to_string(),
            n => format!(r#"(export "f{n}" (func $f))"#),
        };
        components(count, &export)
    };
    let types = |count: usize| {
        let types = r#"(type (func (param "p" $a16)))"#.repeat(count);
        format!("{} {types}", pairs("a"))
    };
    for text in [&instances as &dyn Fn(usize) -> String, &imports, &exports, &types] {
        let component = |count: usize| binary(&format!("(component {})", text(count)));
        assert!(read(&component(2)).is_ok());
        let refused = error(&component(2 * most));
        assert_eq!(refused.code, Code::LimitExceeded, "{refused:?}");
        assert!(refused.offset.is_some());
    }
}

#[test]
fn value_types_nest_only_so_deep() {
    let nest = |depth: usize| {
        let lists = (1..depth).map(|level| format!("(type (list {}))", level - 1));
        binary(&format!("(component (type string) {})", lists.collect::<String>()))
    };
    assert!(read(&nest(limits::TYPE_DEPTH)).is_ok());
    let error = error(&nest(limits::TYPE_DEPTH + 1));
    assert_eq!(error.code, Code::Invalid);
    assert!(error.message.contains("type nesting is too deep"), "{error}");
}
