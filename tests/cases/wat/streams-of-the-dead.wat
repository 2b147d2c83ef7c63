;; An instance of which nothing is reachable imports `stream.write` with a memory of its own; another one gives such a
;; stream to the host.
;;! cannot-run
(component
  (type $stream (stream u8))
  (import "take" (func $take (param "stream" (stream u8))))
  (core module $Memory (memory (export "memory") 1) (data (i32.const 0) "data"))
  (core module $Alive
    (import "" "new" (func $new (result i64)))
    (import "" "write" (func $write (param i32 i32 i32) (result i32)))
    (import "" "take" (func $take (param i32)))
    (func (export "run") (local $ends i64)
      (local.set $ends (call $new))
      (call $take (i32.wrap_i64 (local.get $ends)))
      (drop (call $write (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))) (i32.const 0) (i32.const 4)))))
  (core module $Dead
    (import "" "write" (func $write (param i32 i32 i32) (result i32)))
    (func (export "never") (result i32) (call $write (i32.const 1) (i32.const 0) (i32.const 4))))
  (core func $new (canon stream.new $stream))
  (core func $take (canon lower (func $take)))
  (core instance $memory-of-alive (instantiate $Memory))
  (core func $write-alive (canon stream.write $stream async (memory $memory-of-alive "memory")))
  (core instance $alive (instantiate $Alive (with "" (instance
    (export "new" (func $new)) (export "write" (func $write-alive)) (export "take" (func $take))))))
  (core instance $memory-of-dead (instantiate $Memory))
  (core func $write-dead (canon stream.write $stream async (memory $memory-of-dead "memory")))
  (core instance (instantiate $Dead (with "" (instance (export "write" (func $write-dead))))))
  (func (export "run") (canon lift (core func $alive "run"))))
