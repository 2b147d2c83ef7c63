;;! call f()
;; A start function calls an import with a string, through a function of another component. In a component
;; that is made of the core module by its `component-type`, that import would not be there yet.
(component
  (import "log" (func $log (param "s" string)))
  (component $a
    (import "log" (func $log (param "s" string)))
    (core module $mem
      (memory (export "m") 1)
      (data (i32.const 8) "hello"))
    (core instance $mem (instantiate $mem))
    (core func $log' (canon lower (func $log) (memory (core memory $mem "m"))))
    (core module $m
      (import "" "log" (func $log (param i32 i32)))
      (table funcref (elem $say))
      (func $say (call $log (i32.const 8) (i32.const 5)))
      (func (export "say") (call_indirect (i32.const 0))))
    (core instance $i (instantiate $m (with "" (instance (export "log" (func $log'))))))
    (func (export "say") (canon lift (core func $i "say"))))
  (instance $a (instantiate $a (with "log" (func $log))))
  (component $b
    (import "say" (func $say))
    (core func $say (canon lower (func $say)))
    (core module $m
      (import "" "say" (func $say))
      (func $go (call $say))
      (start $go)
      (func (export "f") (result i32) (i32.const 7)))
    (core instance $i (instantiate $m (with "" (instance (export "say" (func $say))))))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (instance $b (instantiate $b (with "say" (func $a "say"))))
  (export "f" (func $b "f")))
