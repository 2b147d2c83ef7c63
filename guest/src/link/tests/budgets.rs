//! Inputs that are small and would make much.

use super::{evaluate, refusal_of, tree, with_plan};
use crate::error::Code;
use std::fmt::Write;
use std::time::{Duration, Instant};

fn refused_quickly(text: &str, what: &str) {
    let bytes = super::binary(text);
    let tree = tree(&bytes).unwrap_or_else(|error| panic!("{error}"));
    // The validator's time, which is long in a debug build, is not what this is about.
    let started = Instant::now();
    let error = evaluate(&tree).map(drop).expect_err("it is refused");
    assert!(started.elapsed() < Duration::from_secs(60), "it took {:?}", started.elapsed());
    assert_eq!(error.code, Code::LimitExceeded, "{error}");
    assert!(error.message.contains(what), "{error}");
}

/// `levels` components, each of which instantiates the one before it `times` times.
fn levels(levels: usize, times: usize) -> String {
    let mut text = "(component (component $c0)".to_string();
    for level in 1..levels {
        let below = level - 1;
        let _ = write!(text, "(component $c{level} (alias outer 1 $c{below} (component $c))");
        text.extend(std::iter::repeat_n("(instance (instantiate $c))", times));
        text.push(')');
    }
    let _ = write!(text, "(instance (instantiate $c{})))", levels - 1);
    text
}

#[test]
fn instantiation_that_doubles_at_each_level() {
    refused_quickly(&levels(40, 2), "component instances");
}

#[test]
fn deep_instantiation_has_short_labels() {
    // As deep as the validator's budget for components in one component lets it be.
    with_plan(&levels(999, 1), |plan| {
        assert_eq!(plan.instances.len(), 1_000);
        assert!(plan.instances.values().all(|instance| instance.label.len() < 300));
    });
}

#[test]
fn core_instances_past_the_budget() {
    let mut text = "(component (component $c (core module $m)".to_string();
    text.extend(std::iter::repeat_n("(core instance (instantiate $m))", 200));
    text.push(')');
    text.extend(std::iter::repeat_n("(instance (instantiate $c))", 51));
    text.push(')');
    refused_quickly(&text, "core instances");
}

#[test]
fn bytes_of_modules_past_the_budget() {
    // 2 MiB, 513 times.
    let data = "x".repeat(2 << 20);
    let mut text = format!(r#"(component (core module $m (@custom "x" "{data}"))"#);
    text.extend(std::iter::repeat_n("(core instance (instantiate $m))", 513));
    text.push(')');
    refused_quickly(&text, "bytes of core modules");
}

#[test]
fn exports_that_double_at_each_level() {
    let mut text = "(component (instance $i0)".to_string();
    for level in 1..40 {
        let below = level - 1;
        let _ = write!(
            text,
            r#"(instance $i{level} (export "a" (instance $i{below})) (export "b" (instance $i{below})))"#
        );
    }
    text.push_str(r#"(export "x" (instance $i39)))"#);
    let bytes = super::binary(&text);
    // The validator has a budget for the size of types, too.
    let code = match tree(&bytes) {
        Ok(_) => refusal_of(&bytes).code,
        Err(error) => error.code,
    };
    assert!(matches!(code, Code::LimitExceeded | Code::Invalid), "{code:?}");
}

#[test]
fn many_definitions_many_times() {
    let mut text = r#"(component (import "f" (func $f)) (component $c (import "f" (func $f))"#.to_string();
    for i in 0..3_000 {
        let _ = write!(text, r#"(export "f{i}" (func $f))"#);
    }
    text.push(')');
    text.extend(std::iter::repeat_n(r#"(instance (instantiate $c (with "f" (func $f))))"#, 900));
    text.push(')');
    refused_quickly(&text, "steps of instantiation");
}

#[test]
fn one_large_type_many_times() {
    let mut text = "(component (component $c (type (enum".to_string();
    for i in 0..9_999 {
        let _ = write!(text, r#" "c{i}""#);
    }
    text.push_str(")))");
    text.extend(std::iter::repeat_n("(instance (instantiate $c))", 900));
    text.push(')');
    refused_quickly(&text, "steps of instantiation");
}
