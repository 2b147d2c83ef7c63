//! What is valid and refused: each with its name and its place.

use super::{refusal, with_plan};
use crate::error::Code;

fn refused(text: &str, name: &str) {
    let error = refusal(text);
    assert_eq!(error.code, Code::Unsupported, "{error}");
    assert!(error.message.contains(name), "{error}");
    assert!(error.offset.is_some(), "{error}");
}

#[test]
fn built_ins_outside_the_supported_set() {
    for (text, name) in [
        ("(core func (canon thread.index))", "thread.index"),
        ("(core func (canon thread.suspend))", "thread.suspend"),
        ("(core func (canon error-context.drop))", "error-context.drop"),
    ] {
        refused(&format!("(component {text})"), &format!("`canon {name}`"));
    }
}

#[test]
fn a_lift_that_needs_a_stack_of_its_own() {
    refused(
        r#"(component
            (core module $m (func (export "f")))
            (core instance $i (instantiate $m))
            (func (export "f") async (canon lift (core func $i "f") async)))"#,
        "`canon lift` with the option `async` and without `callback`",
    );
}

#[test]
fn types_outside_the_supported_set() {
    refused(r#"(component (import "f" (func (param "x" (list error-context)))))"#, "`error-context`");
    refused(r#"(component (type $t (stream error-context)) (export "t" (type $t)))"#, "`error-context`");
}

#[test]
fn types_that_nothing_uses_pass() {
    with_plan(
        r#"(component
            (type $s (stream u8))
            (type (record (field "x" $s)))
            (type (func async))
            (type (component (import "x" (core module)))))"#,
        |plan| assert!(plan.exports.is_empty()),
    );
}

#[test]
fn a_component_that_is_never_instantiated_passes() {
    with_plan(r#"(component (component (core func (canon task.cancel))))"#, |plan| {
        assert_eq!(plan.instances.len(), 1)
    });
}

#[test]
fn imports_that_are_not_known_before_run_time() {
    for (text, name) in [
        (r#"(import "m" (core module))"#, "an imported core module"),
        (r#"(import "c" (component))"#, "an imported component"),
        (r#"(import "i" (instance (export "m" (core module))))"#, "an imported core module"),
        (r#"(import "i" (instance (export "c" (component))))"#, "an imported component"),
        (r#"(import "v" (value $v u8)) (export "v" (value $v))"#, "an imported value"),
    ] {
        let text = format!("(component {text})");
        refused(&text, name);
        assert!(refusal(&text).hint.is_some_and(|hint| hint.contains("before run time")));
    }
}

#[test]
fn a_start_function() {
    refused(r#"(component (import "f" (func $f)) (start $f))"#, "start function");
}

#[test]
fn the_path_leads_to_the_construct() {
    let error = refusal(
        r#"(component
            (component)
            (component $c (component $d (core func (canon thread.index))) (instance (instantiate $d)))
            (instance (instantiate $c)))"#,
    );
    assert_eq!(error.path, ["component 1", "component 0"]);
    let error =
        refusal(r#"(component (import "a:b/c" (instance (export "x" (func (param "e" error-context))))))"#);
    assert_eq!(error.path, [r#"import "a:b/c""#, r#"export "x""#]);
}
