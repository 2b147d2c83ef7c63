;; The root's only handles are of its own resource type, so that the host can keep them for it; and it has a
;; child that calls it, so that what may be entered has to be checked. What it drops itself it does not enter.
;;! call drop-own()
;;! call dropped()
;;! call make()
;;! call take(#0)
;;! call dropped()
;;! call make()
;;! drop 1
;;! call dropped()
(component
  (core module $m
    (global $dropped (mut i32) (i32.const 0))
    (func (export "dtor") (param i32) (global.set $dropped (i32.add (global.get $dropped) (local.get 0))))
    (func (export "dropped") (result i32) (global.get $dropped)))
  (core instance $m (instantiate $m))
  (type $r' (resource (rep i32) (dtor (func $m "dtor"))))
  (export $r "r" (type $r'))
  (core func $new (canon resource.new $r'))
  (core func $drop (canon resource.drop $r'))
  (core module $n
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "make") (result i32) (call $new (i32.const 7)))
    (func (export "drop-own") (call $drop (call $new (i32.const 5))))
    (func (export "take") (param i32) (call $drop (local.get 0))))
  (core instance $n (instantiate $n (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
  (func $dropped (result u32) (canon lift (core func $m "dropped")))
  (component $child
    (import "dropped" (func $dropped (result u32)))
    (core func $dropped' (canon lower (func $dropped)))
    (core module $c
      (import "" "dropped" (func $dropped (result i32)))
      (func (export "f") (result i32) (call $dropped)))
    (core instance $c (instantiate $c (with "" (instance (export "dropped" (func $dropped'))))))
    (func (export "f") (result u32) (canon lift (core func $c "f"))))
  (instance $child (instantiate $child (with "dropped" (func $dropped))))
  (export "dropped" (func $dropped))
  (export "through-child" (func $child "f"))
  (func (export "make") (result (own $r)) (canon lift (core func $n "make")))
  (func (export "drop-own") (canon lift (core func $n "drop-own")))
  (func (export "take") (param "r" (own $r)) (canon lift (core func $n "take"))))
