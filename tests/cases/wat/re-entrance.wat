;; A child that calls its parent back; siblings may call one another.
;;! call sibling()
;;! trap from-parent()
;;! call child()
(component
  (core module $parent
    (global $n (mut i32) (i32.const 0))
    (func (export "up") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (global.get $n)))
  (core instance $p (instantiate $parent))
  (func $up (result u32) (canon lift (core func $p "up")))
  (component $child
    (import "up" (func $up (result u32)))
    (core func $up' (canon lower (func $up)))
    (core module $m
      (import "" "up" (func $up (result i32)))
      (func (export "call") (result i32) (call $up))
      (func (export "plain") (result i32) (i32.const 5)))
    (core instance $m (instantiate $m (with "" (instance (export "up" (func $up'))))))
    (func (export "call") (result u32) (canon lift (core func $m "call")))
    (func (export "plain") (result u32) (canon lift (core func $m "plain"))))
  (instance $c (instantiate $child (with "up" (func $up))))
  (instance $d (instantiate $child (with "up" (func $c "plain"))))
  (core func $call (canon lower (func $c "call")))
  (core module $around
    (import "" "call" (func $call (result i32)))
    (func (export "call") (result i32) (call $call)))
  (core instance $around (instantiate $around (with "" (instance (export "call" (func $call))))))
  (export "sibling" (func $d "call"))
  (export "child" (func $c "plain"))
  (func (export "from-parent") (result u32) (canon lift (core func $around "call"))))
