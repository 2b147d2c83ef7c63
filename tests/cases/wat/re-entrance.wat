;; Donut wrapping: a parent may call its child, and the child its parent while the parent is inside.
;; No instance may be entered twice. Siblings may call one another.
;;! call sibling()
;;! call child()
;;! spec around() = 1
;;! spec around() = 2
;;! spec plain() = 5
;;! spec twice() = trap cannot enter component instance
(component
  (core module $parent
    (table (export "t") 1 funcref)
    (type $t (func (result i32)))
    (global $n (mut i32) (i32.const 0))
    (func (export "up") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (global.get $n))
    ;; Calls the child that calls it.
    (func (export "again") (result i32) (call_indirect (type $t) (i32.const 0))))
  (core instance $p (instantiate $parent))
  (func $up (result u32) (canon lift (core func $p "up")))
  (func $again (result u32) (canon lift (core func $p "again")))
  (component $child
    (import "up" (func $up (result u32)))
    (import "again" (func $again (result u32)))
    (core func $up' (canon lower (func $up)))
    (core func $again' (canon lower (func $again)))
    (core module $m
      (import "" "up" (func $up (result i32)))
      (import "" "again" (func $again (result i32)))
      (func (export "call") (result i32) (call $up))
      (func (export "twice") (result i32) (call $again))
      (func (export "plain") (result i32) (i32.const 5)))
    (core instance $m (instantiate $m (with "" (instance (export "up" (func $up')) (export "again" (func $again'))))))
    (func (export "call") (result u32) (canon lift (core func $m "call")))
    (func (export "twice") (result u32) (canon lift (core func $m "twice")))
    (func (export "plain") (result u32) (canon lift (core func $m "plain"))))
  (instance $c (instantiate $child (with "up" (func $up)) (with "again" (func $again))))
  (instance $d (instantiate $child (with "up" (func $c "plain")) (with "again" (func $c "plain"))))
  (core func $call (canon lower (func $c "call")))
  (core func $plain (canon lower (func $c "plain")))
  (core func $twice (canon lower (func $c "twice")))
  (core module $around
    (import "" "call" (func $call (result i32)))
    (import "" "plain" (func $plain (result i32)))
    (import "" "twice" (func $twice (result i32)))
    (import "" "t" (table 1 funcref))
    (elem (i32.const 0) $plain)
    (func (export "around") (result i32) (call $call))
    (func (export "plain") (result i32) (call $plain))
    (func (export "twice") (result i32) (call $twice)))
  (core instance $around (instantiate $around (with "" (instance (export "call" (func $call))
    (export "plain" (func $plain)) (export "twice" (func $twice)) (export "t" (table $p "t"))))))
  (export "sibling" (func $d "call"))
  (export "child" (func $c "plain"))
  (func (export "around") (result u32) (canon lift (core func $around "around")))
  (func (export "plain") (result u32) (canon lift (core func $around "plain")))
  (func (export "twice") (result u32) (canon lift (core func $around "twice"))))
