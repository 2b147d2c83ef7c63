//! `wrap`: a fused core module becomes the component that fusing to one gives, whatever an optimiser has done to
//! it; what no longer fits is refused by its name. (`tests/src/fused.rs` compares the bytes for every fixture.)

use meld_fuser::{Code, Error, Input, Memory, Options, OutputKind, Wasi, fuse, wrap};
use wasm_encoder::{CustomSection, Section};
use wasmparser::{Parser, Payload};

/// Imports with a memory, a resource type with a destructor, a start function that calls the host.
const INPUT: &str = r#"(component
    (import "log" (func $log (param "text" string)))
    (import "now" (func $now (result u64)))
    (core module $libc
        (memory (export "memory") 1)
        (data (i32.const 16) "started")
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
    (core instance $libc (instantiate $libc))
    (core func $log (canon lower (func $log) (memory $libc "memory")))
    (core func $now (canon lower (func $now)))
    (core module $shut (func (export "shut") (param i32)))
    (core instance $shut (instantiate $shut))
    (type $file' (resource (rep i32) (dtor (func $shut "shut"))))
    (core func $new (canon resource.new $file'))
    (core module $main
        (import "" "log" (func $log (param i32 i32)))
        (import "" "now" (func $now (result i64)))
        (import "" "new" (func $new (param i32) (result i32)))
        (func (export "open") (param i32 i32) (result i32)
            (call $log (local.get 0) (local.get 1))
            (call $new (i32.wrap_i64 (call $now))))
        (func (export "text") (result i32) (i32.const 8))
        (func $start START)
        (start $start))
    (core instance $main (instantiate $main (with "" (instance
        (export "log" (func $log)) (export "now" (func $now)) (export "new" (func $new))))))
    (export $file "file" (type $file'))
    (func (export "open") (param "name" string) (result (own $file))
        (canon lift (core func $main "open") (memory $libc "memory") (realloc (func $libc "realloc"))))
    (func (export "text") (result string)
        (canon lift (core func $main "text") (memory $libc "memory"))))"#;

fn input(start: &str) -> Vec<Input> {
    vec![Input::new("input", INPUT.replace("START", start))]
}

fn fused(start: &str, output: OutputKind) -> Vec<u8> {
    fuse(input(start), Options { output, ..Options::default() }).unwrap_or_else(|e| panic!("{e}")).bytes
}

fn module() -> Vec<u8> {
    fused(CALLS, OutputKind::CoreModule)
}

const CALLS: &str = "(call $log (i32.const 16) (i32.const 7))";

/// The module as text, changed.
fn changed(module: &[u8], change: impl Fn(String) -> String) -> Vec<u8> {
    let text = wasmprinter::print_bytes(module).expect("it prints");
    let new = change(text.clone());
    assert_ne!(text, new, "nothing has changed");
    wat::parse_str(&new).unwrap_or_else(|e| panic!("{e}\n{new}"))
}

/// The text with one more function, the last one, so that those before it keep their indices.
fn with_function(text: &str, function: &str) -> String {
    let (module, _) = text.trim_end().rsplit_once(')').expect("the end of the module");
    format!("{module} (func {function}))")
}

fn wrapped(module: &[u8]) -> Result<Vec<u8>, Error> {
    wrap(Input::new("fused.wasm", module))
}

#[track_caller]
fn refused(module: &[u8], code: Code, words: &[&str]) {
    let error = wrapped(module).expect_err("it is refused");
    assert_eq!((error.code, error.input.as_deref()), (code, Some("fused.wasm")), "{error}");
    for word in words {
        assert!(error.message.contains(word), "{word}: {error}");
    }
}

#[test]
fn a_module_that_nothing_has_changed_becomes_the_component() {
    for start in [CALLS, ""] {
        let component = fused(start, OutputKind::Component);
        assert!(wrapped(&fused(start, OutputKind::CoreModule)).expect("a component") == component);
    }
}

#[test]
fn text_and_sections_in_another_place() {
    let module = module();
    let text = wasmprinter::print_bytes(&module).expect("it prints");
    let component = wrap(Input::new("fused.wat", text)).expect("a component");
    assert!(wrapped(&component).is_err_and(|error| error.code == Code::Unsupported));
    // Custom sections before all others.
    let (mut customs, mut others) = (Vec::new(), Vec::new());
    let mut end = 8;
    for payload in Parser::new(0).parse_all(&module) {
        let payload = payload.expect("a payload");
        let Some((_, range)) = payload.as_section() else { continue };
        let section = &module[end..range.end as usize];
        end = range.end as usize;
        match payload {
            Payload::CustomSection(_) => customs.extend_from_slice(section),
            _ => others.extend_from_slice(section),
        }
    }
    let moved = [&module[..8], &customs, &others].concat();
    assert!(
        moved != module && wrapped(&moved).expect("a component") == wrapped(&module).expect("a component")
    );
}

#[test]
fn what_is_no_longer_imported_and_what_else_is_exported() {
    let changed = changed(&module(), |text| {
        let text = text.replacen("(export \"text\"", "(export \"again\" (memory 0)) (export \"text\"", 1);
        with_function(&text, "(export \"more\")")
    });
    wrapped(&changed).expect("a component");
}

#[test]
fn a_start_function_that_has_gone() {
    for start in [CALLS, ""] {
        let module = changed(&fused(start, OutputKind::CoreModule), |text| {
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("(start "));
            lines.collect::<Vec<_>>().join("\n")
        });
        let component = wrapped(&module).expect("a component");
        let text = wasmprinter::print_bytes(&component).expect("it prints");
        assert!(text.contains("(export \"start\" (func "), "{text}");
    }
    // One that has come, where there are functions that are not there yet.
    let without = INPUT.replace("(start $start))", ")").replace("START", "");
    let module = fuse(vec![Input::new("input", without)], Options::default()).expect("a module").bytes;
    let module = changed(&module, |text| {
        with_function(&text.replacen("(export ", "(start $came) (export ", 1), "$came")
    });
    refused(&module, Code::Invalid, &["a start function, which it had not"]);
}

#[test]
fn imports_and_exports_that_no_longer_fit() {
    let module = module();
    let change = |from: &str, to: &str| changed(&module, |text| text.replacen(from, to, 1));
    let of = |name: &str| format!("(import \"$root\" \"{name}\"");
    refused(&change(&of("log"), &of("lug")), Code::Invalid, &["the import \"$root\" \"lug\" is new"]);
    refused(
        &change(&of("log"), "(import \"root\" \"log\""),
        Code::Invalid,
        &["the import \"root\" \"log\" is new"],
    );
    refused(
        &change("(export \"text\"", "(export \"test\""),
        Code::Invalid,
        &["the export \"text\" is missing"],
    );
    refused(
        &change("(export \"text\" (func ", "(export \"text\" (memory 0)) (export \"test\" (func "),
        Code::Invalid,
        &["the export \"text\" is a memory, and was a function"],
    );
    refused(
        &changed(&module, |text| {
            let text =
                text.replacen("(export \"memory\"", "(export \"memory\" (func $none)) (export \"kept\"", 1);
            with_function(&text, "$none")
        }),
        Code::Invalid,
        &["the export \"memory\" is a function, and was a memory"],
    );
    // An export that is another function.
    let other = |name: &str| {
        changed(&module, |text| {
            let export = format!("(export \"{name}\"");
            let text = text.replacen(&export, &format!("{export} (func $other)) (export \"kept\""), 1);
            with_function(&text, "$other (param i32) (result i32) local.get 0")
        })
    };
    refused(
        &other("text"),
        Code::Invalid,
        &["the export \"text\" is (i32) -> (i32), and was () -> (i32) when the module was fused"],
    );
    refused(&other("cabi_realloc"), Code::Invalid, &["`meld:component` does not fit", "realloc"]);
}

#[test]
fn a_body_that_is_not_valid_is_told_with_its_place() {
    let mut module = module();
    let body = Parser::new(0).parse_all(&module).find_map(|payload| match payload.expect("a payload") {
        Payload::CodeSectionEntry(body) => Some(body.get_binary_reader_for_operators().expect("operators")),
        _ => None,
    });
    let at = body.expect("a body").original_position() as usize;
    // `drop` where there is nothing.
    module[at] = 0x1a;
    let error = wrapped(&module).expect_err("it is refused");
    assert_eq!((error.code, error.offset, error.path.len()), (Code::Invalid, Some(at as u64), 0), "{error}");
    module.truncate(at);
    let error = wrapped(&module).expect_err("it is refused");
    assert_eq!(error.code, Code::Malformed, "{error}");
}

fn without(module: &[u8], name: &str) -> (Vec<u8>, Vec<u8>) {
    let (mut rest, mut found, mut end) = (module[..8].to_vec(), Vec::new(), 8);
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.expect("a payload");
        let Some((_, range)) = payload.as_section() else { continue };
        let section = &module[end..range.end as usize];
        end = range.end as usize;
        match payload {
            Payload::CustomSection(section) if section.name() == name => found = section.data().to_vec(),
            _ => rest.extend_from_slice(section),
        }
    }
    (rest, found)
}

fn with(mut module: Vec<u8>, name: &str, data: &[u8]) -> Vec<u8> {
    CustomSection { name: name.into(), data: data.into() }.append_to(&mut module);
    module
}

#[test]
fn sections_that_are_missing_twice_there_or_foreign() {
    let module = module();
    for name in ["meld:component", "meld:boundary"] {
        let (rest, data) = without(&module, name);
        refused(&rest, Code::Unsupported, &["no section", name]);
        refused(&with(module.clone(), name, &data), Code::Invalid, &["two sections", name]);
    }
    let (rest, _) = without(&module, "meld:component");
    let foreign = |data: &[u8]| with(rest.clone(), "meld:component", data);
    refused(&foreign(b""), Code::Invalid, &["`meld:component` does not fit"]);
    let empty = wat::parse_str("(component)").expect("a component");
    refused(&foreign(&empty), Code::Invalid, &["no place for the module"]);
    let alone = wat::parse_str("(component (core module))").expect("a component");
    wrapped(&foreign(&alone)).expect("a component that has the module and does nothing with it");
    let (rest, _) = without(&module, "meld:boundary");
    let foreign = |data: &[u8]| with(rest.clone(), "meld:boundary", data);
    refused(&foreign(b"{}"), Code::Invalid, &["`meld:boundary` cannot be read"]);
    let later = br#"{"version":3,"types":[],"resources":[],"imports":[],"exports":[],"reexports":[]}"#;
    refused(&foreign(later), Code::Unsupported, &["version 3"]);
    refused(b"(module)", Code::Unsupported, &["no section `meld:component`"]);
    refused(b"(component)", Code::Unsupported, &["a component"]);
    refused(b"(modul)", Code::Malformed, &[]);
}

#[test]
fn modules_that_are_no_part_of_a_component() {
    let two = r#"(component
        (core module $code
            (memory (export "memory") 1)
            (func (export "f") (param i32 i32))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8)))
        (core instance $a (instantiate $code))
        (core instance $b (instantiate $code))
        (func (export "f") (param "s" string)
            (canon lift (core func $a "f") (memory (core memory $a "memory")) (realloc (core func $a "realloc"))))
        (func (export "g") (param "s" string)
            (canon lift (core func $b "f") (memory (core memory $b "memory")) (realloc (core func $b "realloc")))))"#;
    for (text, wasi, memory) in
        [(two, Wasi::AsImported, Memory::Single), ("(component)", Wasi::Preview1, Memory::Multi)]
    {
        let options = Options { wasi, memory, ..Options::default() };
        let module = fuse(vec![Input::new("input", text)], options).expect("a module").bytes;
        refused(&module, Code::Unsupported, &["no section `meld:component`"]);
    }
}
