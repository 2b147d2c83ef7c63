//! What is told of how inputs connect. Each case is composed too: `refused` is the error of that, and
//! the exports are those of the composition.

use super::tests::{exports_func, face, input, passes};
use super::wit_tests::component;
use super::{compose, wire};
use crate::error::{Code, Error, Result};
use crate::interface::{Composing, Input, WacSource};
use crate::interface::{Connection, ExportOf, MetBy, Misfit, WiredExport, Wiring};

fn wired_with(inputs: &[Input], wac: Option<&str>) -> Result<Wiring> {
    let wac = wac.map(|text| WacSource { name: "app.wac".to_string(), text: text.to_string() });
    wired_as(inputs, &Composing { wac, ..Composing::default() })
}

pub(super) fn wired_as(inputs: &[Input], composing: &Composing) -> Result<Wiring> {
    let wiring = wire(inputs.to_vec(), composing)?;
    if composing.is_needed(inputs.len()) {
        let composed = compose(inputs.to_vec(), composing);
        let refused = [wiring.refused.as_ref(), composed.as_ref().err()];
        let [wired, composed_error] = refused.map(|error| error.cloned());
        assert_eq!(wired, composed_error);
        if let Ok(composed) = composed {
            let names: Vec<_> = wiring.exports.iter().map(|export| export.r#as.clone()).collect();
            assert_eq!(names, face(&composed.bytes).1);
        }
    }
    Ok(wiring)
}

fn wired(inputs: &[Input]) -> Wiring {
    wired_with(inputs, None).expect("inputs that can be read")
}

fn of(instance: u32, name: &str) -> ExportOf {
    ExportOf { instance, name: name.to_string() }
}

fn connection(instance: u32, import: &str, met_by: MetBy) -> Connection {
    Connection { instance, import: import.to_string(), met_by }
}

fn export(name: &str, of: Option<ExportOf>) -> WiredExport {
    WiredExport { r#as: name.to_string(), of }
}

fn code(wiring: &Wiring) -> Option<Code> {
    wiring.refused.as_ref().map(|error| error.code)
}

fn names(wiring: &Wiring) -> Vec<(&str, u32)> {
    wiring.instances.iter().map(|instance| (instance.name.as_str(), instance.input)).collect()
}

#[test]
fn an_import_is_met_by_name_by_version_or_by_the_host() {
    let app = input("app.wasm", &passes(&["a:b/c", "a:b/d@1.0.1", "h:h/h"], "app"));
    let named = input("named.wasm", &passes(&["h:h/h"], "a:b/c"));
    let newer = input("newer.wasm", &exports_func("a:b/d@1.2.0", ""));
    let wiring = wired(&[app, named, newer]);
    assert_eq!(names(&wiring), [("app.wasm", 0), ("named.wasm", 1), ("newer.wasm", 2)]);
    assert_eq!(
        wiring.connections,
        [
            connection(0, "a:b/c", MetBy::Export(of(1, "a:b/c"))),
            connection(0, "a:b/d@1.0.1", MetBy::Export(of(2, "a:b/d@1.2.0"))),
            connection(0, "h:h/h", MetBy::Host),
            connection(1, "h:h/h", MetBy::Host),
        ]
    );
    assert_eq!(wiring.exports, [export("app", Some(of(0, "app")))]);
    assert_eq!(wiring.refused, None);
}

#[test]
fn ambiguity_and_misfit_are_told_together_and_the_first_refuses() {
    let app = input("app", &passes(&["a:b/wrong", "a:b/twice", "a:b/good"], "app"));
    let one = input("one", &exports_func("a:b/twice", ""));
    let two = input("two", &passes(&["h:h/h"], "a:b/twice"));
    let wrong = input("wrong", &exports_func("a:b/wrong", "(param \"x\" u32)"));
    let good = input("good", &passes(&["h:h/i"], "a:b/good"));
    let wiring = wired(&[app, one, two, wrong, good]);
    let [misfit, ambiguous, met, ..] = wiring.connections.as_slice() else { panic!("{wiring:?}") };
    let MetBy::Misfit(Misfit { export, why }) = &misfit.met_by else { panic!("{misfit:?}") };
    assert_eq!(*export, of(3, "a:b/wrong"));
    assert!(why.contains("parameter count"), "{why}");
    let candidates = MetBy::Ambiguous(vec![of(1, "a:b/twice"), of(2, "a:b/twice")]);
    assert_eq!(*ambiguous, connection(0, "a:b/twice", candidates));
    assert_eq!(*met, connection(0, "a:b/good", MetBy::Export(of(4, "a:b/good"))));
    assert_eq!(wiring.connections.len(), 5);
    assert_eq!((code(&wiring), wiring.exports.len()), (Some(Code::IncompatibleTypes), 0));
}

#[test]
fn types_follow_their_interface() {
    let app = || component("app", "use types.{thing}; export run: func() -> thing;");
    let leaf = component("leaf", "export types; export take: func(n: u32);");
    let other = component("other", "import run: func(n: u32); export leave: func();");
    let follows = connection(0, "thing", MetBy::Follows("t:t/types@1.0.0".to_string()));
    let met = connection(0, "t:t/types@1.0.0", MetBy::Export(of(1, "t:t/types@1.0.0")));
    assert_eq!(wired(&[app(), leaf]).connections, [met, follows.clone()]);
    let misfit = wired(&[app(), other]);
    assert_eq!(misfit.connections[..2], [connection(0, "t:t/types@1.0.0", MetBy::Host), follows]);
    assert!(matches!(misfit.connections[2].met_by, MetBy::Misfit(_)), "{misfit:?}");
}

#[test]
fn a_circle_is_connected_and_refused() {
    let (one, two) = (passes(&["a:a/two"], "a:a/one"), passes(&["a:a/one"], "a:a/two"));
    let wiring = wired(&[input("one", &one), input("two", &two)]);
    assert_eq!(
        wiring.connections,
        [
            connection(0, "a:a/two", MetBy::Export(of(1, "a:a/two"))),
            connection(1, "a:a/one", MetBy::Export(of(0, "a:a/one"))),
        ]
    );
    assert_eq!(code(&wiring), Some(Code::ImportCycle));
}

#[test]
fn what_else_refuses_is_told_too() {
    let host = |name: &str| input(name, &passes(&["h:h/h"], name));
    let apart = wired(&[host("one"), host("two")]);
    assert_eq!(code(&apart), Some(Code::NothingInCommon));
    assert!(apart.connections.iter().all(|connection| connection.met_by == MetBy::Host));

    let app = input("app", &passes(&["a:b/c"], "app"));
    let callee = input("callee", &exports_func("a:b/c", ""));
    let twice = wired(&[app, callee.clone(), callee]);
    assert_eq!(names(&twice), [("app", 0), ("callee", 1), ("callee", 2)]);
    let both = MetBy::Ambiguous(vec![of(1, "a:b/c"), of(2, "a:b/c")]);
    assert_eq!(twice.connections, [connection(0, "a:b/c", both)]);
    assert!(twice.refused.is_some_and(|error| error.message == "`callee` is given twice"));

    // Found by wac's encoder and by the validator, when all is connected.
    let one = component("one", "use types.{thing}; import f: func(t: borrow<thing>); export run: func();");
    let two = component("two", "import run: func(); export go: func();");
    assert_eq!(code(&wired(&[one, two])), Some(Code::Unsupported));
    let leaf = component("leaf", "export types;");
    let app = component("app", "import types; import api; export run: func();");
    assert_eq!(code(&wired(&[leaf, app])), Some(Code::IncompatibleTypes));
}

#[test]
fn a_single_input_is_all_of_the_hosts() {
    let wiring = wired(&[input("app", &passes(&["a:b/c", "h:h/h"], "app"))]);
    assert_eq!(names(&wiring), [("app", 0)]);
    let host = |import| connection(0, import, MetBy::Host);
    assert_eq!(wiring.connections, [host("a:b/c"), host("h:h/h")]);
    assert_eq!(wiring.exports, [export("app", Some(of(0, "app")))]);
    let error = wired_with(&[input("module", "(module)")], None).expect_err("no component");
    assert_eq!((error.code, error.input.as_deref()), (Code::NotAComponent, Some("module")));
}

#[test]
fn a_document_makes_instances_of_its_own() {
    let app = input("app.wasm", &passes(&["a:b/c", "a:b/d", "h:h/h"], "app"));
    let leaf = input("leaf.wasm", &exports_func("a:b/c", ""));
    let same = "package x:all;
        import log: interface { f: func(); };
        let one = new x:leaf {};
        let c = one[\"a:b/c\"];
        let app = new x:app {
            \"a:b/c\": c, \"a:b/d\": new x:leaf {}[\"a:b/c\"], \"h:h/h\": log,
        };
        export app[\"app\"] as main;
        export app[\"app\"] as again;
        export one as whole;
        export c[\"f\"] as f;
        export log as logging;";
    let wiring = wired_with(&[app, leaf], Some(same)).expect("a document that resolves");
    assert_eq!(names(&wiring), [("one", 1), ("leaf.wasm", 1), ("app", 0)]);
    assert_eq!(
        wiring.connections,
        [
            connection(2, "a:b/c", MetBy::Export(of(0, "a:b/c"))),
            connection(2, "a:b/d", MetBy::Export(of(1, "a:b/c"))),
            connection(2, "h:h/h", MetBy::Host),
        ]
    );
    assert_eq!(
        wiring.exports,
        [
            export("main", Some(of(2, "app"))),
            export("again", Some(of(2, "app"))),
            export("whole", Some(of(0, ""))),
            export("f", Some(of(0, "a:b/c#f"))),
            export("logging", None),
        ]
    );
    assert_eq!(wiring.refused, None);
}

#[test]
fn a_document_leaves_to_the_host_what_it_does_not_name() {
    let app = || component("app", "use types.{thing}; export run: func() -> thing;");
    let leaf = component("leaf", "export types;");
    let open = "package x:all; let app = new x:app { ... }; export app[\"run\"];";
    let wiring = wired_with(&[app()], Some(open)).expect("a document that resolves");
    let follows = MetBy::Follows("t:t/types@1.0.0".to_string());
    assert_eq!(
        wiring.connections,
        [connection(0, "t:t/types@1.0.0", MetBy::Host), connection(0, "thing", follows)]
    );
    let full = "package x:all;
        let leaf = new x:leaf {};
        let app = new x:app { ...leaf, thing: leaf[\"t:t/types@1.0.0\"][\"thing\"] };
        export leaf[\"t:t/types@1.0.0\"]; export app[\"run\"];";
    let wiring = wired_with(&[app(), leaf], Some(full)).expect("a document that resolves");
    assert_eq!(
        wiring.connections,
        [
            connection(1, "t:t/types@1.0.0", MetBy::Export(of(0, "t:t/types@1.0.0"))),
            connection(1, "thing", MetBy::Export(of(0, "t:t/types@1.0.0#thing"))),
        ]
    );
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let app = input("app", &passes(&["a:b/c"], "app"));
    let mut broken = input("broken", &exports_func("a:b/c", ""));
    broken.bytes.truncate(broken.bytes.len() - 3);
    let place = |error: Error| (error.code, error.input);
    let error = wired_with(&[app.clone(), broken], None).expect_err("truncated");
    assert_eq!(place(error), (Code::Malformed, Some("broken".to_string())));
    let error = wired_with(&[app], Some("package x:all; export nothing;")).expect_err("no such name");
    assert_eq!(place(error), (Code::InvalidOption, Some("app.wac".to_string())));
}
