//! Inputs that are whole, cut off, and wrong. In: nothing. Out: whether each gives the tree or the
//! error that it should.

use super::{DefinitionKind, Reader, Tree, to_binary};
use crate::error::{Code, Error, Result};
use crate::ids::Id;
use crate::interface::Input;
use std::fmt::Write;

pub(super) fn read(bytes: &[u8]) -> Result<Tree<'_>> {
    let mut reader = Reader::new(bytes);
    while reader.step()? {}
    reader.finish()
}

pub(super) fn error(bytes: &[u8]) -> Error {
    read(bytes).map(drop).expect_err("it is refused")
}

pub(super) fn binary(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// All of it in one section of the root, so that no cut but the one after the header is between
/// two sections.
const WHOLE: &str = r#"(component
    (component
        (import "a:b/c" (instance $i
            (export "r" (type $r (sub resource)))
            (export "f" (func (param "x" (list (borrow $r))) (result (result string (error u8)))))))
        (core module $m
            (memory (export "m") 1) (table 1 funcref) (global (mut i32) i32.const 0) (tag)
            (func (export "f") (param i32) (result i32) local.get 0 i32.const 2 i32.add)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
            (elem (i32.const 0) func 0) (data (i32.const 0) "text"))
        (core instance $m (instantiate $m))
        (alias export $i "f" (func $f))
        (core func $lower (canon lower (func $f) (memory $m "m") (realloc (func $m "realloc"))))
        (func (export "g") (param "x" u32) (result u32) (canon lift (core func $m "f")))
        (component)))"#;

#[test]
fn a_whole_component_gives_its_tree() {
    let bytes = binary(WHOLE);
    let tree = read(&bytes).unwrap_or_else(|error| panic!("{error}"));
    let parents: Vec<_> = tree.components.values().map(|c| c.parent.map(Id::index)).collect();
    assert_eq!(parents, [None, Some(0), Some(1)]);
    let steps: Vec<_> = tree.components.values().map(|c| c.step.as_str()).collect();
    assert_eq!(steps, ["", "component 0", "component 0"]);
    let module = tree.modules.values().next().expect("a module");
    assert_eq!(module.bytes, &bytes[module.offset..module.offset + module.bytes.len()]);
    assert!(wasmparser::validate(module.bytes).is_ok());
    assert_eq!((module.functions.len(), module.bodies.len(), module.data.len()), (2, 2, 1));
    for component in tree.components.values() {
        assert_eq!(&bytes[component.range.start..component.range.start + 4], b"\0asm");
        assert!(component.definitions.iter().all(|d| component.range.contains(&d.offset)));
    }
    let nested = &tree.components.values().nth(1).expect("nested").definitions;
    assert!(nested.iter().any(|d| matches!(d.kind, DefinitionKind::Component(id) if id.index() == 2)));
}

#[test]
fn every_prefix_is_an_error() {
    let bytes = binary(WHOLE);
    for len in (0..bytes.len()).filter(|len| *len != 8) {
        let error = error(&bytes[..len]);
        assert_eq!(error.code, Code::Malformed, "{len}: {error}");
        assert!(error.offset.is_some_and(|offset| offset <= len as u64), "{len}: {error}");
    }
}

#[test]
fn every_flipped_byte_is_a_tree_or_an_error() {
    let bytes = binary(WHOLE);
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= flip;
            if let Err(error) = read(&bytes) {
                assert!(
                    matches!(error.code, Code::Malformed | Code::Invalid | Code::NotAComponent),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn steps_are_bounded_and_advance() {
    let body = "i32.const 1 drop ".repeat(10_000);
    let functions = format!("(func {body})").repeat(40);
    let bytes = binary(&format!("(component (core module {functions}))"));
    assert!(bytes.len() > 1_000_000);
    let mut reader = Reader::new(&bytes);
    let mut steps = 0;
    let mut before = 0;
    while reader.step().unwrap_or_else(|error| panic!("{error}")) {
        assert!(reader.position() > before && reader.position() - before < 400_000);
        before = reader.position();
        steps += 1;
    }
    assert!(steps >= 3);
    assert!(reader.finish().is_ok());
}

#[test]
fn what_is_no_component() {
    for bytes in [&b""[..], b"\0as", b"\0asm\x09\0\x01\0", b"\0garbage"] {
        assert_eq!(error(bytes).code, Code::Malformed);
    }
    assert_eq!(error(b"").message, "the input is empty");
    let error = error(&binary("(module)"));
    assert_eq!(error.code, Code::NotAComponent);
    assert!(error.hint.is_some_and(|hint| hint.contains("wasm-tools component new")));
}

#[test]
fn a_fault_in_a_function_has_its_path_and_offset() {
    let bytes = binary(
        r#"(component
            (core module)
            (component (component) (component (core module (func)) (core module (func i32.add)))))"#,
    );
    let error = error(&bytes);
    assert_eq!(error.code, Code::Invalid);
    assert_eq!(error.path, ["component 0", "component 1", "core module 1"]);
    assert_eq!(bytes.get(error.offset.expect("an offset") as usize), Some(&0x6a));
}

#[test]
fn a_mismatch_is_told_on_one_line() {
    let bytes = binary(
        r#"(component
            (import "c" (component $c (import "f" (func (param "x" u8)))))
            (import "f" (func $f))
            (instance (instantiate $c (with "f" (func $f)))))"#,
    );
    let error = error(&bytes);
    assert_eq!(error.code, Code::Invalid);
    assert!(!error.message.contains('\n'), "{error}");
}

/// Where the error about `wat` lies, and which one it is. `needle` is what must be there.
fn invalid_at(wat: &str, needle: &[u8]) -> Error {
    let bytes = binary(wat);
    let error = error(&bytes);
    let offset = error.offset.expect("an offset") as usize;
    let there = bytes.get(offset..).expect("an offset in the input");
    assert!(there.starts_with(needle), "{error}: {:x?}", there.get(..8));
    error
}

#[test]
fn what_the_validator_leaves_out_has_its_path_and_offset() {
    let size = r#"(component (component
        (type (list string)) (type $l (list u8 0xfffffff)) (type (tuple u8 $l)) (type u8)))"#;
    let size = invalid_at(size, &[0x6f, 2, 0x7d, 1]);
    assert_eq!((size.code, size.path), (Code::Invalid, vec!["component 0".to_string()]));
    // The second type, which is a component type.
    let inside = r#"(component (type (component (type u8))) (type (component (type (list u8 0x10000000)))))"#;
    assert!(invalid_at(inside, &[0x41, 1, 1, 0x67]).message.contains("268435456 bytes"));
    let name =
        r#"(component (import "i" (instance)) (import "ns:p/A" (instance)) (import "ns:p/a" (instance)))"#;
    assert_eq!(invalid_at(name, b"\x00\x06ns:p/a").code, Code::Invalid);
    let name = r#"(component (type u8) (type (instance (export "ns:p/A" (func)) (export "ns:p/a" (func)))))"#;
    assert_eq!(invalid_at(name, &[0x42]).code, Code::Invalid);
}

#[test]
fn a_version_suffix_follows_a_canonical_version() {
    for name in [
        r#""a:b/c@1" (versionsuffix ".2.3")"#,
        r#""a:b/c@0.2" (versionsuffix ".7-rc.1")"#,
        r#""a:b/c@0.0.3" (versionsuffix "")"#,
        r#""a:b/c@0.0.0" (versionsuffix "-rc+b")"#,
        r#""n" (implements "a:b/c@1") (versionsuffix ".0.0")"#,
        r#""n" (implements "a:b/c@1")"#,
    ] {
        assert!(read(&binary(&format!("(component (import {name} (instance)))"))).is_ok(), "{name}");
    }
    for name in [r#""a:b/c@1.2.3" (versionsuffix "")"#, r#""n" (implements "a:b/c") (versionsuffix "1.2.3")"#]
    {
        let error = error(&binary(&format!("(component (import {name} (instance)))")));
        assert!(error.message.contains("canonical"), "{error}");
    }
}

#[test]
fn only_what_is_valid_is_explained_as_too_strictly_compared() {
    let global = |defined: &str, wanted: &str| {
        error(&binary(&format!(
            r#"(component
                (core module $a (rec (type $s (sub (struct))) (type $t (sub $s (struct (field i32)))) (type $f (func)))
                  (func $f (type $f)) (elem declare func $f) (global (export "g") {defined}))
                (core module $b (rec (type $s (sub (struct))) (type $t (sub $s (struct (field i32)))) (type $f (func)))
                  (import "a" "g" (global {wanted})))
                (core instance $a (instantiate $a))
                (core instance (instantiate $b (with "a" (instance $a)))))"#
        )))
        .code
    };
    for (defined, wanted) in [
        ("(ref func) (ref.func $f)", "funcref"),
        ("(ref $f) (ref.func $f)", "(ref func)"),
        ("(ref $t) (struct.new_default $t)", "(ref null $s)"),
        ("(ref $t) (struct.new_default $t)", "eqref"),
        ("(ref null none) (ref.null none)", "(ref null $t)"),
        ("(ref null nofunc) (ref.null nofunc)", "(ref null $f)"),
        ("(ref i31) (ref.i31 (i32.const 1))", "anyref"),
    ] {
        assert_eq!(global(defined, wanted), Code::Unsupported, "{defined}, {wanted}");
    }
    for (defined, wanted) in [
        ("funcref (ref.null func)", "(ref func)"),
        ("(mut (ref func)) (ref.func $f)", "(mut funcref)"),
        ("(ref func) (ref.func $f)", "(mut funcref)"),
        ("(ref null $s) (ref.null $s)", "(ref null $t)"),
        ("(ref null struct) (ref.null struct)", "(ref null $s)"),
        ("(ref null $t) (ref.null $t)", "arrayref"),
        ("(ref null $f) (ref.null $f)", "anyref"),
        ("externref (ref.null extern)", "anyref"),
        ("i32 (i32.const 0)", "i64"),
    ] {
        assert_eq!(global(defined, wanted), Code::Invalid, "{defined}, {wanted}");
    }
    let export =
        |exported: &str| error(&binary(&format!("(component {exported} (type (sub resource))))"))).code;
    assert_eq!(export(r#"(type $r (resource (rep i32))) (export "r" (type $r)"#), Code::Unsupported);
    assert_eq!(export(r#"(import "r" (type $r (sub resource))) (export "s" (type $r)"#), Code::Unsupported);
    assert_eq!(export(r#"(type $r u8) (export "r" (type $r)"#), Code::Invalid);
    assert_eq!(export(r#"(import "f" (func $f)) (export "g" (func $f)"#), Code::Invalid);
    assert_eq!(export(r#"(export "r" (type 0)"#), Code::Invalid);
}

#[test]
fn type_sections_of_every_kind_pass_the_nesting_check() {
    let mut text = r#"(component
        (core type $f (func (param i32)))
        (type (component
            (core type (module (import "a" "b" (func)) (export "c" (memory 1))))
            (type $u u8)
            (import "i" (instance $i (export "t" (type (sub resource)))))
            (alias export $i "t" (type $t))
            (type (instance (alias outer 1 $u (type $u)) (export "v" (type (eq $u)))))
            (export "f" (func (param "x" (own $t))))))
        (type (resource (rep i32)))
        (type (record (field "a" u8) (field "b" (tuple string char))))
        (type (variant (case "a") (case "b" (list u8))))
        (type (flags "a" "b")) (type (enum "a" "b")) (type (option u8)) (type (result))
        (type (func async (param "x" (stream u8)) (result (future))))"#
        .to_string();
    for i in 0..300 {
        let _ = write!(
            text,
            r#"(type (instance (type $t (record (field "f{i}" u8))) (export "t" (type (eq $t)))))"#
        );
    }
    text.push(')');
    assert!(read(&binary(&text)).is_ok());
}

#[test]
fn exceptions_of_both_kinds_validate() {
    let legacy = "(func try catch_all end)";
    let new = "(func (block $b (try_table (catch_all $b))))";
    assert!(read(&binary(&format!("(component (core module {new}) (core module {legacy}))"))).is_ok());
}

#[test]
fn text_is_parsed_and_binary_is_left_alone() {
    let input = |bytes: &[u8]| Input { name: "in".to_string(), bytes: bytes.to_vec(), package: None };
    let parsed = to_binary(input(b"(component)")).expect("text");
    assert_eq!(parsed.bytes, b"\0asm\x0d\0\x01\0");
    assert_eq!(to_binary(parsed.clone()).expect("binary"), parsed);
    let error = to_binary(input(b"(component\n  (type $t (list u9)))")).expect_err("no such type");
    assert_eq!((error.code, error.input.as_deref()), (Code::Malformed, Some("in")));
    assert_eq!(error.offset, Some(28));
    let error = to_binary(input(b"(component\xff)")).expect_err("no text");
    assert_eq!((error.code, error.offset), (Code::Malformed, Some(10)));
}

/// So much code that several threads validate it, with bodies in it that are not valid, and something
/// wrong behind it. The first is told, and as the validator tells it.
#[test]
fn the_first_body_that_is_not_valid_is_told() {
    let component = |wrong: &[usize], behind: &str| {
        let mut text = String::from("(component (core module ");
        for function in 0..3000 {
            let result = if wrong.contains(&function) { "f32" } else { "i32" };
            let _ = writeln!(text, "(func (result {result}) (local i32)");
            text += &"local.get 0 i32.const 1 i32.add local.set 0 ".repeat(40);
            text += "local.get 0)";
        }
        binary(&(text + "(data \"\"))" + behind + ")"))
    };
    let bodies = component(&[], "");
    assert!(bodies.len() > 3 * 256 * 1024, "{}", bodies.len());
    let tree = read(&bodies).unwrap_or_else(|error| panic!("{error}"));
    let module = tree.modules.values().next().expect("a module");
    for body in 0..3000 {
        assert_eq!(module.sites.of(body).map(Iterator::count), Some(0));
    }
    assert!(module.sites.of(3000).is_none());
    // In one part and in two parts of a step, and in several steps.
    for wrong in [&[0][..], &[2999], &[700, 701], &[100, 800], &[1000, 1700], &[1400, 2900], &[2, 1500, 2999]]
    {
        // The whole validator looks at bodies last.
        let expected = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&component(wrong, ""))
            .map(drop)
            .expect_err("it is not valid");
        let error = error(&component(wrong, "(core instance (instantiate 9))"));
        assert_eq!(error.code, Code::Invalid);
        assert_eq!((error.message.as_str(), error.offset), (expected.message(), Some(expected.offset())));
        assert_eq!(error.path, ["core module 0"]);
    }
}

#[test]
fn binaries_of_pre_releases_are_named() {
    for version in 0xa..=0xcu8 {
        let bytes = [b"\0asm".as_slice(), &[version, 0, 1, 0], &[7, 1, 0]].concat();
        let error = Reader::outline(&bytes).err().expect("another format");
        assert_eq!((error.code, error.offset), (Code::Malformed, Some(0)));
        assert!(error.message.contains(&format!("a pre-release, version {version:#x}")), "{error}");
        assert!(error.hint.is_some_and(|hint| hint.contains("build it again")));
    }
    let later = Reader::outline(b"\0asm\x0e\0\x01\0").err().expect("no such version");
    assert!(!later.message.contains("pre-release"), "{later}");
}

#[test]
fn wit_packages_are_named() {
    let text = "package a:b@1.0.0; interface i { use j.{t}; f: func() -> t; } interface j { type t = u8; }
        world w { import i; export j; }";
    let refused = |bytes: Vec<u8>| {
        let binary = to_binary(Input::new("x.wit", bytes));
        binary.and_then(|input| Reader::outline(&input.bytes).map(|_| ())).expect_err("no component")
    };
    let error = refused(text.as_bytes().to_vec());
    assert_eq!(
        (error.code, error.message.as_str()),
        (Code::NotAComponent, "the input is a WIT package, not a component")
    );
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("x.wit", text).expect("WIT that parses");
    let error = refused(wit_component::encode(&resolve, package).expect("a package"));
    assert_eq!(error.code, Code::NotAComponent);
    assert_eq!(error.message, "the input is a WIT package in binary form, not a component");
    // A component may export types, and even types of components.
    for text in [
        r#"(component (type $t (component)) (export "t" (type $t)))"#,
        r#"(component (type $t (component (export "a:b/c" (instance)))) (export "t" (type $t)) (core module))"#,
    ] {
        let bytes = wat::parse_str(text).expect("a component that parses");
        Reader::outline(&bytes).map(|_| ()).expect("a component");
    }
    let neither = refused(b"package a:b; interface {".to_vec());
    assert_eq!(neither.code, Code::Malformed);
}
