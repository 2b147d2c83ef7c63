//! Index spaces, types, constants, declarations, exports, names and budgets.

use super::harness::{
    Side, agree, assemble, compare, engine, merged, modules, mvp, settings, text, validate, wat,
};
use meld_fuser::Code;
use meld_fuser::ids::{Id, LinkId, ModuleId};
use meld_fuser::merge::{Assembly, CoreExport, Def, Instance, Merger, Naming, merge};
use meld_fuser::read::{CoreSort, Module, limits};
use std::rc::Rc;
use wasmparser::WasmFeatures;

fn gc() -> WasmFeatures {
    mvp()
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::FUNCTION_REFERENCES
        | WasmFeatures::GC
        | WasmFeatures::BULK_MEMORY
}

#[test]
fn chains_of_re_exports() {
    let modules = modules(&[
        (
            "a",
            r#"(module
                (import "host" "h" (func $h (param i32) (result i32)))
                (func $f (param i32) (result i32) (i32.add (local.get 0) (call $h (local.get 0))))
                (global $g (mut i32) (i32.const 5))
                (memory $m 1)
                (export "h" (func $h)) (export "f" (func $f)) (export "g" (global $g)) (export "m" (memory $m)))"#,
        ),
        (
            "b",
            r#"(module
                (import "a" "m" (memory $m 1))
                (import "a" "g" (global $g (mut i32)))
                (import "a" "f" (func $f (param i32) (result i32)))
                (import "a" "h" (func $h (param i32) (result i32)))
                (export "one" (func $h)) (export "two" (func $f)) (export "g" (global $g)) (export "m" (memory $m)))"#,
        ),
        (
            "c",
            r#"(module
                (import "host" "other" (func $o))
                (import "b" "two" (func $f (param i32) (result i32)))
                (import "b" "one" (func $h (param i32) (result i32)))
                (import "b" "g" (global $g (mut i32)))
                (import "b" "m" (memory $m 1))
                (func (export "run") (param i32) (result i32)
                    (call $o)
                    (global.set $g (i32.add (global.get $g) (i32.const 1)))
                    (i32.store (i32.const 0) (global.get $g))
                    (i32.sub (call $f (local.get 0)) (call $h (local.get 0)))))"#,
        ),
    ]);
    let (bytes, _) = compare(&modules, mvp());
    let text = text(&bytes);
    assert_eq!(text.matches("  (memory").count(), 1, "{text}");
    assert_eq!(text.matches("(import").count(), 2);
}

/// Each instance of a module has its own items.
#[test]
fn two_instances_of_one_module() {
    let counter = r#"(module
        (memory (export "m") 1)
        (global $n (mut i32) (i32.const 0))
        (table (export "t") 1 funcref)
        (elem (i32.const 0) $bump)
        (func $bump (export "bump") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1)))
            (i32.store (i32.const 4) (global.get $n))
            (global.get $n))
        (func (export "through") (result i32) (call_indirect (result i32) (i32.const 0))))"#;
    let user = r#"(module
        (import "x" "bump" (func $x (result i32)))
        (import "y" "bump" (func $y (result i32)))
        (func (export "both") (result i32) (drop (call $x)) (drop (call $x)) (call $y)))"#;
    let modules = modules(&[("x", counter), ("y", counter), ("u", user)]);
    assert_eq!(assemble(&modules).modules.len(), 2);
    compare(&modules, mvp() | WasmFeatures::REFERENCE_TYPES);
}

/// The list gives the order of effects; an import may refer to a later instance.
#[test]
fn references_to_later_instances() {
    let first = (
        "a",
        wat(r#"(module
        (global (export "g") i32 (i32.const 3))
        (global (export "s") (ref null struct) (struct.new_default $s))
        (type $s (struct))
        (func (export "f") (result i32) (i32.const 1)))"#),
    );
    let second = (
        "b",
        wat(r#"(module
        (import "a" "g" (global $g i32))
        (import "a" "s" (global $s (ref null struct)))
        (import "a" "f" (func $f (result i32)))
        (global $own (ref null struct) (global.get $s))
        (global (export "h") i32 (global.get $g))
        (func (export "same") (result i32)
            (ref.eq (ref.cast eqref (global.get $s)) (ref.cast eqref (global.get $own))))
        (func (export "f") (result i32) (call $f)))"#),
    );
    let mut ordered = [first, second];
    let mut separate = Side::separate(&engine(), &ordered);
    ordered.reverse();
    let bytes = merged(&ordered, gc(), true);
    agree(&mut separate, &mut Side::merged(&engine(), &bytes), &bytes);
}

fn instance(module: ModuleId, imports: Vec<Def>) -> Instance {
    Instance { module, imports, label: "i".into(), naming: Naming::OnRequest }
}

#[test]
fn cycles_and_wrong_definitions_are_internal_errors() {
    let bytes = wat(r#"(module (import "" "" (func)) (export "f" (func 0)))"#);
    let item = |i, sort, index| Def::Item { instance: LinkId::from_index(i), sort, index };
    let func = CoreSort::Func;
    for (first, second) in [
        (item(1, func, 0), item(0, func, 0)),
        (item(0, func, 0), item(0, func, 0)),
        (item(2, func, 0), item(0, func, 0)),
        (item(1, func, 1), Def::Host(0)),
        (item(1, CoreSort::Memory, 0), Def::Host(0)),
        (Def::Host(0), Def::Host(0)),
    ] {
        let mut assembly = Assembly::default();
        let module = assembly.modules.push(Rc::new(Module::parse(&bytes, 0).unwrap()));
        assembly.instances.push(instance(module, vec![first]));
        assembly.instances.push(instance(module, vec![second]));
        assert_eq!(merge(assembly, settings(true, true)).unwrap_err().code, Code::Internal);
    }
}

#[test]
fn export_names_are_unique() {
    let modules = modules(&[("a", r#"(module (func (export "f")))"#)]);
    let mut assembly = assemble(&modules);
    let def = assembly.exports[0].def;
    assembly.exports.push(CoreExport { name: "a.f".into(), def });
    assert_eq!(merge(assembly, settings(false, true)).unwrap_err().code, Code::Internal);
}

#[test]
fn equal_types_stand_once() {
    let a = r#"(module
        (type $f (func (param i32)))
        (rec (type $x (struct (field (ref null $y)))) (type $y (struct (field (ref null $x)))))
        (type $p (sub (struct (field i32))))
        (type $q (sub $p (struct (field i32 i32))))
        (func (export "make") (result anyref) (struct.new $q (i32.const 1) (i32.const 2)))
        (func (export "node") (result anyref) (struct.new_default $x)))"#;
    // The same types at other indices, and a group that differs in one place.
    let b = r#"(module
        (type (func (result i64)))
        (type $p (sub (struct (field i32))))
        (type $q (sub $p (struct (field i32 i32))))
        (rec (type $x (struct (field (ref null $y)))) (type $y (struct (field (ref null $x)))))
        (rec (type $v (struct (field (ref null $v)))) (type $w (struct (field (ref null $v)))))
        (rec (type $single (func (param i32))))
        (import "a" "make" (func $make (result anyref)))
        (import "a" "node" (func $node (result anyref)))
        (func (export "use") (param i32)) (func (export "single") (type $single))
        (func (export "p") (result i32) (ref.test (ref $p) (call $make)))
        (func (export "q") (result i32) (struct.get $q 1 (ref.cast (ref $q) (call $make))))
        (func (export "x") (result i32) (ref.test (ref $x) (call $node)))
        (func (export "v") (result i32) (ref.test (ref $v) (call $node))))"#;
    let (bytes, mut side) = compare(&modules(&[("a", a), ("b", b)]), gc());
    assert_eq!(side.call("b.x", 0), Ok("I32(1)".into()));
    assert_eq!(side.call("b.v", 0), Ok("I32(0)".into()));
    let text = text(&bytes);
    assert_eq!(text.matches("(rec").count(), 2, "{text}");
    assert_eq!(text.matches("(sub (struct").count(), 1, "{text}");
    assert_eq!(text.matches("(func (param i32))").count(), 1, "{text}");
}

/// Output of the first version from input of the first version.
#[test]
fn constants_replace_reads_of_globals() {
    let a = r#"(module
        (global (export "i") i32 (i32.const 7)) (global (export "l") i64 (i64.const -7))
        (global (export "f") f32 (f32.const nan:0x200000)) (global (export "d") f64 (f64.const -0)))"#;
    let b = r#"(module
        (import "a" "i" (global $i i32)) (import "a" "l" (global $l i64))
        (import "a" "f" (global $f f32)) (import "a" "d" (global $d f64))
        (global $i2 i32 (global.get $i))
        (global (export "l") i64 (global.get $l))
        (global (export "f") f32 (global.get $f)) (global (export "d") f64 (global.get $d))
        (global (export "m") (mut i32) (global.get $i))
        (export "i" (global $i2)) (export "again" (global $i)))"#;
    let c = r#"(module
        (import "b" "i" (global $i i32))
        (memory (export "m") 1) (table (export "t") 9 funcref) (func $f)
        (data (global.get $i) "abc") (elem (global.get $i) $f))"#;
    let modules = modules(&[("a", a), ("b", b), ("c", c)]);
    let (bytes, _) = compare(&modules, mvp());
    validate(&bytes, mvp());
    assert!(!text(&bytes).contains("global.get"));
}

#[test]
fn extended_constants_are_evaluated() {
    let a = r#"(module (global (export "g") i32 (i32.sub (i32.mul (i32.const 3) (i32.const 5)) (i32.const 1)))
        (global (export "w") i64 (i64.add (i64.const 9223372036854775807) (i64.const 1))))"#;
    let b = r#"(module (import "a" "g" (global $g i32)) (import "a" "w" (global $w i64))
        (global (export "g") i32 (i32.add (global.get $g) (global.get $g)))
        (global (export "w") i64 (i64.sub (global.get $w) (i64.const 2))))"#;
    let c = r#"(module (import "b" "g" (global $g i32)) (memory (export "m") 1)
        (global (export "g") i32 (i32.add (global.get $g) (i32.const 1)))
        (data (i32.add (global.get $g) (i32.const 1)) "abc"))"#;
    let (bytes, _) = compare(&modules(&[("a", a), ("b", b), ("c", c)]), mvp() | WasmFeatures::EXTENDED_CONST);
    assert!(!text(&bytes).contains("global.get"));
}

/// Reference types without GC: reads of function references become the references.
#[test]
fn function_references_in_globals() {
    let a = r#"(module (func $f (export "f") (result i32) (i32.const 42))
        (global (export "g") funcref (ref.func $f)) (global (export "n") externref (ref.null extern)))"#;
    let b = r#"(module (import "a" "g" (global $g funcref)) (import "a" "n" (global $n externref))
        (global (export "g") funcref (global.get $g)) (global (export "n") externref (global.get $n))
        (table (export "t") 3 funcref)
        (elem (i32.const 1) funcref (global.get $g) (ref.null func))
        (func (export "call") (result i32) (call_indirect (result i32) (i32.const 1))))"#;
    compare(
        &modules(&[("a", a), ("b", b)]),
        mvp() | WasmFeatures::REFERENCE_TYPES | WasmFeatures::BULK_MEMORY,
    );
}

#[test]
fn allocations_keep_their_identity() {
    let a = r#"(module (type $s (struct (field (mut i32))))
        (global $s (export "s") (ref $s) (struct.new $s (i32.const 1)))
        (global (export "i") i31ref (ref.i31 (i32.const 5)))
        (func (export "set") (param i32) (struct.set $s 0 (global.get $s) (local.get 0))))"#;
    let b = r#"(module (type $s (struct (field (mut i32))))
        (import "a" "s" (global $s (ref $s))) (import "a" "i" (global $i i31ref))
        (global $copy (ref $s) (global.get $s))
        (global (export "i") i31ref (global.get $i))
        (type $box (struct (field (ref $s))))
        (global $box (ref $box) (struct.new $box (global.get $copy)))
        (table $t (export "t") 3 (ref null $s) (global.get $s))
        (elem (table $t) (i32.const 1) (ref null $s) (ref.null $s) (global.get $copy))
        (func (export "same") (result i32) (ref.eq (global.get $copy) (global.get $s)))
        (func (export "boxed") (result i32) (ref.eq (struct.get $box 0 (global.get $box)) (global.get $s)))
        (func (export "table") (param i32) (result i32) (ref.eq (table.get $t (i32.const 0)) (global.get $s)))
        (func (export "elem") (result i32) (ref.eq (table.get $t (i32.const 2)) (global.get $s)))
        (func (export "get") (result i32) (struct.get $s 0 (global.get $copy))))"#;
    let (_, mut side) = compare(&modules(&[("a", a), ("b", b)]), gc());
    for test in ["b.same", "b.boxed", "b.table", "b.elem"] {
        assert_eq!(side.call(test, 0), Ok("I32(1)".into()), "{test}");
    }
}

#[test]
fn a_table_without_null_cannot_wait() {
    let a = r#"(module (global (export "s") (ref struct) (struct.new_default $s)) (type $s (struct)))"#;
    let b = r#"(module (import "a" "s" (global $s (ref struct))) (table 3 (ref struct) (global.get $s)))"#;
    let modules = modules(&[("a", a), ("b", b)]);
    let error = merge(assemble(&modules), settings(false, false)).unwrap_err();
    assert_eq!(error.code, Code::Unsupported, "{error}");
}

/// `ref.func` in a body is valid only for a function that occurs elsewhere; in the input it may
/// have been an export, which the output does not have.
#[test]
fn functions_whose_reference_is_taken_are_declared() {
    let a = r#"(module (func $f (export "f")) (func $g) (elem declare func $g)
        (func (export "take") (result funcref) (drop (ref.func $g)) (ref.func $f)))"#;
    let b = r#"(module (import "a" "f" (func $f)) (export "x" (func $f))
        (func (export "take") (result funcref) (ref.func $f)))"#;
    let modules = modules(&[("a", a), ("b", b)]);
    let features = mvp() | WasmFeatures::REFERENCE_TYPES | WasmFeatures::BULK_MEMORY;
    let (bytes, _) = compare(&modules, features);
    assert_eq!(text(&bytes).matches("(elem").count(), 1, "{}", text(&bytes));
    let mut assembly = assemble(&modules);
    assembly.exports.retain(|e| e.name.ends_with("take"));
    let bytes = merge(assembly, settings(true, false)).unwrap();
    validate(&bytes, features);
    assert_eq!(text(&bytes).matches("(elem").count(), 2, "{}", text(&bytes));
    // Optimised, the one that is added is all.
    let mut assembly = assemble(&modules);
    assembly.exports.retain(|e| e.name.ends_with("take"));
    let bytes = merge(assembly, settings(true, true)).unwrap();
    validate(&bytes, features);
    assert_eq!(text(&bytes).matches("(elem").count(), 1, "{}", text(&bytes));
}

#[test]
fn data_count_only_where_needed() {
    let has = |bytes: &[u8]| {
        wasmparser::Parser::new(0)
            .parse_all(bytes)
            .any(|p| matches!(p.unwrap(), wasmparser::Payload::DataCountSection { .. }))
    };
    let plain = r#"(module (memory 1) (data (i32.const 0) "a"))"#;
    let drops = r#"(module (data $d "a") (func (export "f") (data.drop $d)))"#;
    let (bytes, _) = compare(&modules(&[("a", plain)]), mvp());
    assert!(!has(&bytes));
    let (bytes, _) = compare(&modules(&[("a", plain), ("b", drops)]), mvp() | WasmFeatures::BULK_MEMORY);
    assert!(has(&bytes));
}

#[test]
fn names_and_customs() {
    let a = r#"(module $m (func $f (export "f") (param $x i32) (local $y i64)) (@custom "c" "d"))"#;
    let b = r#"(module (import "host" "log" (func $log)) (func $g (call $log)) (start $g))"#;
    let modules = modules(&[("a", a), ("b", b), ("c", b)]);
    let mut assembly = assemble(&modules);
    assembly.customs.push(("extra".into(), b"contents".to_vec()));
    let bytes = merge(assembly, settings(true, true)).unwrap();
    validate(&bytes, mvp());
    let out = text(&bytes);
    for part in ["$a!f", "$x", "$y", "$b!g", "$c!g", "$meld!start", "$host#log", "(@custom \"extra\""] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    assert!(!out.contains("(@custom \"c\""));
    // One instance needs no prefix.
    let bytes = merge(assemble(&modules[..1]), settings(true, true)).unwrap();
    assert!(text(&bytes).contains("(func $f "));
    let plain = merge(assemble(&modules), settings(false, true)).unwrap();
    let out = text(&plain);
    assert!(out.contains("$meld!start") && !out.replace("$meld!start", "").contains("$"), "{out}");
}

/// Name sections are not validated: a broken one must not hurt.
#[test]
fn broken_name_sections() {
    let mut module = wasm_encoder::Module::new();
    let map = |items: &[(u32, &str)]| {
        let mut map = wasm_encoder::NameMap::new();
        items.iter().for_each(|(index, name)| map.append(*index, name));
        map
    };
    let mut names = wasm_encoder::NameSection::new();
    names.functions(&map(&[(9, "out of range"), (0, "late"), (0, "again")]));
    let mut locals = wasm_encoder::IndirectNameMap::new();
    locals.append(9, &map(&[(1, "b"), (0, "a")]));
    names.locals(&locals);
    names.raw(1, &[255, 255]);
    module.section(&names);
    let modules = [("a", module.finish())];
    validate(&merge(assemble(&modules), settings(true, true)).unwrap(), mvp());
}

#[test]
fn budgets() {
    let functions = wat(&format!("(module {})", "(func)".repeat(1000)));
    let many = |bytes: &[u8], count: usize| {
        let mut assembly = Assembly::default();
        let module = assembly.modules.push(Rc::new(Module::parse(bytes, 0).unwrap()));
        for _ in 0..count {
            assembly.instances.push(instance(module, Vec::new()));
        }
        Merger::new(assembly, settings(false, false)).map(|_| ())
    };
    assert!(many(&functions, limits::FUNCTIONS / 1000 - 1).is_ok());
    assert_eq!(many(&functions, limits::FUNCTIONS / 1000).unwrap_err().code, Code::LimitExceeded);
    let large = wat(&format!("(module (data \"{}\"))", "x".repeat(1 << 20)));
    assert!(many(&large, limits::MERGED_BYTES / large.len()).is_ok());
    let error = many(&large, limits::MERGED_BYTES / large.len() + 1).unwrap_err();
    assert_eq!(error.code, Code::LimitExceeded);
    for (module, most) in [
        ("(module (memory 1))".to_string(), limits::MEMORIES),
        ("(module (table 1 funcref))".to_string(), limits::TABLES),
        (format!("(module {})", "(global i32 (i32.const 0))".repeat(10_000)), limits::GLOBALS / 10_000),
        (format!("(module {})", "(tag)".repeat(10_000)), limits::TAGS / 10_000),
        (format!("(module {})", "(elem func)".repeat(1000)), limits::ELEMENT_SEGMENTS / 1000),
        (format!("(module {})", "(data)".repeat(1000)), limits::DATA_SEGMENTS / 1000),
    ] {
        let module = wat(&module);
        assert!(many(&module, most).is_ok());
        assert_eq!(many(&module, most + 1).unwrap_err().code, Code::LimitExceeded);
    }
}

/// Indices of two bytes in place of one make a body longer than engines take.
#[test]
fn bodies_that_grow() {
    let globals = wat(&format!("(module {})", "(global i32 (i32.const 0))".repeat(200)));
    let body = "(drop (global.get 0))".repeat(limits::BODY_BYTES / 3 - 10);
    let bytes = wat(&format!("(module (global i32 (i32.const 0)) (func {body}))"));
    assert!(merge(assemble(&[("only", bytes.clone())]), settings(false, false)).is_ok());
    let modules = [("globals", globals), ("large", bytes)];
    let error = merge(assemble(&modules), settings(false, false)).unwrap_err();
    assert_eq!(error.code, Code::LimitExceeded);
    assert!(error.offset.is_some());
}

/// A step is bounded, and the result does not depend on how the work is cut.
#[test]
fn steps() {
    let body = "(drop (i32.add (i32.const 1) (i32.const 2)))".repeat(1000);
    let bytes = wat(&format!("(module {})", format!("(func {body})").repeat(200)));
    let modules = [("a", bytes)];
    let mut merger = Merger::new(assemble(&modules), settings(false, false)).unwrap();
    let mut seen = vec![merger.progress().0];
    while merger.step().unwrap() {
        seen.push(merger.progress().0);
    }
    assert!(seen.len() >= 4 && seen.is_sorted(), "{seen:?}");
    assert_eq!(merger.progress(), (200, 200));
    assert_eq!(merger.finish().unwrap().bytes, merge(assemble(&modules), settings(false, false)).unwrap());
    assert!(Merger::new(assemble(&modules), settings(false, false)).unwrap().finish().is_err());
}
