//! What is refused since wac would take too long for it.

use super::compose;
use super::tests::{exports_func, input};
use crate::error::{Code, Error};
use crate::interface::{Composing, Input, WacSource};

/// An input that has these imports, of instances of the type `$t` or functions of the type `$f`, and what
/// exports the instance `m` that it imports too.
fn beside(imports: &str) -> Vec<Input> {
    let text = format!(
        r#"(component (type $t (instance (export "f" (func)))) (import "m" (instance $m (type $t)))
            (type $f (func)) {imports}
            (export "out" (instance $m)))"#
    );
    vec![input("one", &text), input("other", &exports_func("m", ""))]
}

fn many(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect()
}

fn refused(inputs: Vec<Input>, composing: &Composing) -> Error {
    let error = compose(inputs, composing).map(drop).expect_err("too much");
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");
    error
}

#[test]
fn a_composition_has_a_thousand_inputs() {
    let inputs: Vec<Input> = (0..1001).map(|n| Input::new(format!("{n}"), "(component)")).collect();
    let error = refused(inputs, &Composing::default());
    assert_eq!(error.message, "inputs of a composition: the limit is 1000");
}

#[test]
fn so_many_exports_are_looked_at_for_imports() {
    let composed = |count: usize| {
        let mut inputs =
            beside(&many(count, |n| format!(r#"(import "a:b/c@1.0.{n}" (instance (type $t)))"#)));
        let exports = many(count, |n| format!(r#"(export "a:b/c@1.1.{n}" (instance $e))"#));
        let text = exports_func("m", "").replacen(r#"(export "m" (instance $e))"#, &exports, 1);
        inputs.push(input("exporter", &text));
        compose(inputs, &Composing::default()).map(drop).expect_err("each import has a choice")
    };
    assert_eq!(composed(400).code, Code::AmbiguousImport);
    let error = composed(500);
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");
    assert!(error.message.starts_with("exports that could meet imports"), "{error}");
}

/// Each of the very name is found at once, whatever else would do.
#[test]
fn an_export_of_the_very_name_is_all_that_is_looked_at() {
    let mut inputs = beside(&many(480, |n| format!(r#"(import "a:b/c@1.0.{n}" (instance (type $t)))"#)));
    let exports = many(480, |n| format!(r#"(export "a:b/c@1.0.{n}" (instance $e))"#));
    let text = exports_func("m", "").replacen(r#"(export "m" (instance $e))"#, &exports, 1);
    inputs.push(input("exporter", &text));
    assert!(compose(inputs, &Composing::default()).is_ok());
}

#[test]
fn an_input_has_so_many_imports() {
    let inputs = beside(&many(20_000, |n| format!(r#"(import "i{n}" (func (type $f)))"#)));
    let error = refused(inputs, &Composing::default());
    assert!(error.message.starts_with("the imports and exports of each instance, squared"), "{error}");
    assert!(error.hint.is_some());
}

#[test]
fn so_do_the_instances_of_a_document() {
    let imports = many(2000, |n| format!(r#"(import "i{n}" (func (type $f)))"#));
    let composed = |instances: usize| {
        let text =
            format!("package a:doc; {}", many(instances, |n| format!("let i{n} = new a:one {{ ... }};")));
        let wac = Some(WacSource { name: "document".into(), text });
        compose(beside(&imports).into_iter().take(1).collect(), &Composing { wac, ..Composing::default() })
    };
    assert!(composed(2).is_ok());
    assert_eq!(composed(100).map(drop).expect_err("too many").code, Code::LimitExceeded);
}

#[test]
fn a_document_has_a_thousand_instances() {
    let text = format!("package a:doc; {}", many(1001, |n| format!("let i{n} = new a:other {{}};")));
    let wac = Some(WacSource { name: "document".into(), text });
    let inputs = vec![input("other", &exports_func("m", ""))];
    let error = refused(inputs, &Composing { wac, ..Composing::default() });
    assert_eq!(error.message, "instances of a composition: the limit is 1000");
}

#[test]
fn a_document_spreads_so_many_exports() {
    let composed = |count: usize| {
        let imports = many(count, |n| format!(r#"(import "a:b/i{n}@1.0.0" (func (type $f)))"#));
        let exports = many(count, |n| format!(r#"(export "a:b/i{n}@1.0.1" (func $f))"#));
        let text = exports_func("m", "").replacen(r#"(export "m" (instance $e))"#, &exports, 1);
        let mut inputs: Vec<Input> = beside(&imports).into_iter().take(1).collect();
        inputs.push(input("exporter", &text));
        let text = "package a:doc; let e = new a:exporter {}; let i = new a:one { ...e, ... };".to_string();
        compose(
            inputs,
            &Composing { wac: Some(WacSource { name: "document".into(), text }), ..Composing::default() },
        )
    };
    assert!(composed(100).is_ok());
    let error = composed(5000).map(drop).expect_err("too many");
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");
    assert!(error.message.starts_with("imports of a document's instances, times exports"), "{error}");
}

#[test]
fn so_many_imports_have_versions() {
    let inputs = beside(&many(5000, |n| format!(r#"(import "a:b/i{n}@1.0.0" (func (type $f)))"#)));
    let error = refused(inputs, &Composing::default());
    assert!(
        error.message.starts_with("imports of a composition, times those that have a version"),
        "{error}"
    );
    let inputs = beside(&many(5000, |n| format!(r#"(import "a:b/i{n}@1.0.0" (func (type $f)))"#)));
    let stub = vec!["a:b/*".to_string()];
    let error = refused(inputs, &Composing { stub, ..Composing::default() });
    assert!(
        error.message.starts_with("imports of a composition, times those that have a version"),
        "{error}"
    );
    let inputs = beside(&many(5000, |n| format!(r#"(import "a:b/i{n}" (func (type $f)))"#)));
    assert!(compose(inputs, &Composing::default()).is_ok());
}

#[test]
fn functions_outside_of_interfaces_have_so_many_types() {
    let composed = |functions: usize| {
        let params = many(1000, |n| format!(r#"(param "p{n}" $l)"#));
        let functions = many(functions, |n| format!(r#"(import "g{n}" (func (type $g)))"#));
        let exports = many(1000, |n| format!(r#"(export "f{n}" (func))"#));
        let text = format!(
            r#"(type $l (list u8)) (type $g (func {params})) (import "i" (instance {exports})) {functions}"#
        );
        compose(beside(&text), &Composing::default())
    };
    assert!(composed(2).is_ok());
    let error = composed(300).map(drop).expect_err("too many");
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");
    assert!(error.message.starts_with("types of imported functions, times what"), "{error}");
}

/// wac goes through an interface each time that another one uses one of its types.
#[test]
fn interfaces_use_each_other_in_so_many_ways() {
    let composed = |count: usize| {
        let interfaces = many(count, |n| {
            let used = n.checked_sub(1).map_or(String::new(), |n| {
                format!(r#"(export "t" (type (eq $t{n}))) (export "u" (type (eq $u{n})))"#)
            });
            format!(
                r#"(import "a:b/i{n}" (instance $i{n} {used} (type $v (record (field "a" u8))) (export "v" (type (eq $v)))
                    (type $w (record (field "b" u8))) (export "w" (type (eq $w)))))
                (alias export $i{n} "v" (type $t{n})) (alias export $i{n} "w" (type $u{n}))"#
            )
        });
        beside(&interfaces)
    };
    assert!(compose(composed(6), &Composing::default()).is_ok());
    let error = refused(composed(40), &Composing::default());
    assert!(error.message.contains("use types of each other in too many ways"), "{error}");
}
