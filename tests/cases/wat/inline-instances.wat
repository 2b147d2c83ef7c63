;; Instances that are put together from what is at hand, on both levels.
;;! call api#get()
;;! call api#inner#twice(21)
;;! call both#get()
(component
  (component $leaf
    (core module $m
      (func (export "get") (result i32) (i32.const 7))
      (func (export "twice") (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1))))
    (core instance $i (instantiate $m))
    (func (export "get") (result u32) (canon lift (core func $i "get")))
    (func (export "twice") (param "n" u32) (result u32) (canon lift (core func $i "twice"))))
  (component $user
    (import "given" (instance $given
      (export "renamed" (func (result u32)))
      (export "deep" (instance (export "twice" (func (param "n" u32) (result u32)))))))
    (core func $get (canon lower (func $given "renamed")))
    (alias export $given "deep" (instance $deep))
    (core func $twice (canon lower (func $deep "twice")))
    (core module $m
      (import "x" "a" (func $get (result i32)))
      (import "x" "b" (func $twice (param i32) (result i32)))
      (func (export "get") (result i32) (call $twice (call $get))))
    (core instance $i (instantiate $m (with "x" (instance
      (export "a" (func $get))
      (export "b" (func $twice))))))
    (func (export "get") (result u32) (canon lift (core func $i "get"))))
  (instance $leaf (instantiate $leaf))
  (alias export $leaf "get" (func $get))
  (alias export $leaf "twice" (func $twice))
  (instance $inner (export "twice" (func $twice)))
  (instance $user (instantiate $user (with "given" (instance
    (export "renamed" (func $get))
    (export "deep" (instance $inner))))))
  (instance $api (export "get" (func $get)) (export "inner" (instance $inner)))
  (export "api" (instance $api))
  (export "both" (instance $user)))
