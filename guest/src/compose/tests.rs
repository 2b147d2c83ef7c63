//! What composing accepts, what it refuses, and what it says.

use super::{Composed, Placed, compose};
use crate::error::{Code, Error};
use crate::interface::{Composing, Input, WacSource};
use wasmparser::{Parser, Payload};

pub(super) fn input(name: &str, text: &str) -> Input {
    Input::new(name, wat::parse_str(text).expect("a fixture that parses"))
}

fn composed(inputs: &[(&str, &str)]) -> Composed {
    let inputs = inputs.iter().map(|(name, text)| input(name, text)).collect();
    compose(inputs, &Composing::default()).expect("inputs that compose")
}

fn refused(inputs: &[(&str, &str)]) -> Error {
    let inputs = inputs.iter().map(|(name, text)| input(name, text)).collect();
    compose(inputs, &Composing::default()).expect_err("inputs that do not compose")
}

fn with_wac(inputs: Vec<Input>, text: &str) -> Result<Composed, Error> {
    let wac = WacSource { name: "app.wac".to_string(), text: text.to_string() };
    compose(inputs, &Composing { wac: Some(wac), ..Composing::default() })
}

/// The root's imports and exports, in order.
pub(super) fn face(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let tree = crate::read::Reader::outline(bytes).expect("a valid composition");
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    for item in super::shape::items(&tree) {
        match item {
            super::shape::RootItem::Import(name) => imports.push(name.to_string()),
            super::shape::RootItem::Export(name) => exports.push(name.to_string()),
        }
    }
    (imports, exports)
}

/// Exports an instance `name` with a function of the type `ty`, none or one `u32`, which traps.
pub(super) fn exports_func(name: &str, ty: &str) -> String {
    let core = if ty.is_empty() { "" } else { "(param i32)" };
    format!(
        r#"(component
             (core module $m (func (export "f") {core} (unreachable)))
             (core instance $i (instantiate $m))
             (func $f {ty} (canon lift (core func $i "f")))
             (instance $e (export "f" (func $f)))
             (export "{name}" (instance $e)))"#
    )
}

/// Imports each of `imports` with a function `f` and exports an instance `export` with one.
pub(super) fn passes(imports: &[&str], export: &str) -> String {
    let imports: Vec<_> =
        imports.iter().map(|name| format!(r#"(import "{name}" (instance (export "f" (func))))"#)).collect();
    let exporter = exports_func(export, "");
    exporter.replacen("(component", &format!("(component {}", imports.join(" ")), 1)
}

#[test]
fn an_import_is_met_by_the_export_of_its_name() {
    let caller = passes(&["a:b/c"], "caller");
    let callee = exports_func("a:b/c", "");
    let result = composed(&[("caller.wasm", &caller), ("callee.wasm", &callee)]);
    assert_eq!(face(&result.bytes), (vec![], vec!["caller".to_string()]));
}

#[test]
fn versions_meet_by_semver_and_an_exact_one_comes_first() {
    let caller = passes(&["a:b/c@1.0.1"], "caller");
    let newer = exports_func("a:b/c@1.2.0", "");
    let other = exports_func("a:b/c@2.0.0", "");
    let exact = passes(&["caller"], "a:b/c@1.0.1");
    let result = composed(&[("caller", &caller), ("newer", &newer)]);
    assert_eq!(face(&result.bytes), (vec![], vec!["caller".to_string()]));
    assert_eq!(refused(&[("caller", &caller), ("other", &other)]).code, Code::NothingInCommon);
    let exact = exact.replacen("\"caller\"", "\"unmet\"", 1);
    let nowhere = refused(&[("caller", &caller), ("newer", &newer), ("exact", &exact)]);
    assert_eq!(nowhere.code, Code::NothingInCommon);
    assert!(nowhere.message.contains("`newer`"), "{nowhere}");
}

#[test]
fn what_is_left_over_is_shared_and_exported() {
    let caller = passes(&["a:b/c", "h:h/h@0.2.0"], "caller");
    let callee = passes(&["h:h/h@0.2.1", "h:h/i"], "a:b/c");
    let result = composed(&[("caller", &caller), ("callee", &callee)]);
    let imports = ["h:h/h@0.2.1", "h:h/i"].map(String::from).to_vec();
    assert_eq!(face(&result.bytes), (imports, vec!["caller".to_string()]));
}

#[test]
fn two_candidates_are_refused() {
    let caller = passes(&["a:b/c"], "caller");
    let (one, two) = (exports_func("a:b/c", ""), passes(&["x:x/x"], "a:b/c"));
    let error = refused(&[("caller.wasm", &caller), ("one.wasm", &one), ("two.wasm", &two)]);
    assert_eq!(error.code, Code::AmbiguousImport);
    assert_eq!(
        error.message,
        "the import `a:b/c` of `caller.wasm` is exported by `one.wasm` and by `two.wasm`"
    );
    assert!(error.hint.is_some_and(|hint| hint.contains("in a WAC document") && !hint.contains("--")));
}

#[test]
fn only_a_candidate_that_fits_counts() {
    let caller = passes(&["a:b/c"], "caller");
    let (one, two) = (exports_func("a:b/c", ""), exports_func("a:b/c", "(param \"x\" u32)"));
    let error = refused(&[("caller", &caller), ("two", &two)]);
    assert_eq!(error.code, Code::IncompatibleTypes);
    assert!(error.message.contains("`caller`") && error.message.contains("`two`"), "{error}");
    assert!(error.message.contains("parameter count"), "{error}");
    // `two` still exports what it has, under a name that `one` gives to the caller.
    let result = composed(&[("caller", &caller), ("one", &one)]);
    assert_eq!(face(&result.bytes).1, ["caller"]);
}

#[test]
fn a_circle_is_refused() {
    let (one, two) = (passes(&["a:a/two"], "a:a/one"), passes(&["a:a/one"], "a:a/two"));
    let error = refused(&[("one.wasm", &one), ("two.wasm", &two)]);
    assert_eq!(error.code, Code::ImportCycle);
    assert!(error.message.contains("`one.wasm`, which imports `a:a/two`"), "{error}");
    assert!(error.message.contains("`two.wasm`, which imports `a:a/one`"), "{error}");
}

#[test]
fn inputs_must_have_to_do_with_each_other() {
    let (one, two) = (passes(&["h:h/h"], "one"), passes(&["h:h/h"], "two"));
    let error = refused(&[("one.wasm", &one), ("two.wasm", &two)]);
    assert_eq!(error.code, Code::NothingInCommon);
    assert!(error.message.contains("`one.wasm`") && error.message.contains("`two.wasm`"), "{error}");
}

#[test]
fn one_name_is_exported_once() {
    let caller = passes(&["a:b/c", "a:b/d"], "caller");
    let one = exports_func("a:b/c", "")
        .replace("(export \"a:b/c\"", "(export \"both\" (instance $e)) (export \"a:b/c\"");
    let two = one.replace("a:b/c", "a:b/d");
    let error = refused(&[("caller", &caller), ("one", &one), ("two", &two)]);
    assert_eq!(error.code, Code::AmbiguousImport);
    assert!(error.message.contains("both `one` and `two` export `both`"), "{error}");
}

#[test]
fn a_component_given_twice_is_refused() {
    let one = passes(&["a:a/two"], "a:a/one");
    let error = refused(&[("one.wasm", &one), ("one.wasm", &one)]);
    assert_eq!(error.code, Code::AmbiguousImport);
    assert_eq!(error.message, "`one.wasm` is given twice");
}

#[test]
fn a_core_module_is_named() {
    let error = refused(&[("one.wasm", "(component)"), ("two.wasm", "(module)")]);
    assert_eq!((error.code, error.input.as_deref()), (Code::NotAComponent, Some("two.wasm")));
}

#[test]
fn bad_bytes_are_placed_in_their_input() {
    let good = input("good.wasm", &exports_func("a:b/c", ""));
    let mut bad = input("bad.wasm", &passes(&["a:b/c"], "caller"));
    bad.bytes.truncate(bad.bytes.len() - 3);
    let length = bad.bytes.len() as u64;
    let error = compose(vec![good, bad], &Composing::default()).expect_err("truncated");
    assert_eq!((error.code, error.input.as_deref()), (Code::Malformed, Some("bad.wasm")));
    assert!(error.offset.is_some_and(|offset| offset <= length), "{error}");
}

#[test]
fn an_error_in_the_composition_is_placed_in_its_input() {
    let caller = passes(&["a:b/c"], "caller");
    let callee = exports_func("a:b/c", "");
    let result = composed(&[("caller", &caller), ("callee", &callee)]);
    let names: Vec<_> = result.origins.iter().map(|placed| placed.name.as_str()).collect();
    assert_eq!(names, ["callee", "caller"]);
    for Placed { range, name, .. } in &result.origins {
        let text = if name == "caller" { &caller } else { &callee };
        assert_eq!(result.bytes[range.clone()], wat::parse_str(text).expect("parses"));
    }
    let range = &result.origins[1].range;
    let error =
        Error::new(Code::Invalid, "x").at(range.start + 5).within("core module 0").within("component 1");
    let error = super::place(&result.origins, error);
    assert_eq!((error.input.as_deref(), error.offset), (Some("caller"), Some(5)));
    assert_eq!(error.path, ["core module 0"]);
    let outside = super::place(&result.origins, Error::new(Code::Invalid, "x").at(0));
    assert_eq!((outside.input, outside.offset), (None, None), "a place in no file");
}

#[test]
fn composing_gives_the_same_bytes_each_time() {
    let inputs = [("caller", passes(&["a:b/c", "h:h/h"], "caller")), ("callee", exports_func("a:b/c", ""))];
    let inputs: Vec<_> = inputs.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let first = composed(&inputs).bytes;
    for _ in 0..5 {
        assert_eq!(composed(&inputs).bytes, first);
    }
}

#[test]
fn a_document_composes_by_package() {
    let caller = || input("dir/my_caller.wasm", &passes(&["a:b/c"], "caller"));
    let callee = || input("callee.wasm", &exports_func("a:b/c", ""));
    let text = "package x:app;
        let callee = new y:callee {};
        let caller = new my:caller@1.0.0 { \"a:b/c\": callee[\"a:b/c\"] };
        export caller[\"caller\"] as main;";
    let result = with_wac(vec![caller(), callee()], text).expect("a document that resolves");
    assert_eq!(face(&result.bytes), (vec![], vec!["main".to_string()]));
    let names: Vec<_> = result.origins.iter().map(|placed| placed.name.as_str()).collect();
    assert_eq!(names, ["callee.wasm", "dir/my_caller.wasm"]);

    let missing = with_wac(vec![caller()], text).expect_err("no callee");
    assert_eq!((missing.code, missing.input.as_deref()), (Code::InvalidWac, Some("app.wac")));
    assert!(missing.message.contains("`y:callee`"), "{missing}");
    assert_eq!(missing.offset, text.find("y:callee").map(|o| o as u64));

    let given =
        Input { package: Some("y:callee".to_string()), ..input("z.wasm", &exports_func("a:b/c", "")) };
    let result = with_wac(vec![caller(), given.clone()], text).expect("a package given by name");
    assert_eq!(face(&result.bytes).1, ["main"]);
    let unused = with_wac(vec![caller(), given, callee()], text).expect_err("an input too many");
    assert_eq!(unused.code, Code::InvalidOption);
    assert!(unused.message.contains("`callee.wasm`"), "{unused}");

    let second = input("other/callee.wasm", &exports_func("a:b/c", "(param \"x\" u32)"));
    let ambiguous = with_wac(vec![caller(), callee(), second], text).expect_err("two of one name");
    assert_eq!(ambiguous.code, Code::InvalidWac);
    assert!(ambiguous.message.contains("`callee.wasm`, `other/callee.wasm`"), "{ambiguous}");
}

#[test]
fn a_document_may_begin_with_a_byte_order_mark() {
    let caller = || input("my_caller.wasm", &passes(&["a:b/c"], "caller"));
    let text = "package x:app;\nexport new my:caller { ... } as main;";
    let without = with_wac(vec![caller()], text).map(|composed| composed.bytes);
    let with = with_wac(vec![caller()], &format!("\u{feff}{text}")).map(|composed| composed.bytes);
    assert_eq!(with, without);
    assert!(with.is_ok(), "{with:?}");
    // Offsets count from the start of what was given, where the mark has three bytes.
    let error = with_wac(vec![], "\u{feff}package x:app;\nlet a = ;").expect_err("no expression");
    assert_eq!((error.code, error.offset), (Code::InvalidWac, Some(26)));
    // One is a mark, two are not.
    let twice = with_wac(vec![], "\u{feff}\u{feff}package x:app;").expect_err("two marks");
    assert_eq!((twice.code, twice.offset), (Code::InvalidWac, Some(3)));
}

#[test]
fn a_document_that_is_wrong_is_placed() {
    let error = with_wac(vec![], "package x:app;\nlet a = ;").expect_err("no expression");
    assert_eq!((error.code, error.offset), (Code::InvalidWac, Some(23)));
    let error = with_wac(vec![], "package x:app;\nexport nothing;").expect_err("no such name");
    assert_eq!((error.code, error.offset), (Code::InvalidWac, Some(22)));
    let deep = format!("package x:app;\nlet a = {};", "(".repeat(100_000));
    assert_eq!(with_wac(vec![], &deep).expect_err("deep").code, Code::LimitExceeded);
}

#[test]
fn modules_in_a_composition_are_the_inputs_only() {
    let caller = passes(&["a:b/c"], "caller");
    let callee = exports_func("a:b/c", "");
    let result = composed(&[("caller", &caller), ("callee", &callee)]);
    let modules = Parser::new(0)
        .parse_all(&result.bytes)
        .filter(|payload| matches!(payload, Ok(Payload::ModuleSection { .. })));
    assert_eq!(modules.count(), 2);
}

/// One that imports what each of the others exports: a component has a thousand instances at most, and wac
/// makes two of such an input.
#[test]
fn a_star_has_so_many_inputs() {
    let star = |others: usize| {
        let names: Vec<String> = (0..others).map(|n| format!("e{n}")).collect();
        let imports: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut inputs = vec![input("center.wasm", &passes(&imports, "out"))];
        inputs.extend(names.iter().map(|name| input(&format!("{name}.wasm"), &exports_func(name, ""))));
        compose(inputs, &Composing::default())
    };
    assert!(star(490).is_ok());
    let error = star(510).map(drop).expect_err("too many");
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");
    assert!(error.message.contains("instances count exceeds limit of 1000"), "{error}");
    assert!(error.hint.is_some());
}
