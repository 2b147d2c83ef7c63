;; A buffer of 2^30 elements of 4 bytes: its size in bytes is 0 in 32 bits.
;; CanonicalABI.md, "Buffer State" (MAX_LENGTH).

(component definition $Huge
  (type $s (stream u32))
  (core module $Lib (memory (export "memory") 1))
  (core instance $lib (instantiate $Lib))
  (alias core export $lib "memory" (core memory $memory))
  (core func $s.new (canon stream.new $s))
  (core func $s.read-a (canon stream.read $s async (memory $memory)))
  (core func $s.write-a (canon stream.write $s async (memory $memory)))
  (core module $M
    (import "" "memory" (memory 1))
    (import "" "s.new" (func $s.new (result i64)))
    (import "" "s.read-a" (func $s.read-a (param i32 i32 i32) (result i32)))
    (import "" "s.write-a" (func $s.write-a (param i32 i32 i32) (result i32)))
    (func (export "run") (param $writes i32)
      (drop (call $s.new))
      (drop (if (result i32) (local.get $writes)
        (then (call $s.write-a (i32.const 2) (i32.const 0) (i32.const 0x4000_0000)))
        (else (call $s.read-a (i32.const 1) (i32.const 0) (i32.const 0x4000_0000)))))))
  (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $memory))
    (export "s.new" (func $s.new)) (export "s.read-a" (func $s.read-a)) (export "s.write-a" (func $s.write-a))))))
  (func (export "run") async (param "writes" u32) (canon lift (core func $m "run"))))
(component instance $read $Huge)
(assert_trap (invoke "run" (u32.const 0)) "stream buffer too long")
(component instance $write $Huge)
(assert_trap (invoke "run" (u32.const 1)) "stream buffer too long")
