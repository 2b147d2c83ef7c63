;; The same with a segment that has to wait for a start function, for a table that the start function sees.
;;! trap-at-start
(component
  (component $a
    (import "seen" (func $seen (param "n" u32)))
    (core func $seen (canon lower (func $seen)))
    (core module $m
      (import "" "seen" (func $seen (param i32)))
      (table (export "t") 4 funcref)
      (func $f (result i32) (i32.const 1))
      (elem (i32.const 2) func $f)
      (func $start (call $seen (call_indirect (result i32) (i32.const 2))))
      (start $start)
      (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))
    (core module $late
      (import "" "t" (table $t 4 funcref))
      (func $g (result i32) (i32.const 3))
      (elem (table $t) (i32.const 0) func $g)
      (elem (table $t) (i32.const 3) func $g $g))
    (core instance $m (instantiate $m (with "" (instance (export "seen" (func $seen))))))
    (core instance $late (instantiate $late (with "" (instance (export "t" (table $m "t"))))))
    (func (export "call") (param "i" u32) (result u32) (canon lift (core func $m "call"))))
  (component $b
    (core module $m
      (table 8 funcref)
      (func $f (result i32) (i32.const 2))
      (elem (i32.const 6) func $f $f)
      (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))
    (core instance $m (instantiate $m))
    (func (export "call") (param "i" u32) (result u32) (canon lift (core func $m "call"))))
  (import "seen" (func $seen (param "n" u32)))
  (instance $b (instantiate $b))
  (instance $a (instantiate $a (with "seen" (func $seen))))
  (export "a" (instance $a))
  (export "b" (instance $b)))
