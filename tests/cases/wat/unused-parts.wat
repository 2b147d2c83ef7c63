;; Most of it is never used, and one component's instance is nobody's argument.
;;! call f()
(component
  (core module $unused (import "no" "one" (func)) (memory 1) (func (export "x")))
  (core module $m
    (memory (export "unused-memory") 1)
    (func (export "f") (result i32) (i32.const 5))
    (func (export "g") (result i32) unreachable))
  (component $never (import "x" (func)) (core module $m) (core instance (instantiate $m)))
  (component $alone
    (core module $m (memory 1) (func $start (i32.store (i32.const 0) (i32.const 1))) (start $start))
    (core instance (instantiate $m)))
  (instance (instantiate $alone))
  (core instance $i (instantiate $m))
  (core instance $j (instantiate $m))
  (func $g (result u32) (canon lift (core func $j "g")))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))
