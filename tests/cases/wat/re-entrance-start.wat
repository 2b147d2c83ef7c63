;; A child calls its parent while it is instantiated.
;;! spec count() = 1
(component
  (core module $parent
    (global $n (mut i32) (i32.const 0))
    (func (export "up") (global.set $n (i32.add (global.get $n) (i32.const 1))))
    (func (export "count") (result i32) (global.get $n)))
  (core instance $p (instantiate $parent))
  (func $up (canon lift (core func $p "up")))
  (component $child
    (import "up" (func $up))
    (core func $up' (canon lower (func $up)))
    (core module $m
      (import "" "up" (func $up))
      (func $start (call $up))
      (start $start))
    (core instance (instantiate $m (with "" (instance (export "up" (func $up')))))))
  (instance (instantiate $child (with "up" (func $up))))
  (func (export "count") (result u32) (canon lift (core func $p "count"))))
