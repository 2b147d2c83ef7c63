//! Inputs in order, and imports that are stubbed.

use super::tests::{exports_func, face, input, passes};
use super::wiring_tests::wired_as;
use super::wit_tests::component;
use super::{Composed, compose};
use crate::error::{Code, Error, Result};
use crate::interface::{Composing, Input};
use crate::interface::{ExportOf, MetBy};

fn in_order() -> Composing {
    Composing { in_order: true, ..Composing::default() }
}

fn stub(patterns: &[&str]) -> Composing {
    Composing { stub: patterns.iter().map(|p| p.to_string()).collect(), ..Composing::default() }
}

fn stubbed(inputs: &[Input], patterns: &[&str]) -> Result<Composed, Error> {
    compose(inputs.to_vec(), &stub(patterns))
}

/// What meets each import of each instance, as `instance.import`.
fn met(inputs: &[Input], composing: &Composing) -> Vec<(String, MetBy)> {
    let wiring = wired_as(inputs, composing).expect("inputs that can be read");
    let name = |instance: u32| wiring.instances[instance as usize].name.clone();
    let connections = wiring.connections.iter();
    connections.map(|c| (format!("{}.{}", name(c.instance), c.import), c.met_by.clone())).collect()
}

fn of(instance: u32, name: &str) -> MetBy {
    MetBy::Export(ExportOf { instance, name: name.to_string() })
}

#[test]
fn middleware_is_piped_in_order() {
    let auth = input("auth", &passes(&["h:h/handler@1.0.0"], "h:h/handler@1.0.0"));
    let log = input("log", &passes(&["h:h/handler@1.0.1", "h:h/out"], "h:h/handler@1.0.1"));
    let app = input("app", &passes(&["h:h/back"], "h:h/handler@1.0.0"));
    let inputs = [auth.clone(), log.clone(), app.clone()];
    let expected = [
        ("auth.h:h/handler@1.0.0", of(1, "h:h/handler@1.0.1")),
        ("log.h:h/handler@1.0.1", of(2, "h:h/handler@1.0.0")),
        ("log.h:h/out", MetBy::Host),
        ("app.h:h/back", MetBy::Host),
    ];
    assert_eq!(met(&inputs, &in_order()), expected.map(|(import, met)| (import.to_string(), met)));
    let composed = compose(inputs.to_vec(), &in_order()).expect("a pipe");
    let (imports, exports) = face(&composed.bytes);
    assert_eq!((imports.len(), exports), (2, vec!["h:h/handler@1.0.0".to_string()]));
    // Without the order it is a choice.
    let error = compose(inputs.to_vec(), &Composing::default()).expect_err("a choice");
    assert!(matches!(error.code, Code::AmbiguousImport | Code::ImportCycle), "{error}");
}

#[test]
fn in_order_nothing_goes_back_and_the_first_export_counts() {
    let one = input("one", &passes(&["a:a/x"], "a:a/out"));
    let two = input("two", &passes(&["a:a/y"], "a:a/x"));
    let three = input("three", &passes(&["a:a/x"], "a:a/out"));
    let expected = [("one.a:a/x", of(1, "a:a/x")), ("two.a:a/y", MetBy::Host), ("three.a:a/x", MetBy::Host)];
    let inputs = [one, two, three];
    let expected = expected.map(|(import, met)| (import.to_string(), met));
    assert_eq!(met(&inputs, &in_order()), expected);
    let error = compose(inputs.to_vec(), &in_order()).expect_err("the third is by itself");
    assert_eq!(error.code, Code::NothingInCommon);

    let [one, two, _] = inputs;
    let last = input(
        "last",
        &exports_func("a:a/y", "")
            .replace(r#"(export "a:a/y""#, r#"(export "a:a/out" (instance $e)) (export "a:a/y""#),
    );
    let wiring = wired_as(&[one, two, last], &in_order()).expect("a pipe");
    let exports: Vec<_> = wiring.exports.iter().map(|e| (e.r#as.as_str(), e.of.clone())).collect();
    assert_eq!(exports, [("a:a/out", Some(ExportOf { instance: 0, name: "a:a/out".to_string() }))]);
}

#[test]
fn in_order_one_provider_serves_several_and_one_component_comes_twice() {
    let app = input("app", &passes(&["a:a/left", "a:a/right"], "app"));
    let left = input("left", &passes(&["a:a/base"], "a:a/left"));
    let right = input("right", &passes(&["a:a/base"], "a:a/right"));
    let base = input("base", &exports_func("a:a/base", ""));
    let expected = [
        ("app.a:a/left", of(1, "a:a/left")),
        ("app.a:a/right", of(2, "a:a/right")),
        ("left.a:a/base", of(3, "a:a/base")),
        ("right.a:a/base", of(3, "a:a/base")),
    ];
    let expected = expected.map(|(import, met)| (import.to_string(), met));
    assert_eq!(met(&[app, left, right, base], &in_order()), expected);

    let log = input("log", &passes(&["h:h/h"], "h:h/h"));
    let app = input("app", &exports_func("h:h/h", ""));
    let composed = compose(vec![log.clone(), log, app], &in_order()).expect("twice the same");
    assert_eq!(face(&composed.bytes), (vec![], vec!["h:h/h".to_string()]));
}

#[test]
fn a_document_and_the_order_contradict_each_other() {
    let wac = crate::interface::WacSource { name: "x.wac".to_string(), text: "package a:b;".to_string() };
    let both = Composing { wac: Some(wac), in_order: true, ..Composing::default() };
    assert_eq!(compose(vec![], &both).expect_err("a contradiction").code, Code::InvalidOption);
}

#[test]
fn what_is_stubbed_is_no_import() {
    let app = input("app", &passes(&["a:b/c", "a:b/d", "h:h/h"], "app"));
    let composed = stubbed(std::slice::from_ref(&app), &["a:b/*"]).expect("a single input");
    assert_eq!(face(&composed.bytes), (vec!["h:h/h".to_string()], vec!["app".to_string()]));
    let composed = stubbed(std::slice::from_ref(&app), &["a:b/c", "h:h/h"]).expect("exact names");
    assert_eq!(face(&composed.bytes).0, ["a:b/d"]);
    let expected = [("app.a:b/c", MetBy::Stub), ("app.a:b/d", MetBy::Stub), ("app.h:h/h", MetBy::Host)];
    let expected = expected.map(|(import, met)| (import.to_string(), met));
    assert_eq!(met(std::slice::from_ref(&app), &stub(&["a:b/*"])), expected);

    let error = stubbed(std::slice::from_ref(&app), &["a:b/e"]).expect_err("no such import");
    assert_eq!(error.code, Code::InvalidOption);
    assert_eq!(error.message, "the stub `a:b/e` names no import: imported are `a:b/c`, `a:b/d`, `h:h/h`");
    // What another input gives is no import.
    let lib = input("lib", &exports_func("a:b/c", ""));
    let error = stubbed(&[app, lib], &["a:b/c"]).expect_err("no import");
    assert_eq!(error.message, "the stub `a:b/c` names no import: imported are `a:b/d`, `h:h/h`");
}

#[test]
fn stubs_connect_nothing() {
    let (one, two) = (input("one", &passes(&["h:h/h"], "one")), input("two", &passes(&["h:h/h"], "two")));
    assert_eq!(stubbed(&[one, two], &["h:h/h"]).expect_err("apart").code, Code::NothingInCommon);
}

/// All value types, both sides of the limits on flat values, resources, types of other interfaces.
const ALL: &str = "
    import types; import api; import other;
    use types.{thing};
    import whole: func(t: thing);
    import store: interface {
        resource r { constructor(s: string); m: func(x: option<s8>) -> result<r, string>; s: static func(); }
        resource q;
        type alias = r;
        variant v { a(u64), b(f32), c(list<string>), d }
        flags f { x, y } enum e { x, y }
        record big { a: tuple<u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64> }
        put: func(v: v, f: f, e: e, b: bool, c: char) -> tuple<f64, u16>;
        take: func(big: big) -> big;
        take-alias: func(a: alias, b: borrow<q>) -> own<q>;
    }
    export run: func();";

#[test]
fn types_stay_valid_whatever_is_stubbed() {
    let app = component("app", ALL);
    let all = ["t:t/types@1.0.0", "t:t/api@1.0.0", "t:t/other@1.0.0", "thing", "whole", "store"];
    let left = |patterns: &[&str]| {
        face(&stubbed(std::slice::from_ref(&app), patterns).expect("a single input").bytes).0
    };
    assert_eq!(left(&["*"]), [""; 0]);
    assert_eq!(left(&["store"]), ["t:t/types@1.0.0", "t:t/api@1.0.0", "t:t/other@1.0.0", "thing", "whole"]);
    // Types that a stub uses are imported, with what they use.
    assert_eq!(left(&["t:t/api@1.0.0"]), ["t:t/types@1.0.0", "t:t/other@1.0.0", "store", "thing", "whole"]);
    assert_eq!(left(&["whole"]), ["t:t/types@1.0.0", "t:t/api@1.0.0", "t:t/other@1.0.0", "store", "thing"]);
    let error = stubbed(std::slice::from_ref(&app), &["t:t/types@1.0.0"]).expect_err("`api` needs its types");
    assert_eq!(error.code, Code::InvalidOption);
    assert!(error.message.contains("uses types of `t:t/types@1.0.0`, which is stubbed"), "{error}");
    for output in [crate::OutputKind::CoreModule, crate::OutputKind::Component] {
        let options = crate::Options { output, composing: stub(&["*"]), ..Default::default() };
        crate::fuse(vec![app.clone()], options).expect("a component that fuses");
    }
    assert_eq!(all.len(), 6);
}

#[test]
fn an_export_brings_the_stubbed_types_that_it_uses() {
    let app = component("app", "import types; export api;");
    let composed = stubbed(std::slice::from_ref(&app), &["t:t/types@1.0.0"]).expect("a single input");
    let exports = ["t:t/types@1.0.0", "t:t/api@1.0.0"].map(String::from).to_vec();
    assert_eq!(face(&composed.bytes), (vec![], exports));
}

#[test]
fn stubs_are_shared_by_all_that_import_them() {
    // Both know one resource type, and hand it to each other.
    let middle = component("middle", "import types; export api;");
    let app = component("app", "import types; import api; export run: func();");
    let composed = stubbed(&[app, middle], &["t:t/*"]).expect("inputs that compose");
    assert_eq!(face(&composed.bytes), (vec![], vec!["run".to_string()]));
}

#[test]
fn a_document_leaves_to_stubs_what_it_leaves_to_the_host() {
    let app = component("app", "use types.{thing}; import api; export run: func(t: thing);");
    let text = "package x:all; let app = new x:app { ... }; export app[\"run\"];".to_string();
    let wac = crate::interface::WacSource { name: "x.wac".to_string(), text };
    let with = |patterns: &[&str]| Composing { wac: Some(wac.clone()), ..stub(patterns) };
    let composed = compose(vec![app.clone()], &with(&["t:t/api@1.0.0"])).expect("a document");
    assert_eq!(face(&composed.bytes).0, ["t:t/types@1.0.0", "thing"]);
    let wiring = wired_as(&[app], &with(&["t:t/api@1.0.0"])).expect("a document");
    let api = wiring.connections.iter().find(|c| c.import == "t:t/api@1.0.0").expect("the import");
    assert_eq!((&api.met_by, wiring.instances.len()), (&MetBy::Stub, 1));
}
