;; A core module that comes from outside, by import and by export.
;;! call a()
;;! call b()
(component
  (component $provider
    (core module $m1 (func (export "get") (result i32) (i32.const 11)))
    (core module $m2
      (global $g (mut i32) (i32.const 20))
      (func (export "get") (result i32)
        (global.set $g (i32.add (global.get $g) (i32.const 1)))
        (global.get $g)))
    (export "first" (core module $m1))
    (export "second" (core module $m2)))
  (component $user
    (import "m" (core module $m (export "get" (func (result i32)))))
    (core instance $i (instantiate $m))
    (core instance $j (instantiate $m))
    (core module $sum
      (import "i" "get" (func $a (result i32)))
      (import "j" "get" (func $b (result i32)))
      (func (export "get") (result i32) (i32.add (call $a) (i32.mul (call $b) (i32.const 100)))))
    (core instance $k (instantiate $sum (with "i" (instance $i)) (with "j" (instance $j))))
    (func (export "get") (result u32) (canon lift (core func $k "get"))))
  (instance $p (instantiate $provider))
  (alias export $p "first" (core module $m1))
  (instance $a (instantiate $user (with "m" (core module $m1))))
  (instance $b (instantiate $user (with "m" (core module $p "second"))))
  (export "a" (func $a "get"))
  (export "b" (func $b "get")))
