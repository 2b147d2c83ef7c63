;; A segment that lies outside of its table, if only by one, and not outside of all tables together.
;;! trap-at-start
(component
  (component $a
    (core module $m
      (table 4 funcref)
      (func $f (result i32) (i32.const 1))
      (elem (i32.const 3) func $f $f)
      (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))
    (core instance $m (instantiate $m))
    (func (export "call") (param "i" u32) (result u32) (canon lift (core func $m "call"))))
  (component $b
    (core module $m
      (table 8 funcref)
      (func $f (result i32) (i32.const 2))
      (elem (i32.const 6) func $f $f)
      (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))
    (core instance $m (instantiate $m))
    (func (export "call") (param "i" u32) (result u32) (canon lift (core func $m "call"))))
  (instance $a (instantiate $a))
  (instance $b (instantiate $b))
  (export "a" (instance $a))
  (export "b" (instance $b)))
