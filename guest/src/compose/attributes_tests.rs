//! Attributes of imports and exports, and errors about names and types that are nearly right.

use super::compose;
use super::tests::{exports_func, input, passes};
use super::wit_tests::component;
use crate::error::{Code, Error};
use crate::interface::{Composing, Input, WacSource};
use wasmparser::{ComponentExternName, Parser, Payload};

fn composed(inputs: &[Input]) -> Result<Vec<u8>, Error> {
    compose(inputs.to_vec(), &Composing::default()).map(|composed| composed.bytes)
}

fn with_wac(inputs: &[Input], text: &str) -> Result<Vec<u8>, Error> {
    let wac = WacSource { name: "x.wac".to_string(), text: text.to_string() };
    let composing = Composing { wac: Some(wac), ..Composing::default() };
    compose(inputs.to_vec(), &composing).map(|composed| composed.bytes)
}

/// The root's imports, then its exports, each as text has it.
fn names(bytes: &[u8]) -> Vec<String> {
    let told = |sort: &str, name: ComponentExternName<'_>| {
        let attribute = |what: &str, value: Option<&str>| {
            value.map_or_else(String::new, |value| format!(" ({what} {value})"))
        };
        let (implements, id) = (attribute("implements", name.implements), attribute("id", name.external_id));
        let suffix = attribute("suffix", name.version_suffix);
        format!("{sort} {}{implements}{id}{suffix}", name.name)
    };
    let (mut names, mut depth) = (Vec::new(), 0);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.expect("a composition that parses") {
            Payload::ComponentSection { .. } | Payload::ModuleSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                names.extend(
                    section.into_iter().map(|import| told("import", import.expect("an import").name)),
                );
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                names.extend(
                    section.into_iter().map(|export| told("export", export.expect("an export").name)),
                );
            }
            _ => {}
        }
    }
    names
}

/// Imports `import`, and exports `k:k/o` or takes it, so that two of them connect.
fn user(name: &str, import: &str, provides: bool) -> Input {
    let o = match provides {
        true => exports_func("k:k/o", "").replacen("(component", "", 1),
        false => format!(r#"(import "k:k/o" (instance (export "f" (func)))) {})"#, ""),
    };
    input(name, &format!("(component (import {import}) {o}"))
}

#[test]
fn labels_that_implement_different_interfaces_are_not_one_import() {
    let get = r#""primary" (implements "k:k/a") (instance (export "get" (func)))"#;
    let put = r#""primary" (implements "k:k/b") (instance (export "put" (func)))"#;
    let error = composed(&[user("one", get, false), user("two", put, true)]).expect_err("two things");
    assert_eq!(error.code, Code::IncompatibleTypes);
    for said in ["`primary`", "`one`", "`two`", "`k:k/a`", "`k:k/b`"] {
        assert!(error.message.contains(said), "{error}");
    }
    let id = r#""primary" (implements "k:k/a") (external-id "other") (instance (export "get" (func)))"#;
    let error = composed(&[user("one", get, false), user("two", id, true)]).expect_err("two things");
    assert_eq!(error.code, Code::IncompatibleTypes);
    assert!(error.message.contains("`other`"), "{error}");
}

#[test]
fn attributes_of_imports_are_carried() {
    let get = r#""primary" (implements "k:k/a@1.0.0") (external-id "id") (instance (export "get" (func)))"#;
    let put = get.replace("get", "put");
    let bytes = composed(&[user("one", get, false), user("two", &put, true)]).expect("one thing");
    assert_eq!(names(&bytes), ["import primary (implements k:k/a@1.0.0) (id id)"]);
    let tree = crate::read::Reader::outline(&bytes).expect("a valid composition");
    let item = tree.types.component_item_for_import("primary").expect("the import");
    let wasmparser::component_types::ComponentEntityType::Instance(id) = item.ty else { panic!("{item:?}") };
    assert_eq!(tree.types[id].exports.keys().collect::<Vec<_>>(), ["get", "put"]);

    let log = r#""log" (external-id "https://x/log?a") (func)"#;
    let bytes = composed(&[user("one", log, false), user("two", log, true)]).expect("one thing");
    assert_eq!(names(&bytes), ["import log (id https://x/log?a)"]);
    let suffixed =
        |suffix: &str| format!(r#""k:k/a@1" (versionsuffix "{suffix}") (instance (export "get" (func)))"#);
    let bytes = composed(&[user("one", &suffixed(".0.1"), false), user("two", &suffixed(".2.0"), true)]);
    assert_eq!(names(&bytes.expect("one interface")), ["import k:k/a@1 (suffix .2.0)"]);
}

#[test]
fn labels_of_one_interface_stay_two_imports() {
    let two = r#"(component
        (type $i (instance (export "get" (func))))
        (import "a" (implements "k:k/a") (instance (type $i)))
        (import "b" (implements "k:k/b") (instance (type $i)))
        (import "k:k/a" (instance (type $i)))
        (import "k:k/o" (instance (export "f" (func)))))"#;
    let other = r#""a" (implements "k:k/a") (instance (export "put" (func)))"#;
    let bytes = composed(&[input("two", two), user("other", other, true)]).expect("inputs that compose");
    assert_eq!(names(&bytes), ["import a (implements k:k/a)", "import b (implements k:k/b)", "import k:k/a"]);
    let tree = crate::read::Reader::outline(&bytes).expect("a valid composition");
    for (import, functions) in [("a", vec!["get", "put"]), ("b", vec!["get"]), ("k:k/a", vec!["get"])] {
        let item = tree.types.component_item_for_import(import).expect("the import");
        let wasmparser::component_types::ComponentEntityType::Instance(id) = item.ty else {
            panic!("{item:?}")
        };
        assert_eq!(tree.types[id].exports.keys().collect::<Vec<_>>(), functions, "{import}");
    }
}

#[test]
fn attributes_of_exports_are_carried_as_far_as_the_name_has_them() {
    let x = || {
        input(
            "x",
            r#"(component (import "k:k/a" (instance $p (export "get" (func)))) (import "f" (func $f))
                 (export "main" (implements "k:k/a") (external-id "m") (instance $p))
                 (export "g" (external-id "gg") (func $f)))"#,
        )
    };
    let bytes = with_wac(&[x()], "package t:t; let x = new t:x { ... }; export x...;").expect("it resolves");
    let exports = ["export main (implements k:k/a) (id m)", "export g (id gg)"];
    assert_eq!(names(&bytes), [&["import k:k/a", "import f"], &exports[..]].concat());
    let renamed = "package t:t; let x = new t:x { ... }; export x[\"main\"] as second;
        export x[\"main\"] as \"k:k/z\";";
    let bytes = with_wac(&[x()], renamed).expect("it resolves");
    assert_eq!(names(&bytes)[2..], ["export second (implements k:k/a) (id m)", "export k:k/z (id m)"]);
    let bytes =
        composed(&[x(), user("user", r#""h" (func)"#, false), input("o", &exports_func("k:k/o", ""))]);
    assert_eq!(bytes.expect_err("x is by itself").code, Code::NothingInCommon);
}

#[test]
fn attributes_inside_a_type_are_refused_by_name() {
    let inside = r#""k:k/a" (instance (export "get" (external-id "x") (func)))"#;
    let plain = r#""k:k/b" (instance (export "get" (func)))"#;
    let error = composed(&[user("one", inside, false), user("two", plain, true)]).expect_err("not carried");
    assert_eq!((error.code, error.input.as_deref()), (Code::Unsupported, Some("one")));
    assert!(error.message.contains("`k:k/a`") && error.message.contains("`get`"), "{error}");
}

#[test]
fn a_label_is_met_by_one_that_implements_the_same() {
    let label =
        |interface: &str| format!(r#""store" (implements "{interface}") (instance (export "f" (func)))"#);
    let exporter = |interface: &str| {
        let export = format!(r#"(export "store" (implements "{interface}") (instance $e))"#);
        input("exporter", &exports_func("x", "").replace(r#"(export "x" (instance $e))"#, &export))
    };
    let importer = input("importer", &format!("(component (import {}))", label("k:k/a@1.0.0")));
    composed(&[importer.clone(), exporter("k:k/a@1.2.0")]).expect("one interface");
    let error = composed(&[importer, exporter("k:k/b")]).expect_err("another interface");
    assert_eq!(error.code, Code::IncompatibleTypes);
    assert!(error.message.contains("`k:k/a@1.0.0`") && error.message.contains("`k:k/b`"), "{error}");
}

#[test]
fn an_exact_name_that_does_not_fit_does_not_give_way() {
    let app = input("app", &passes(&["a:b/c@1.0.0"], "app"));
    let exact = input("exact", &exports_func("a:b/c@1.0.0", "(param \"x\" u32)"));
    let newer = input("newer", &exports_func("a:b/c@1.2.0", ""));
    let error = composed(&[app.clone(), exact.clone(), newer.clone()]).expect_err("the exact one is meant");
    assert_eq!(error.code, Code::IncompatibleTypes);
    for said in ["`a:b/c@1.0.0` of `exact`", "`a:b/c@1.2.0` of `newer`", "`app`"] {
        assert!(error.message.contains(said), "{error}");
    }
    let ordered = Composing { in_order: true, ..Composing::default() };
    let error =
        compose(vec![app.clone(), exact.clone(), newer.clone()], &ordered).expect_err("the same in order");
    assert_eq!(error.code, Code::IncompatibleTypes);
    assert!(error.message.contains("`a:b/c@1.2.0` of `newer`"), "{error}");
    // In order, the nearer one is meant although the other has the very name.
    let app = input("app", &passes(&["a:b/c@1.0.0", "a:a/p"], "app"));
    let far = exports_func("a:b/c@1.0.0", "(param \"x\" u32)").replacen(
        "(component",
        r#"(component (import "p" (func $p)) (instance $p (export "f" (func $p))) (export "a:a/p" (instance $p))"#,
        1,
    );
    compose(vec![app, newer, input("far", &far)], &ordered).expect("the nearest fits");
}

#[test]
fn near_misses_are_told() {
    let told = |import: &str, export: &str, kind: &str| {
        let app = input("app", &format!("(component (import {import}))"));
        let lib = exports_func("x", "").replace(r#"(export "x" (instance $e))"#, export);
        let error = composed(&[app, input("lib", &lib)]).expect_err("nothing in common");
        assert_eq!(error.code, Code::NothingInCommon, "{error}");
        assert!(error.message.contains(kind), "{error}\n{kind}");
    };
    let instance = |name: &str| format!(r#"{name} (instance (export "f" (func)))"#);
    let other = "`app` imports `a:b/c@1.0.0` and `lib` exports `a:b/c@2.0.0`, of another version";
    told(&instance(r#""a:b/c@1.0.0""#), r#"(export "a:b/c@2.0.0" (instance $e))"#, other);
    told(&instance(r#""a:b/c@1.0.0""#), r#"(export "a:b/c" (instance $e))"#, "`a:b/c`, without a version");
    told(&instance(r#""a:b/c""#), r#"(export "a:b/c@0.2.0" (instance $e))"#, "`a:b/c@0.2.0`, with a version");
    told(r#""f" (func)"#, r#"(export "a:b/c" (instance $e))"#, "`a:b/c`, an instance that has it");
    told(
        &instance(r#""a:b/c""#),
        r#"(export "f" (func $f))"#,
        "`f`, a function that it wants in an instance",
    );
    told(
        &instance(r#""c""#),
        r#"(export "a:b/c@0.1.0" (instance $e))"#,
        "an interface where a label is imported",
    );
    let label = r#"(export "main" (implements "a:b/c") (instance $e))"#;
    told(&instance(r#""a:b/c""#), label, "`main`, a label where an interface is imported");
    let label = instance(r#""main" (implements "a:b/c")"#);
    told(&label, r#"(export "a:b/c" (instance $e))"#, "an interface where a label is imported");
    // And nothing that only looks alike.
    let error = composed(&[
        input("app", &format!("(component (import {}))", instance(r#""d""#))),
        input("lib", &exports_func("a:b/c", "")),
    ]);
    let error = error.expect_err("nothing in common");
    assert!(error.message.ends_with("no import of the one is an export of the other"), "{error}");
}

#[test]
fn types_from_two_places_are_told_with_the_places() {
    let leaf = component("leaf", "export types;");
    let app = component("app", "import types; import api; export run: func();");
    let middle = component("middle", "import types; export api;");
    // The document gives the app other types than the middle has.
    let text = "package x:all;
        let middle = new x:middle { ... };
        let leaf = new x:leaf {};
        let app = new x:app { \"t:t/types@1.0.0\": leaf[\"t:t/types@1.0.0\"], \"t:t/api@1.0.0\": middle[\"t:t/api@1.0.0\"] };
        export app...;";
    let error = with_wac(&[leaf.clone(), app.clone(), middle], text).expect_err("two resource types");
    assert_eq!(error.code, Code::IncompatibleTypes);
    let why = "`app` has the types of `t:t/types@1.0.0` from `leaf`, and `middle`, which exports \
               `t:t/api@1.0.0` to it, has them from the host";
    assert!(error.message.contains(why), "{error}");
    let error = composed(&[leaf, app]).expect_err("two resource types");
    assert!(!error.message.contains("ResourceId"), "{error}");
}

#[test]
fn imports_that_cannot_be_one_are_told_with_their_inputs() {
    let typed = |ty: &str| format!(r#""k:k/a" (instance (export "get" (func (param "x" {ty}))))"#);
    let error = composed(&[user("one", &typed("u32"), false), user("two", &typed("string"), true)]);
    let error = error.expect_err("two types for one name");
    assert_eq!(error.code, Code::IncompatibleTypes);
    for said in ["`k:k/a`", "`one`", "`two`"] {
        assert!(error.message.contains(said), "{error}");
    }
}
