;; SIMD in modules that are linked: v128 parameters, results, globals and locals, loads and stores in the
;; memory that indices say, and vectors beside values that the canonical ABI passes.
;; Core WebAssembly decides; the modules are linked as in Explainer.md "Instance Definitions".

(component
  (component $callee
    (core module $m
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 256))
      ;; the sum of the list's first two bytes
      (func (export "sum") (param i32 i32) (result i32)
        (i32x4.extract_lane 0
          (i32x4.dot_i16x8_s
            (v128.load8x8_u (local.get 0))
            (v128.const i16x8 1 1 0 0 0 0 0 0))))
      (func (export "bits") (param i32 i32) (result i32)
        (i8x16.bitmask (i8x16.eq (v128.load (local.get 0)) (i8x16.splat (i32.const 7))))))
    (core instance $i (instantiate $m))
    (func (export "sum") (param "l" (list u8)) (result u32) (canon lift (core func $i "sum")
      (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (func (export "bits") (param "l" (list u8)) (result u32) (canon lift (core func $i "bits")
      (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
  (component $caller
    (import "sum" (func $sum (param "l" (list u8)) (result u32)))
    (import "bits" (func $bits (param "l" (list u8)) (result u32)))
    (core module $vectors
      (global $sevens (export "sevens") (mut v128) (v128.const i8x16 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7))
      (func (export "mix") (param v128 v128) (result v128)
        (i8x16.shuffle 0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31 (local.get 0) (local.get 1))))
    (core module $memory (memory (export "memory") 1))
    (core instance $vectors (instantiate $vectors))
    (core instance $memory (instantiate $memory))
    (core func $sum' (canon lower (func $sum) (memory (core memory $memory "memory"))))
    (core func $bits' (canon lower (func $bits) (memory (core memory $memory "memory"))))
    (core module $m
      (import "v" "mix" (func $mix (param v128 v128) (result v128)))
      (import "v" "sevens" (global $sevens (mut v128)))
      (import "m" "memory" (memory $lib 1))
      (import "" "sum" (func $sum (param i32 i32) (result i32)))
      (import "" "bits" (func $bits (param i32 i32) (result i32)))
      (memory $own 1)
      (func (export "sum") (param i32) (result i32)
        (v128.store $own offset=64 (i32.const 0) (i8x16.splat (local.get 0)))
        (v128.store $lib offset=16 (i32.const 0) (i8x16.add (v128.load $own (i32.const 64)) (global.get $sevens)))
        (call $sum (i32.const 16) (i32.const 16)))
      (func (export "bits") (param i32) (result i32)
        (v128.store $lib (i32.const 16) (call $mix (global.get $sevens) (i8x16.splat (local.get 0))))
        (v128.store16_lane $lib offset=16 3 (i32.const 0) (i16x8.splat (i32.const 0x0707)))
        (call $bits (i32.const 16) (i32.const 16)))
      (func (export "set") (param i32) (global.set $sevens (i8x16.splat (local.get 0)))))
    (core instance $i (instantiate $m
      (with "v" (instance $vectors)) (with "m" (instance $memory))
      (with "" (instance (export "sum" (func $sum')) (export "bits" (func $bits'))))))
    (func (export "sum") (param "n" u32) (result u32) (canon lift (core func $i "sum")))
    (func (export "bits") (param "n" u32) (result u32) (canon lift (core func $i "bits")))
    (func (export "set") (param "n" u32) (canon lift (core func $i "set"))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "sum" (func $callee "sum")) (with "bits" (func $callee "bits"))))
  (export "sum" (func $caller "sum"))
  (export "bits" (func $caller "bits"))
  (export "set" (func $caller "set")))
;; two lanes of n + 7
(assert_return (invoke "sum" (u32.const 3)) (u32.const 20))
;; every second byte is 7, and the first two are both
(assert_return (invoke "bits" (u32.const 0)) (u32.const 0x5557))
(assert_return (invoke "bits" (u32.const 7)) (u32.const 0xffff))
(assert_return (invoke "set" (u32.const 9)))
(assert_return (invoke "sum" (u32.const 3)) (u32.const 24))
(assert_return (invoke "bits" (u32.const 7)) (u32.const 0xaaab))

;; Relaxed SIMD and wide arithmetic where they are exact for any choice that an engine may make.
(component
  (core module $m
    (func (export "madd") (param i32) (result i32)
      (i32.trunc_f32_s (f32x4.extract_lane 1
        (f32x4.relaxed_madd (f32x4.splat (f32.convert_i32_u (local.get 0))) (v128.const f32x4 1 2 3 4) (f32x4.splat (f32.const 1)))))))
  (core module $n
    (func (export "wide") (param i64) (result i64)
      (i64.mul_wide_u (local.get 0) (i64.const 0x100000000))
      (i64.add)))
  (core instance $m (instantiate $m))
  (core instance $n (instantiate $n))
  (func (export "madd") (param "x" u32) (result s32) (canon lift (core func $m "madd")))
  (func (export "wide") (param "x" u64) (result u64) (canon lift (core func $n "wide"))))
(assert_return (invoke "madd" (u32.const 5)) (s32.const 11))
(assert_return (invoke "wide" (u64.const 0x300000005)) (u64.const 0x500000003))
