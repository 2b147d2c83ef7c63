//! What `inspect` and the options about resources say.

use super::inspection::Fusion;
use super::structure::{Component, Nested};
use super::{Inspection, check_opaque_rep, inspect};
use crate::error::{Code, Result};
use crate::interface::Input;
use crate::provenance::Becomes;

fn inspected(text: &str) -> Inspection {
    inspect(&Input::new("x.wat", text)).expect("a valid component")
}

fn component(inspection: &Inspection) -> &Component {
    inspection.component.as_ref().expect("a component")
}

fn fusion(inspection: &Inspection) -> &Fusion {
    inspection.fusion.as_ref().expect("it is not fused yet")
}

/// Two instances of a nested component: `b` calls `a`, the root exports `b`, and the host is called.
const CHAIN: &str = r#"(component $app
  (import "t:t/log@1.0.0" (instance $log
    (export "entry" (type $entry (sub resource)))
    (export "write" (func (param "s" string)))))
  (component $a
    (core module $store (memory (export "m") 1 2 shared)
      (func (export "t:t/api#get") (param i32) (result i32) (i32.extend8_s (local.get 0))))
    (core instance $i (instantiate $store))
    (type $thing' (resource (rep i32)))
    (export $thing "thing" (type $thing'))
    (func (export "get") (param "x" s8) (result s8) (canon lift (core func $i "t:t/api#get"))))
  (component $b
    (import "get" (func $get (param "x" s8) (result s8)))
    (core module $m (import "" "get" (func (param i32) (result i32))) (export "f" (func 0)))
    (core func $get (canon lower (func $get)))
    (core instance $i (instantiate $m (with "" (instance (export "get" (func $get))))))
    (func (export "f") (param "x" s8) (result s8) (canon lift (core func $i "f"))))
  (instance $a (instantiate $a))
  (instance $b (instantiate $b (with "get" (func $a "get"))))
  (instance $inner (export "thing" (type $a "thing")))
  (export "t:t/things@2.1.0" (instance $inner))
  (export "f" (func $b "f")))"#;

#[test]
fn an_inspection_tells_the_parts_and_the_boundaries() {
    let inspection = inspected(CHAIN);
    let [Nested::Component(a), Nested::Component(b)] = component(&inspection).definitions.as_slice() else {
        panic!("two components: {:?}", inspection.component)
    };
    let Some(Nested::CoreModule(store)) = a.definitions.first() else { panic!("a module: {a:?}") };
    assert_eq!((component(&inspection).name.as_deref(), b.name.as_deref()), (Some("app"), Some("b")));
    assert_eq!((store.name.as_deref(), store.functions, store.exports), (Some("store"), 1, 2));
    assert_eq!(store.features, ["sign-extension", "threads"]);
    assert_eq!(
        (store.memories[0].minimum, store.memories[0].maximum, store.memories[0].shared),
        (1, Some(2), true)
    );
    assert!(store.sections.iter().any(|section| section.kind == "custom \"name\""), "{:?}", store.sections);

    let Fusion::Possible { boundaries, .. } = fusion(&inspection) else {
        panic!("refused: {:?}", inspection.fusion)
    };
    let inner = boundaries.iter().find(|b| b.function == "t:t/api#get").expect("the call from b to a");
    assert_eq!((&*inner.caller, &*inner.callee), ("b", "a"));
    let outer = boundaries.iter().find(|b| b.function == "f").expect("the export");
    assert_eq!((&*outer.caller, &*outer.callee), ("host", "b"));
    assert_eq!(outer.becomes, Becomes::DirectCall);
    let text = inspection.text();
    assert!(text.contains("└─ component 2 \"b\""), "{text}");
    assert!(inspection.json().contains("\"boundaries\""));
}

/// Only what can come to `context.get` or `context.set` needs something: by a call, or through a table.
#[test]
fn tasks_that_begin_with_zeros() {
    let inspection = inspected(
        r#"(component
          (component $c
            (core func $get (canon context.get i32 0))
            (core func $set (canon context.set i32 0))
            (core func $other (canon context.get i32 1))
            (core module $m
              (import "" "get" (func $get (result i32)))
              (import "" "set" (func $set (param i32)))
              (import "" "other" (func $other (result i32)))
              (table funcref (elem $sets))
              (func $sets (call $set (call $get)))
              (func (export "direct") (call $sets))
              (func (export "through-a-table") (call_indirect (i32.const 0)))
              (func (export "never-set") (drop (call $other)))
              (func (export "pure")))
            (core instance $i (instantiate $m (with "" (instance
              (export "get" (func $get)) (export "set" (func $set)) (export "other" (func $other))))))
            (func (export "direct") (canon lift (core func $i "direct")))
            (func (export "through-a-table") (canon lift (core func $i "through-a-table")))
            (func (export "never-set") (canon lift (core func $i "never-set")))
            (func (export "pure") (canon lift (core func $i "pure"))))
          (instance $c (instantiate $c))
          (export "direct" (func $c "direct"))
          (export "through-a-table" (func $c "through-a-table"))
          (export "never-set" (func $c "never-set"))
          (export "pure" (func $c "pure")))"#,
    );
    let Fusion::Possible { boundaries, .. } = fusion(&inspection) else {
        panic!("refused: {:?}", inspection.fusion)
    };
    let told: Vec<_> = boundaries.iter().map(|b| (b.function.as_str(), b.becomes, b.work.len())).collect();
    let expected = [
        ("direct", Becomes::GuardedCall, 1),
        ("through-a-table", Becomes::GuardedCall, 1),
        ("never-set", Becomes::DirectCall, 0),
        ("pure", Becomes::DirectCall, 0),
    ];
    assert_eq!(told, expected);
    assert!(inspection.text().contains("begins with zeros in `context.get`"), "{}", inspection.text());
}

/// The world as wit-parser reads it from the component, whatever that looks like as JSON.
#[test]
fn an_inspection_has_the_resolved_wit() {
    let text = r#"(component
        (import "t:t/api@1.0.0" (instance
            (export "z" (func (param "x" (list string)))) (export "a" (func (result u8)))))
        (import "b" (func)) (import "a" (func)))"#;
    let told: serde_json::Value = serde_json::from_str(&inspected(text).json()).expect("JSON");
    let bytes = wat::parse_str(text).expect("parses");
    let decoded = wit_component::decode(&bytes).expect("a component of WIT");
    assert_eq!(told["resolve"], serde_json::to_value(decoded.resolve()).expect("JSON"));
    let names: Vec<_> = told["resolve"]["worlds"][0]["imports"].as_object().into_iter().flatten().collect();
    assert_eq!(names.len(), 3, "{names:?}");
    // Members stand in the order in which the WIT has them: those of the world, then the interface's.
    let json = inspected(text).json();
    let places = |member: &str| -> Vec<usize> {
        json.match_indices(&format!("\"{member}\": {{")).map(|(place, _)| place).collect()
    };
    let (a, b, z) = (places("a"), places("b"), places("z"));
    let order = [b[0], a[0], z[0], a[1]];
    assert!(order.is_sorted() && (a.len(), b.len(), z.len()) == (2, 1, 1), "{json}");
}

#[test]
fn what_wit_cannot_tell_is_told_all_the_same() {
    let inspection = inspected(
        r#"(component (import "a" (instance (export "b" (instance (export "f" (func (param "x" (list u8)))))))))"#,
    );
    assert_eq!(inspection.wit, "");
    assert!(inspection.wit_refused.is_some() && inspection.resolve.is_none());
    assert!(inspection.json().contains("\"resolve\": null"));
    assert_eq!(inspection.items, ["import a: instance { b: instance { f: func(x: list<u8>); }; }"]);
}

/// A function can use a type under the name that an instance next to it has for the type. WIT has no
/// such way of naming, and wit-parser stops at it.
#[test]
fn types_of_instances_next_to_a_function() {
    for (ty, of_instance) in [("record (field \"x\" u32)", "$t"), ("resource (rep i32)", "(own $t)")] {
        let inspection = inspected(&format!(
            r#"(component
                (core module $m (func (export "f") (param i32)))
                (core instance $i (instantiate $m))
                (type $inner ({ty}))
                (instance $bag (export "t" (type $inner)))
                (export $bag' "i" (instance $bag))
                (alias export $bag' "t" (type $t))
                (func $f (param "x" {of_instance}) (canon lift (core func $i "f")))
                (export "f" (func $f)))"#
        ));
        assert!(inspection.wit_refused.as_ref().is_some_and(|why| why.contains("another interface")));
        assert!(matches!(fusion(&inspection), Fusion::Possible { .. }));
    }
}

#[test]
fn a_refusal_leaves_the_rest() {
    let inspection = inspected(r#"(component (import "m" (core module)) (component))"#);
    assert_eq!(component(&inspection).definitions.len(), 1);
    let Fusion::Refused(refusal) = fusion(&inspection) else { panic!("{:?}", inspection.fusion) };
    assert_eq!(refusal.code, "unsupported");
    assert!(inspection.text().contains("It is refused (unsupported)"));
}

#[test]
fn features_are_those_that_the_module_cannot_do_without() {
    let features = |text: &str| super::features::features(&wat::parse_str(text).expect("parses"));
    assert_eq!(features("(module (func))"), [""; 0]);
    assert_eq!(features("(module (memory i64 1))"), ["memory64"]);
    assert_eq!(features("(module (memory 1) (memory 1))"), ["multi-memory"]);
    assert_eq!(features("(module (func $f return_call $f))"), ["tail-call"]);
    assert_eq!(features("(module (tag))"), ["exceptions"]);
    assert_eq!(features("(module (func (result v128) v128.const i64x2 0 0))"), ["simd"]);
    assert!(features("(module (type (struct)))").contains(&"gc"));
}

fn check(name: &str) -> Result<()> {
    let bytes = wat::parse_str(CHAIN).expect("parses");
    let tree = crate::read::Reader::outline(&bytes).expect("valid");
    let plan = crate::link::evaluate(&tree).expect("a plan");
    check_opaque_rep(&plan, &[name.to_string()])
}

#[test]
fn a_resource_is_named_with_or_without_version() {
    for name in ["t:t/log@1.0.0.entry", "t:t/log.entry", "t:t/things@2.1.0.thing", "t:t/things.thing"] {
        assert_eq!(check(name), Ok(()), "{name}");
    }
    for name in ["t:t/log@1.0.1.entry", "t:t/log.entries", "entry", "", ".", "t:t/log."] {
        let error = check(name).expect_err(name);
        assert_eq!(error.code, Code::InvalidOption, "{name}");
    }
    let hint = check("t:t/log.entries").expect_err("no such resource").hint;
    assert_eq!(hint.as_deref(), Some("there is `t:t/log@1.0.0.entry`"));
}

/// The root imports that nothing reaches.
fn unreached(text: &str) -> Vec<String> {
    let inspection = inspect(&Input::new("app", text)).expect("a component");
    let Fusion::Possible { unreached, .. } = fusion(&inspection) else { panic!("{:?}", inspection.fusion) };
    let told = format!("imports that nothing reaches: {}\n", unreached.join(", "));
    assert_eq!(inspection.text().contains(&told), !unreached.is_empty());
    unreached.clone()
}

#[test]
fn imports_that_nothing_reaches_are_listed() {
    // `called` is; `dead` is lowered and only a dead function calls it; `never` is not even lowered;
    // `types` is used by `called`, `data` has no function.
    let text = r#"(component
        (import "t:t/types" (instance $types (export "r" (type (sub resource))) (export "f" (func))))
        (alias export $types "r" (type $r))
        (import "t:t/called" (instance $called (export "r" (type (eq $r))) (export "f" (func))))
        (import "t:t/dead" (instance $dead (export "f" (func))))
        (import "t:t/never" (instance (export "f" (func))))
        (import "t:t/again" (instance $again (export "f" (func))))
        (import "t:t/data" (instance (type (record (field "x" u8))) (export "d" (type (eq 0)))))
        (core func $called (canon lower (func $called "f")))
        (core func $dead (canon lower (func $dead "f")))
        (core module $m
          (import "" "called" (func $called)) (import "" "dead" (func $dead))
          (func $nobody (call $dead))
          (func (export "run") (call $called)))
        (core instance $i (instantiate $m (with "" (instance
          (export "called" (func $called)) (export "dead" (func $dead))))))
        (func $run (canon lift (core func $i "run")))
        (export "run" (func $run))
        (export "again" (func $again "f")))"#;
    assert_eq!(unreached(text), ["t:t/dead", "t:t/never"]);
    // A table keeps what is in it.
    let table = text.replace("(func $nobody", "(table (export \"t\") funcref (elem $dead)) (func $nobody");
    let kept = table.replace("(call $called)", "(call $called) (drop (table.get 0 (i32.const 0)))");
    assert_eq!(unreached(&kept), ["t:t/never"]);
    assert_eq!(unreached("(component)"), [""; 0]);
}

#[test]
fn attributes_are_told() {
    let text = r#"(component
        (import "primary" (implements "k:k/a") (external-id "\u{1b}id")
          (instance $p (export "get" (external-id "inner") (func))))
        (export "main" (implements "k:k/a") (instance $p)))"#;
    let inspection = inspect(&Input::new("app", text)).expect("a component");
    let items = [
        r#"import primary (implements "k:k/a") (external-id "\u{1b}id"): instance { get (external-id "inner"): func(); }"#,
        r#"export main (implements "k:k/a"): instance { get (external-id "inner"): func(); }"#,
    ];
    assert_eq!(inspection.items, items);
    let fused = crate::fuse(vec![Input::new("app", text)], crate::Options::default()).expect("it fuses");
    let section = wasmparser::Parser::new(0).parse_all(&fused.bytes).find_map(|payload| match payload {
        Ok(wasmparser::Payload::CustomSection(section))
            if section.name() == crate::read::BOUNDARY_SECTION =>
        {
            serde_json::from_slice::<serde_json::Value>(section.data()).ok()
        }
        _ => None,
    });
    let none = serde_json::Value::Null;
    let attributes = serde_json::json!([
        { "of": "import", "path": ["primary"], "implements": "k:k/a", "version-suffix": none, "external-id": "\u{1b}id" },
        { "of": "import", "path": ["primary", "get"], "implements": none, "version-suffix": none, "external-id": "inner" },
        { "of": "export", "path": ["main"], "implements": "k:k/a", "version-suffix": none, "external-id": none },
        { "of": "export", "path": ["main", "get"], "implements": none, "version-suffix": none, "external-id": "inner" },
    ]);
    assert_eq!(section.expect("the section")["attributes"], attributes);
}
