;; Components inside components: three levels, each instantiated with what the one outside gives.
;;! call add(1, 2)
;;! call count()
;;! call count()
(component
  (component $outer
    (import "step" (func $step (result u32)))
    (component $inner
      (import "step" (func $step (result u32)))
      (core func $step' (canon lower (func $step)))
      (core module $m
        (import "" "step" (func $step (result i32)))
        (global $n (mut i32) (i32.const 100))
        (func (export "count") (result i32)
          (global.set $n (i32.add (global.get $n) (call $step)))
          (global.get $n)))
      (core instance $i (instantiate $m (with "" (instance (export "step" (func $step'))))))
      (func (export "count") (result u32) (canon lift (core func $i "count"))))
    (instance $a (instantiate $inner (with "step" (func $step))))
    (instance $b (instantiate $inner (with "step" (func $a "count"))))
    (export "count" (func $b "count")))
  (component $leaf
    (core module $m
      (func (export "one") (result i32) (i32.const 1))
      (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
    (core instance $i (instantiate $m))
    (func (export "one") (result u32) (canon lift (core func $i "one")))
    (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))
  (instance $leaf (instantiate $leaf))
  (instance $outer (instantiate $outer (with "step" (func $leaf "one"))))
  (export "add" (func $leaf "add"))
  (export "count" (func $outer "count")))
