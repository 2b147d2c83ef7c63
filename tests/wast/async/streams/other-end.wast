;; A read at the writable end, a write at the readable one, and the cancellation of a write there.
;; CanonicalABI.md, "canon stream.read", "canon stream.cancel-read" (`isinstance(e, EndT)`).
;; Wasmtime 48 says that the end is busy, and lets the cancellation be one of the read.

(component definition $Other
  (type $s (stream u8))
  (core module $Lib (memory (export "memory") 1))
  (core instance $lib (instantiate $Lib))
  (alias core export $lib "memory" (core memory $memory))
  (core func $s.new (canon stream.new $s))
  (core func $s.read-a (canon stream.read $s async (memory $memory)))
  (core func $s.write-a (canon stream.write $s async (memory $memory)))
  (core func $s.cancel-write-a (canon stream.cancel-write $s async))
  (core func $s.cancel-read-a (canon stream.cancel-read $s async))
  (core module $M
    (import "" "memory" (memory 1))
    (import "" "s.new" (func $s.new (result i64)))
    (import "" "s.read-a" (func $s.read-a (param i32 i32 i32) (result i32)))
    (import "" "s.write-a" (func $s.write-a (param i32 i32 i32) (result i32)))
    (import "" "s.cancel-write-a" (func $s.cancel-write-a (param i32) (result i32)))
    (import "" "s.cancel-read-a" (func $s.cancel-read-a (param i32) (result i32)))
    (func (export "run") (param $case i32)
      (drop (call $s.new))
      (if (i32.eq (local.get $case) (i32.const 0)) (then (drop (call $s.read-a (i32.const 2) (i32.const 16) (i32.const 1)))))
      (if (i32.eq (local.get $case) (i32.const 1)) (then (drop (call $s.write-a (i32.const 1) (i32.const 16) (i32.const 1)))))
      (if (i32.eq (local.get $case) (i32.const 2)) (then
        (drop (call $s.read-a (i32.const 1) (i32.const 16) (i32.const 1)))
        (drop (call $s.cancel-write-a (i32.const 1)))))
      (if (i32.eq (local.get $case) (i32.const 3)) (then
        (drop (call $s.write-a (i32.const 2) (i32.const 16) (i32.const 1)))
        (drop (call $s.cancel-read-a (i32.const 2)))))))
  (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $memory))
    (export "s.new" (func $s.new)) (export "s.read-a" (func $s.read-a)) (export "s.write-a" (func $s.write-a))
    (export "s.cancel-write-a" (func $s.cancel-write-a)) (export "s.cancel-read-a" (func $s.cancel-read-a))))))
  (func (export "run") async (param "case" u32) (canon lift (core func $m "run"))))
(component instance $run-0 $Other)
(assert_trap (invoke "run" (u32.const 0)) "handle of another resource type")
(component instance $run-1 $Other)
(assert_trap (invoke "run" (u32.const 1)) "handle of another resource type")
(component instance $run-2 $Other)
(assert_trap (invoke "run" (u32.const 2)) "handle of another resource type")
(component instance $run-3 $Other)
(assert_trap (invoke "run" (u32.const 3)) "handle of another resource type")
