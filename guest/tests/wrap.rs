//! Components made of fused modules have the original's types.

use anyhow::{Context, Result, ensure};
use meld_fuser::{Input, Options, OutputKind, fuse};
use wasm_encoder::ComponentBuilder;
use wasmparser::component_types::SubtypeCx;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding, WitPrinter};
use wit_parser::{ManglingAndAbi, Resolve};

fn fused(component: &[u8], output: OutputKind) -> Vec<u8> {
    let input = Input { name: "test".into(), bytes: component.to_vec(), package: None };
    let options = Options { output, names: true, ..Options::default() };
    fuse(vec![input], options).unwrap_or_else(|e| panic!("{e}: {:?}", e.path)).bytes
}

/// That two components have one type: each is a subtype of the other, their imports and exports
/// have one order, and WIT, where it can tell them, tells the same.
fn assert_same_type(original: &[u8], other: &[u8]) {
    if let Err(error) = same_type(original, other) {
        let text = wasmprinter::print_bytes(other).unwrap_or_default();
        panic!("{error:?}\n{text}");
    }
}

fn same_type(original: &[u8], other: &[u8]) -> Result<()> {
    let mut both = ComponentBuilder::default();
    both.component_raw(None, original);
    both.component_raw(None, other);
    let types = Validator::new_with_features(WasmFeatures::all()).validate_all(&both.finish())?;
    let types = types.as_ref();
    let (a, b) = (types.component_at(0), types.component_at(1));
    SubtypeCx::new_with_refs(types, types).component_type(a, b, 0).context("original <= other")?;
    SubtypeCx::new_with_refs(types, types).component_type(b, a, 0).context("other <= original")?;
    ensure!(externs(original)? == externs(other)?, "{:?}\n{:?}", externs(original)?, externs(other)?);
    if let Ok(wit) = wit(original) {
        let other = self::wit(other)?;
        ensure!(wit == other, "{wit}\n{other}");
    }
    Ok(())
}

/// The imports and exports in order, with all that is attached to their names.
fn externs(component: &[u8]) -> Result<Vec<String>> {
    let (mut externs, mut depth) = (Vec::new(), 0);
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    externs.push(format!("import {:?}", import?.name));
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    externs.push(format!("export {:?}", export?.name));
                }
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            _ => {}
        }
    }
    externs.sort_by_key(|e| e.starts_with("export"));
    Ok(externs)
}

fn wit(component: &[u8]) -> Result<String> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else {
        anyhow::bail!("not a component")
    };
    let mut printer = WitPrinter::default();
    let package = resolve.worlds[world].package.context("a package")?;
    let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != package).collect();
    printer.print(&resolve, package, &others)?;
    Ok(printer.output.to_string())
}

/// A component of a world, with functions that do nothing but trap.
fn of_world(wit: &str, encoding: StringEncoding) -> Vec<u8> {
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let package = resolve.push_str("test.wit", wit).expect("the WIT parses");
    let world = resolve.select_world(&[package], None).expect("one world");
    let mangling = ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
    let mut module = wit_component::dummy_module(&resolve, world, mangling);
    wit_component::embed_component_metadata(&mut module, &resolve, world, encoding).expect("metadata");
    ComponentEncoder::default().module(&module).expect("a module").encode().expect("a component")
}

/// Fuses to a component and compares types; fuses to a core module, makes a component of it by its
/// `component-type`, if it has one, and compares again. Returns whether it has one.
fn check_types(component: &[u8]) -> bool {
    assert_same_type(component, &fused(component, OutputKind::Component));
    let core = fused(component, OutputKind::CoreModule);
    let has_type = has_component_type(&core);
    if has_type {
        let mut encoder = ComponentEncoder::default();
        let made = encoder.module(&core).expect("a module").encode();
        let made = made.unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(wit(component).expect("WIT"), wit(&made).expect("WIT"));
    }
    has_type
}

fn has_component_type(core: &[u8]) -> bool {
    Parser::new(0).parse_all(core).any(|payload| match payload {
        Ok(Payload::CustomSection(section)) => section.name().starts_with("component-type"),
        _ => false,
    })
}

fn check_world(wit: &str) {
    for encoding in [StringEncoding::UTF8, StringEncoding::UTF16, StringEncoding::CompactUTF16] {
        assert!(check_types(&of_world(wit, encoding)), "the fused module tells no component type");
    }
}

#[test]
fn world_of_functions() {
    check_world(
        "package a:b;
        world w {
            import f: func(x: u32, y: string) -> list<u8>;
            import g: func();
            export h: func(a: tuple<u8, s64, f32>, b: option<char>) -> result<string, u32>;
            export i: func() -> bool;
        }",
    );
}

#[test]
fn world_of_named_types() {
    check_world(
        "package a:b@1.2.3;
        interface types {
            record r { a: u8, b: string }
            type same = r;
            variant v { none, some(r), many(list<same>) }
            flags f { x, y, z }
            enum e { one, two }
            type alias = list<option<v>>;
            f1: func(r: r, s: same) -> alias;
        }
        interface user {
            use types.{r as renamed, v, e};
            record outer { inner: renamed, e: e }
            f2: func(o: outer, v: v) -> renamed;
        }
        world w {
            import types;
            import user;
            export user2: interface {
                use types.{r};
                use user.{outer};
                record mine { r: r, o: outer }
                f3: func(m: mine, o: outer) -> list<r>;
            }
            use types.{f};
            import g: func(f: f);
            export h: func(f: f) -> f;
        }",
    );
}

#[test]
fn world_of_exported_types_used_by_exports() {
    check_world(
        "package a:b;
        interface types {
            record r { a: u8 }
            type copy = r;
            resource s { constructor(); get: func() -> r; }
            record holder { s: s, r: copy }
        }
        interface user {
            use types.{r, s, holder};
            resource t { constructor(s: borrow<s>); take: static func(s: s) -> holder; }
            f: func(h: holder, t: t) -> r;
        }
        world w { export types; export user; }",
    );
}

#[test]
fn world_of_resources() {
    check_world(
        "package a:b;
        interface store {
            resource blob { constructor(s: string); read: func(n: u64) -> list<u8>; merge: static func(a: blob, b: borrow<blob>) -> option<blob>; }
            type handle = blob;
            open: func(name: string) -> result<handle, string>;
        }
        interface other { use store.{blob, handle}; f: func(b: blob, h: borrow<handle>) -> list<blob>; }
        world w {
            import store;
            import other;
            export store;
            export other;
            import r: interface { use store.{blob}; resource local; g: func(b: borrow<blob>, l: local); }
            use store.{blob};
            import k: func(b: borrow<blob>) -> blob;
        }",
    );
}

/// Names of names, in what is imported, in what is exported, and used from one in the other.
#[test]
fn world_of_aliases() {
    check_world(
        "package a:b;
        interface types {
            resource fields { constructor(); get: func(name: string) -> option<string>; }
            type headers = fields;
            type trailers = headers;
            record r { a: u8 }
            type r2 = r;
            type r3 = r2;
            variant v { none, some(r3) }
            type v2 = v;
            flags f { x, y }
            type f2 = f;
            enum e { one, two }
            type e2 = e;
            type l = list<v2>;
            type l2 = l;
            type n = u32;
            type n2 = n;
            take: func(h: headers, t: borrow<trailers>, r: r2, v: v2) -> tuple<f2, e2, l2, n2>;
        }
        interface user {
            use types.{headers as heads, trailers, r3, l2 as l3};
            type tails = heads;
            type r4 = r3;
            give: func(h: heads, t: borrow<tails>, r: r4) -> result<trailers, l3>;
        }
        world w {
            import types;
            import user;
            use types.{trailers};
            use user.{r4};
            type r5 = r4;
            import f: func(t: trailers, r: r5) -> r4;
            export types;
            export user;
            export inner: interface {
                use user.{tails, r4};
                type ends = tails;
                g: func(t: ends, r: r4) -> tails;
            }
        }",
    );
}

/// Interfaces in a chain, each with two types of the one before: there are 2^n ways from the last to the first.
fn chain(n: usize) -> Vec<u8> {
    let mut text = String::from("(component");
    for i in 0..n {
        let types: String = (0..2)
            .map(|k| match i {
                0 => format!("(type $u{k} u32) (export \"t{k}\" (type (eq $u{k})))"),
                _ => format!(
                    "(alias outer 1 $a{}-{k} (type $x{k})) (export \"t{k}\" (type (eq $x{k})))",
                    i - 1
                ),
            })
            .collect();
        text += &format!("(import \"e:x/i{i}\" (instance $i{i} {types}))");
        text +=
            &(0..2).map(|k| format!("(alias export $i{i} \"t{k}\" (type $a{i}-{k}))")).collect::<String>();
    }
    let last = n - 1;
    text += "(component $s ";
    for k in 0..2 {
        text += &format!(
            "(type $u{k} u32) (import \"p{k}\" (type $p{k} (eq $u{k}))) (export \"t{k}\" (type $p{k}))"
        );
    }
    text += &format!(
        ") (instance $e (instantiate $s (with \"p0\" (type $a{last}-0)) (with \"p1\" (type $a{last}-1))))
        (export \"e:x/last\" (instance $e)))"
    );
    wat::parse_str(text).expect("the text parses")
}

/// wit-component would take 2^60 steps to encode what comes with the world.
#[test]
fn types_that_share_without_end_have_no_component_type() {
    assert!(check_types(&chain(5)));
    let component = chain(60);
    let core = fused(&component, OutputKind::CoreModule);
    assert!(!has_component_type(&core));
    assert_same_type(&component, &fused(&component, OutputKind::Component));
    let inspection = meld_fuser::inspect(&Input::new("chain", component)).expect("it is told");
    assert!(inspection.wit.contains("e:x/last"), "{}", inspection.wit);
}

/// wit-component compares each function with each; instances that share their functions make many of them.
#[test]
fn many_functions_have_no_component_type() {
    let functions: String = (0..60).map(|n| format!("(export \"f{n}\" (func $f))")).collect();
    let core = |instances: usize| {
        let exports: String = (0..instances).map(|n| format!("(export \"e{n}\" (instance $i))")).collect();
        let text = format!(
            "(component (core module $m (func (export \"f\"))) (core instance $m (instantiate $m))
                (func $f (canon lift (core func $m \"f\"))) (instance $i {functions}) {exports})"
        );
        fused(&wat::parse_str(text).expect("the text parses"), OutputKind::CoreModule)
    };
    assert!(has_component_type(&core(2)));
    assert!(!has_component_type(&core(100)));
}

/// A type behind 2000 names that nobody sees, exported 1500 times: each export asks what it is an alias of.
#[test]
fn aliases_are_followed_up_to_a_budget() {
    let record = "(record (field \"a\" u8))";
    let chain: String = (1..2000).map(|n| format!("(export $e{n} \"e{n}\" (type $e{}))", n - 1)).collect();
    let exports: String = (0..1500).map(|n| format!("(export \"t{n}\" (type $p))")).collect();
    let component = wat::parse_str(format!(
        "(component
            (component $c (type $u {record}) (export $e0 \"e0\" (type $u)) {chain})
            (instance $c (instantiate $c))
            (alias export $c \"e1999\" (type $t))
            (component $d (type $u {record}) (import \"p\" (type $p (eq $u))) {exports})
            (instance $d (instantiate $d (with \"p\" (type $t))))
            (export \"e:x/i\" (instance $d)))"
    ));
    let component = component.expect("the text parses");
    let options = Options { output: OutputKind::Component, ..Options::default() };
    let error = fuse(vec![Input::new("aliases", component.clone())], options).expect_err("a budget");
    assert_eq!(error.message, "steps through aliases of types: the limit is 2000000");
    let inspection = meld_fuser::inspect(&Input::new("aliases", component)).expect("it is told");
    assert!(inspection.wit_refused.is_some_and(|why| why.contains("too many aliases")));
}

#[test]
fn a_resource_type_under_two_names_in_an_export() {
    let component = wat::parse_str(
        r#"(component
            (type $r (resource (rep i32)))
            (component $c
                (import "r" (type $r (sub resource)))
                (export $e "r" (type $r))
                (export "a" (type $e)))
            (instance $i (instantiate $c (with "r" (type $r))))
            (export "l:t/i" (instance $i)))"#,
    );
    let wit = wit(&fused(&component.expect("the text parses"), OutputKind::Component)).expect("WIT");
    assert!(wit.contains("resource r;") && wit.contains("type a = r;"), "{wit}");
}

/// What WIT cannot tell: nested instances, types and functions re-exported, types alone.
#[test]
fn beyond_wit() {
    // One at a time: wasmparser's subtype check takes no instance that is exported twice.
    let reexported = r#"(export "b" (instance $a))"#;
    let bag = r#"(instance $bag
            (export "r" (type $r))
            (export "f" (func $f))
            (export "nested" (instance $inner)))
        (export "bag" (instance $bag))"#;
    for exports in [reexported, bag] {
        let text = BEYOND_WIT.replace("EXPORTS", exports);
        let parse = |text: &str| wat::parse_str(text).expect("the text parses");
        assert!(!check_types(&parse(&text.replace("DEFINITIONS", ""))));
        // A core module does not have these.
        let definitions = r#"(export "m" (core module $m))
            (component $c (core module (func)) (export "x" (core module 0)))
            (export "c" (component $c))"#;
        let component = parse(&text.replace("DEFINITIONS", definitions));
        assert_same_type(&component, &fused(&component, OutputKind::Component));
    }
}

const BEYOND_WIT: &str = r#"(component
        (import "a" (instance $a
            (export "r" (type $r (sub resource)))
            (type $rec' (record (field "r" (own $r))))
            (export "rec" (type $rec (eq $rec')))
            (export "inner" (instance
                (type $e' (enum "x" "y"))
                (export "e" (type $e (eq $e')))
                (export "f" (func (param "e" $e)))))
            (export "f" (func (param "r" (borrow $r)) (result $rec)))))
        (alias export $a "f" (func $f))
        (alias export $a "r" (type $r))
        (alias export $a "rec" (type $rec))
        (alias export $a "inner" (instance $inner))
        (export "again" (func $f))
        (export $r2 "r2" (type $r))
        (export "rec2" (type $rec))
        EXPORTS
        (type $own (resource (rep i32)))
        (export "unused" (type $own))
        (core module $m (func (export "g") (param i32 i32) (result i32) local.get 0))
        (core instance $i (instantiate $m))
        (type $flags' (flags "p" "q"))
        (export $flags "flags" (type $flags'))
        (func $g (param "a" $flags) (param "b" u8) (result $flags) (canon lift (core func $i "g")))
        (export "g" (func $g))
        (export "h" (func $g))
        DEFINITIONS)"#;

/// A component made the way that composition makes them: interfaces of one instance used by
/// another's, resources passed on.
#[test]
fn nested_components() {
    let text = r#"(component
        (component $store
            (type $r' (resource (rep i32)))
            (export $r "r" (type $r'))
            (type $v' (variant (case "one" (own $r)) (case "none")))
            (export $v "v" (type $v'))
            (core module $m (func (export "f") (param i32 i32) (result i32) local.get 1))
            (core instance $i (instantiate $m))
            (func $f (param "v" $v) (result (own $r)) (canon lift (core func $i "f")))
            (export "f" (func $f)))
        (component $user
            (import "store" (instance $store
                (export "r" (type $r (sub resource)))
                (type $v' (variant (case "one" (own $r)) (case "none")))
                (export "v" (type (eq $v')))))
            (alias export $store "v" (type $v))
            (core module $m (func (export "g") (param i32 i32)))
            (core instance $i (instantiate $m))
            (func $g (param "v" $v) (canon lift (core func $i "g")))
            (export "g" (func $g)))
        (instance $s (instantiate $store))
        (instance $u (instantiate $user (with "store" (instance $s))))
        (export "a:b/store" (instance $s))
        (alias export $u "g" (func $g))
        (instance $bag (export "g" (func $g)))
        (export "a:b/user" (instance $bag)))"#;
    check_types(&wat::parse_str(text).expect("the text parses"));
}
