//! Every feature passes through. Each module is instantiated behind another one that moves all of
//! its indices; it is run where wasmtime knows the feature, and otherwise only validated.

use super::harness::{Named, both, compare, modules, settings, wat};
use wasmparser::WasmFeatures;

/// Something in every index space.
const FIRST: &str = r#"(module
    (import "host" "pad" (func (param f64 f64)))
    (type (func (param f32)))
    (memory (export "pad") 1) (table (export "pad-table") 1 funcref)
    (global (export "pad-global") (mut f32) (f32.const 1))
    (func $f) (elem (i32.const 0) $f) (data (i32.const 0) "pad"))"#;

const TAG: &str = r#"(module (tag (export "t") (param f32)) (func (export "f")))"#;

fn behind(text: &str) -> Vec<Named<'static>> {
    modules(&[("first", FIRST), ("m", text), ("again", text)])
}

fn run(text: &str, features: WasmFeatures) {
    let (_, side) = compare(&behind(text), features | WasmFeatures::default() & WasmFeatures::WASM2);
    assert_eq!(side.outcome, Ok(()));
}

#[test]
fn simd() {
    run(
        r#"(module (memory (export "m") 1) (global (export "g") v128 (v128.const i64x2 1 2))
            (func (export "f") (param i32) (result v128)
                (v128.store (i32.const 16) (i32x4.splat (local.get 0)))
                (v128.store64_lane 1 (i32.const 64) (v128.load (i32.const 16)))
                (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
                    (v128.load8x8_u offset=3 (i32.const 16)) (i32x4.dot_i16x8_s (v128.load (i32.const 16)) (v128.const i32x4 1 2 3 4)))))"#,
        WasmFeatures::SIMD,
    );
    run(
        r#"(module (func (export "f") (param f32) (result v128)
            (f32x4.relaxed_max (f32x4.splat (local.get 0)) (v128.const f32x4 1 2 3 4))))"#,
        WasmFeatures::SIMD | WasmFeatures::RELAXED_SIMD,
    );
}

#[test]
fn threads() {
    run(
        r#"(module (memory 1 1 shared) (data $d "abc")
            (func (export "f") (param i32) (result i32)
                (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))
                (atomic.fence)
                (drop (i32.atomic.rmw.add offset=8 (i32.const 0) (local.get 0)))
                (drop (i64.atomic.rmw32.cmpxchg_u (i32.const 8) (i64.const 7) (i64.const 8)))
                (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
                (i32.atomic.load (i32.const 8))))"#,
        WasmFeatures::THREADS,
    );
}

#[test]
fn bulk_memory_tables_and_references() {
    run(
        r#"(module (memory (export "m") 1) (table $t (export "t") 4 externref) (table $u (export "u") 4 funcref)
            (data $d "hello") (elem $e func $f) (elem declare func $g)
            (func $f) (func $g (result i32) (i32.const 3))
            (func (export "f") (param i32) (result i32 i32)
                (memory.init $d (local.get 0) (i32.const 1) (i32.const 2))
                (memory.copy (i32.const 20) (i32.const 0) (i32.const 10))
                (memory.fill (i32.const 30) (i32.const 1) (i32.const 3))
                (table.init $u $e (i32.const 0) (i32.const 0) (i32.const 1))
                (elem.drop $e) (data.drop $d)
                (table.set $u (i32.const 1) (ref.func $g))
                (table.copy $u $u (i32.const 2) (i32.const 0) (i32.const 2))
                (drop (table.grow $t (ref.null extern) (i32.const 3)))
                (table.fill $t (i32.const 0) (ref.null extern) (i32.const 2))
                (drop (ref.is_null (table.get $t (i32.const 0))))
                (drop (select (result funcref) (ref.null func) (ref.func $f) (local.get 0)))
                (call_indirect $u (result i32) (i32.const 3)) (table.size $t)))"#,
        WasmFeatures::empty(),
    );
}

#[test]
fn multi_memory_memory64_and_table64() {
    run(
        r#"(module (memory $a (export "a") 1) (memory $b (export "b") i64 2 9) (table $t i64 3 funcref)
            (data (memory $b) (i64.const 5) "abc")
            (func (export "f") (param i64) (result i64)
                (memory.copy $a $b (i32.const 3) (i64.const 5) (i32.const 3))
                (i64.store $b offset=8 (local.get 0) (i64.load32_u $a (i32.const 3)))
                (drop (memory.grow $b (i64.const 1)))
                (i64.add (memory.size $b) (i64.add (i64.load8_s $b (i64.const 15)) (table.size $t)))))"#,
        WasmFeatures::MULTI_MEMORY | WasmFeatures::MEMORY64,
    );
    // An offset of more than 32 bits.
    run(
        r#"(module (memory i64 1) (func (export "f") (result i32) (i32.load offset=0x100000000 (i64.const 0))))"#,
        WasmFeatures::MEMORY64,
    );
}

#[test]
fn tail_calls_and_wide_arithmetic() {
    run(
        r#"(module (table 1 funcref) (elem (i32.const 0) $down)
            (func $down (param i32) (result i32)
                (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 99))
                    (else (return_call $other (i32.sub (local.get 0) (i32.const 1))))))
            (func $other (param i32) (result i32)
                (return_call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))
            (func (export "f") (param i32) (result i32) (call $down (i32.mul (local.get 0) (i32.const 10000)))))"#,
        WasmFeatures::TAIL_CALL,
    );
    run(
        r#"(module (func (export "f") (param i64) (result i64 i64)
            (i64.mul_wide_s (local.get 0) (i64.const -3))))"#,
        WasmFeatures::WIDE_ARITHMETIC,
    );
}

#[test]
fn custom_page_sizes() {
    run(
        r#"(module (memory (export "m") 7 9 (pagesize 1)) (data (i32.const 3) "abcd")
            (func (export "f") (result i32) (drop (memory.grow (i32.const 1))) (memory.size)))"#,
        WasmFeatures::CUSTOM_PAGE_SIZES,
    );
}

#[test]
fn exceptions() {
    let modules = modules(&[
        ("first", FIRST),
        ("tag", TAG),
        (
            "m",
            r#"(module (import "tag" "t" (tag $t (param f32))) (tag $own (param i32))
                (func $throw (param i32)
                    (if (local.get 0) (then (throw $own (local.get 0))) (else (throw $t (f32.const 2)))))
                (func (export "f") (param i32) (result i32)
                    (block $h (result i32)
                        (block $g (result f32)
                            (try_table (catch $own $h) (catch $t $g) (call $throw (local.get 0)))
                            (return (i32.const -1)))
                        (i32.trunc_f32_s)))
                (func (export "again") (param i32) (result i32)
                    (block $h (result i32 exnref)
                        (block $all (result exnref)
                            (try_table (catch_ref $own $h) (catch_all_ref $all) (call $throw (local.get 0)))
                            (return (i32.const -1)))
                        (throw_ref))
                    (drop)))"#,
        ),
    ]);
    compare(&modules, WasmFeatures::default());
}

#[test]
fn legacy_exceptions() {
    let features = WasmFeatures::default() | WasmFeatures::LEGACY_EXCEPTIONS;
    let text = r#"(module (tag $t (param i32))
        (func $f (param i32) (result i32)
            try (result i32) (throw $t (local.get 0)) catch $t catch_all rethrow 0 end)
        (func try $l try delegate $l catch_all end))"#;
    both(&behind(text), features);
}

#[test]
fn garbage_collection() {
    run(
        r#"(module
            (rec (type $list (sub (struct (field (mut i32)) (field (ref null $list))))) (type $arr (array (mut i16))))
            (type $more (sub final $list (struct (field (mut i32)) (field (ref null $list)) (field f64))))
            (type $funcs (array funcref)) (type $fn (func (param i32) (result i32)))
            (data $d "\01\02\03\04") (elem $e func $inc) (elem declare func $inc)
            (global $g (ref $arr) (array.new_fixed $arr 2 (i32.const 4) (i32.const 5)))
            (func $inc (type $fn) (i32.add (local.get 0) (i32.const 1)))
            (func (export "f") (param i32) (result i32) (local $l (ref null $list)) (local $a (ref $arr))
                (local.set $l (struct.new $more (local.get 0) (ref.null $list) (f64.const 1)))
                (local.set $a (array.new_data $arr $d (i32.const 0) (i32.const 2)))
                (array.copy $arr $arr (local.get $a) (i32.const 0) (global.get $g) (i32.const 1) (i32.const 1))
                (array.init_data $arr $d (local.get $a) (i32.const 1) (i32.const 0) (i32.const 1))
                (drop (array.new_elem $funcs $e (i32.const 0) (i32.const 1)))
                (if (result i32) (ref.test (ref $more) (local.get $l))
                    (then (block $b (result (ref $more))
                        (br_on_cast $b (ref null $list) (ref $more) (local.get $l)) (drop) (unreachable))
                        (struct.get $list 0) (call_ref $fn (ref.func $inc)))
                    (else (i32.const 0)))
                (i32.add (array.get_u $arr (local.get $a) (i32.const 0)))
                (i32.add (i31.get_s (ref.i31 (local.get 0))))))"#,
        WasmFeatures::default(),
    );
}

#[test]
fn function_references() {
    run(
        r#"(module (type $f (func (param i32) (result i32))) (elem declare func $double)
            (func $double (type $f) (i32.mul (local.get 0) (i32.const 2)))
            (table $t (export "t") 3 (ref $f) (ref.func $double))
            (global (export "g") (ref $f) (ref.func $double))
            (func (export "f") (param i32) (result i32) (local $r (ref null $f))
                (local.set $r (ref.func $double))
                (block $null (return_call_ref $f (local.get 0) (br_on_null $null (local.get $r))))
                (call_ref $f (local.get 0) (ref.as_non_null (table.get $t (i32.const 2))))))"#,
        WasmFeatures::default() | WasmFeatures::TAIL_CALL,
    );
}

#[test]
fn stack_switching() {
    let features = WasmFeatures::default() | WasmFeatures::STACK_SWITCHING;
    let text = r#"(module (type $f (func (param i32) (result i32))) (type $k (cont $f)) (tag $yield (result i32))
        (type $g (func (param i32 (ref null $k)) (result i32))) (type $rest (func (param i32) (result i32)))
        (func $body (type $f) (suspend $yield)) (elem declare func $body)
        (func (export "f") (param i32) (result i32)
            (block $h (result (ref null $k))
                (return (resume $k (on $yield $h) (local.get 0) (cont.new $k (ref.func $body)))))
            (drop) (i32.const 0)))"#;
    both(&behind(text), features);
}

#[test]
fn exact_references_and_descriptors() {
    let features = WasmFeatures::default() | WasmFeatures::CUSTOM_DESCRIPTORS;
    let text = r#"(module
        (type $pad (func))
        (rec (type $s (descriptor $d) (struct (field i32))) (type $d (describes $s) (struct)))
        (type $f (func (param i32)))
        (import "host" "exact" (func $imported (exact (type $f))))
        (elem declare func $imported)
        (global $d (ref (exact $d)) (struct.new $d))
        (func (export "f") (result (ref (exact $s))) (struct.new_desc $s (i32.const 1) (global.get $d)))
        (func (export "g") (result (ref (exact $f))) (ref.func $imported)))"#;
    both(&behind(text), features);
}

/// A module that is alone comes out as it went in.
#[test]
fn alone_and_unchanged() {
    let module = wat(r#"(module (type (func (param i32))) (type (func))
            (import "host" "f" (func (type 0)))
            (table 2 funcref) (memory 1) (global i32 (i32.const 3))
            (export "m.memory" (memory 0))
            (start 1) (elem (i32.const 0) func 1) (func (type 1) (call 0 (global.get 0)) (br_table 0 0 (i32.const 0)))
            (data (i32.const 0) "abc"))"#);
    let modules = [("m", module)];
    let mut assembly = super::harness::assemble(&modules);
    assembly.exports[0].name = "m.memory".into();
    assert_eq!(meld_fuser::merge::merge(assembly, settings(false, false)).unwrap(), modules[0].1);
}
