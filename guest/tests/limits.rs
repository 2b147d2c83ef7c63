//! Components that are valid, and whose fused form would not be: the validator's limits are for what is said once
//! there, and twice here. In: components near these limits. Out: what they are
//! refused with.

use meld_fuser::{Code, Input, Options, OutputKind, fuse};

fn refusal(text: &str) -> String {
    let result = |output| fuse(vec![Input::new("input", text)], Options { output, ..Options::default() });
    assert!(result(OutputKind::CoreModule).is_ok(), "a core module has no such limit");
    let error = result(OutputKind::Component).expect_err("too large");
    assert_eq!(error.code, Code::LimitExceeded, "{error}");
    error.message
}

const LIFT: &str = "(core module $m (func (export \"f\")))
    (core instance $c (instantiate $m))
    (func $f (canon lift (core func $c \"f\")))";

#[test]
fn exported_instances() {
    let export = |n| format!("(export \"e{n}\" (instance $i))");
    let exports: String = (0..500).map(export).collect();
    let message = refusal(&format!("(component {LIFT} (instance $i (export \"f\" (func $f))) {exports})"));
    assert!(message.ends_with("instances count exceeds limit of 1000"), "{message}");
}

#[test]
fn types() {
    // A tuple of 2^18 leaves.
    let mut tuples = String::from("(type $t0 (tuple u8 u8))");
    for n in 1..18 {
        let inner = n - 1;
        tuples += &format!("(type $t{n} (tuple $t{inner} $t{inner}))");
    }
    let message = refusal(&format!(
        "(component {tuples}
            (core module $m
                (memory (export \"m\") 1)
                (func (export \"r\") (param i32 i32 i32 i32) (result i32) (i32.const 0))
                (func (export \"f\") (param i32)))
            (core instance $c (instantiate $m))
            (func $f (param \"p\" $t17)
                (canon lift (core func $c \"f\") (memory $c \"m\") (realloc (func $c \"r\"))))
            (instance $i (export \"f\" (func $f)))
            (export \"i\" (instance $i)))"
    ));
    assert!(message.contains("effective type size exceeds the limit of"), "{message}");
}

/// Each exported function has one for `post-return`, too, so that there are twice as many in the core module.
#[test]
fn exports() {
    let exports: String = (0..400_000).map(|n| format!("(export \"e{n}\" (func $f))")).collect();
    let lift = LIFT.replace(r#"(core func $c "f")"#, r#"(core func $c "f") (post-return (func $c "f"))"#);
    let text = format!("(component {lift} {exports})");
    let error = fuse(vec![Input::new("input", text.as_str())], Options::default()).expect_err("too large");
    assert_eq!(error.code, Code::LimitExceeded, "{error}");
    assert!(error.message.contains("effective type size exceeds the limit of"), "{error}");
}
