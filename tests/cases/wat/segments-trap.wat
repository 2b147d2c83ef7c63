;; A later instance's segment does not fit: what came before has happened.
;;! trap-at-start
(component
  (import "log" (func $log (param "n" u32)))
  (core func $log' (canon lower (func $log)))
  (core module $first
    (import "" "log" (func $log (param i32)))
    (memory (export "memory") 1)
    (func $start (call $log (i32.const 1)))
    (start $start))
  (core module $second
    (import "" "log" (func $log (param i32)))
    (import "m" "memory" (memory 1))
    (data (i32.const 65535) "too long")
    (func $start (call $log (i32.const 2)))
    (start $start))
  (core instance $a (instantiate $first (with "" (instance (export "log" (func $log'))))))
  (core instance $b (instantiate $second
    (with "" (instance (export "log" (func $log')))) (with "m" (instance $a)))))
