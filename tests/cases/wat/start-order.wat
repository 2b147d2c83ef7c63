;; Start functions call the host: in the order of instantiation, and between the segments.
;;! call done()
(component
  (import "log" (func $log (param "n" u32)))
  (core func $log' (canon lower (func $log)))
  (core module $first
    (import "" "log" (func $log (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\01")
    (func $start (call $log (i32.load8_u (i32.const 0))))
    (start $start))
  (core module $second
    (import "" "log" (func $log (param i32)))
    (import "m" "memory" (memory 1))
    (data (i32.const 0) "\02")
    (func $start (call $log (i32.add (i32.const 10) (i32.load8_u (i32.const 0)))))
    (start $start)
    (func (export "get") (result i32) (i32.load8_u (i32.const 0))))
  (core instance $a (instantiate $first (with "" (instance (export "log" (func $log'))))))
  (core instance $b (instantiate $second
    (with "" (instance (export "log" (func $log')))) (with "m" (instance $a))))
  (component $inner
    (import "log" (func $log (param "n" u32)))
    (core func $log' (canon lower (func $log)))
    (core module $m
      (import "" "log" (func $log (param i32)))
      (func $start (call $log (i32.const 100)))
      (start $start))
    (core instance (instantiate $m (with "" (instance (export "log" (func $log')))))))
  (instance (instantiate $inner (with "log" (func $log))))
  (core instance $c (instantiate $second
    (with "" (instance (export "log" (func $log')))) (with "m" (instance $a))))
  (func (export "done") (result u32) (canon lift (core func $c "get"))))
