;; Exports with a type that is written out: of functions, types, instances, components and core modules;
;; instances that are exported, passed on and imported with fewer exports than they have.
;; Explainer.md "Import and Export Definitions", "Type Checking"; Binary.md likewise.

;; Functions and types: a function over a resource type is exported over the type's exported index, and
;; the type once more, bound to be equal to the first.
(component
  (component $c
    (type $r' (resource (rep i32)))
    (core func $new (canon resource.new $r'))
    (core module $m (func (export "double") (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1))))
    (core instance $m (instantiate $m))
    (func $make (param "n" u32) (result (own $r')) (canon lift (core func $new)))
    (func $double (param "r" (borrow $r')) (result u32) (canon lift (core func $m "double")))
    (export $r "r" (type $r'))
    (export "make" (func $make) (func (param "n" u32) (result (own $r))))
    (export "double" (func $double) (func (param "r" (borrow $r)) (result u32)))
    (export $q "q" (type $r) (type (eq $r)))
    (export "make-q" (func $make) (func (param "n" u32) (result (own $q)))))
  (component $user
    (import "c" (instance $c
      (export "r" (type $r (sub resource)))
      (export "q" (type $q (eq $r)))
      (export "make" (func (param "n" u32) (result (own $r))))
      (export "make-q" (func (param "n" u32) (result (own $q))))
      (export "double" (func (param "r" (borrow $r)) (result u32)))))
    (core func $make (canon lower (func $c "make")))
    (core func $make-q (canon lower (func $c "make-q")))
    (core func $double (canon lower (func $c "double")))
    (core module $m
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "make-q" (func $make-q (param i32) (result i32)))
      (import "" "double" (func $double (param i32) (result i32)))
      (func (export "run") (param i32) (result i32)
        (i32.add
          (call $double (call $make (local.get 0)))
          (i32.mul (call $double (call $make-q (i32.const 5))) (i32.const 100)))))
    (core instance $i (instantiate $m (with "" (instance
      (export "make" (func $make)) (export "make-q" (func $make-q)) (export "double" (func $double))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run"))))
  (instance $c (instantiate $c))
  (instance $u (instantiate $user (with "c" (instance $c))))
  (alias export $u "run" (func $run))
  (export "run" (func $run) (func (param "n" u32) (result u32)))
  (export "c" (instance $c)))
(assert_return (invoke "run" (u32.const 3)) (u32.const 1006))

;; Instances: what the type leaves out cannot be seen, and what it shows is the same function as before.
;; A type without exports, one that leaves out within, and one that is passed on smaller step by step.
(component
  (component $full
    (core module $m
      (global $n (mut i32) (i32.const 0))
      (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
    (core instance $i (instantiate $m))
    (func $next (result u32) (canon lift (core func $i "next")))
    (instance $inner (export "a" (func $next)) (export "b" (func $next)) (export "c" (func $next)))
    (instance $full (export "inner" (instance $inner)) (export "d" (func $next)))
    (export "full" (instance $full))
    (export "less" (instance $full) (instance
      (export "inner" (instance (export "b" (func (result u32)))))))
    (export "none" (instance $full) (instance)))
  (component $narrows
    (import "i" (instance $i
      (export "inner" (instance (export "a" (func (result u32))) (export "b" (func (result u32)))))
      (export "d" (func (result u32)))))
    (export "o" (instance $i) (instance
      (export "inner" (instance (export "a" (func (result u32))))))))
  (component $uses
    (import "o" (instance $o (export "inner" (instance (export "a" (func (result u32)))))))
    (import "less" (instance $less (export "inner" (instance (export "b" (func (result u32)))))))
    (import "none" (instance $none))
    (export "a" (func $o "inner" "a"))
    (export "b" (func $less "inner" "b")))
  (instance $full (instantiate $full))
  (instance $narrows (instantiate $narrows (with "i" (instance $full "full"))))
  (instance $uses (instantiate $uses
    (with "o" (instance $narrows "o")) (with "less" (instance $full "less")) (with "none" (instance $full "none"))))
  (export "a" (func $uses "a"))
  (export "b" (func $uses "b"))
  (export "d" (func $full "full" "d")))
(assert_return (invoke "a") (u32.const 1))
(assert_return (invoke "b") (u32.const 2))
(assert_return (invoke "d") (u32.const 3))
(assert_return (invoke "a") (u32.const 4))

;; Core modules and components: exported with fewer exports and more imports than they have.
(component
  (component $shelf
    (core module $m
      (func (export "f") (result i32) (i32.const 8))
      (func (export "g") (result i32) (i32.const 9)))
    (component $c
      (core instance $i (instantiate $m))
      (func (export "f") (result u32) (canon lift (core func $i "f")))
      (func (export "g") (result u32) (canon lift (core func $i "g"))))
    (export "m" (core module $m) (core module (import "x" "y" (func)) (export "g" (func (result i32)))))
    (export "c" (component $c) (component (import "h" (func (result u32))) (export "g" (func (result u32))))))
  (instance $shelf (instantiate $shelf))
  (alias export $shelf "m" (core module $m))
  (alias export $shelf "c" (component $c))
  (core module $x (func (export "y")) (func (export "f") (result i32) (i32.const 1)))
  (core instance $x (instantiate $x))
  (core instance $m (instantiate $m (with "x" (instance $x))))
  (func $h (result u32) (canon lift (core func $x "f")))
  (instance $c (instantiate $c (with "h" (func $h))))
  (func (export "of-module") (result u32) (canon lift (core func $m "g")))
  (export "of-component" (func $c "g")))
(assert_return (invoke "of-module") (u32.const 9))
(assert_return (invoke "of-component") (u32.const 9))

;; Types that do not fit, and what they hide.
(assert_invalid (component
  (core module $m (func (export "f") (result i32) (i32.const 0))) (core instance $i (instantiate $m))
  (func $f (result u32) (canon lift (core func $i "f")))
  (export "f" (func $f) (func (result s32)))) "type mismatch")
(assert_invalid (component
  (core module $m (func (export "f") (param i32))) (core instance $i (instantiate $m))
  (func $f (param "a" u32) (canon lift (core func $i "f")))
  (export "f" (func $f) (func (param "b" u32)))) "expected parameter named")
(assert_invalid (component
  (core module $m (func (export "f"))) (core instance $i (instantiate $m))
  (func $f (canon lift (core func $i "f")))
  (export "f" (func $f) (instance))) "expected instance, found func")
(assert_invalid (component
  (instance $i)
  (export "i" (instance $i) (instance (export "f" (func))))) "missing expected export")
(assert_invalid (component
  (core module $m (func (export "f")))
  (export "m" (core module $m) (core module (export "f" (func (result i32)))))) "type mismatch")
(assert_invalid (component
  (component $c (import "f" (func)))
  (export "c" (component $c) (component))) "missing expected import")
(assert_invalid (component
  (type $t u32) (type $s s32)
  (export "t" (type $t) (type (eq $s)))) "type mismatch")
(assert_invalid (component
  (type $t u32)
  (export "t" (type $t) (type (sub resource)))) "expected resource")
(assert_invalid (component
  (component $c
    (core module $m (func (export "f"))) (core instance $i (instantiate $m))
    (func $f (canon lift (core func $i "f")))
    (instance $i (export "f" (func $f)))
    (export "i" (instance $i) (instance)))
  (instance $c (instantiate $c))
  (alias export $c "i" (instance $i))
  (alias export $i "f" (func))) "no export named")

;; Types that are not visible from outside cannot be in what is exported.
(assert_invalid (component
  (type $r (resource (rep i32)))
  (core module $m (func (export "f") (param i32))) (core instance $i (instantiate $m))
  (func $f (param "r" (own $r)) (canon lift (core func $i "f")))
  (export "f" (func $f))) "not valid to be used as export")
(assert_invalid (component
  (type $t (record (field "a" u32)))
  (core module $m (func (export "f") (param i32))) (core instance $i (instantiate $m))
  (func $f (param "r" $t) (canon lift (core func $i "f")))
  (export "f" (func $f))) "not valid to be used as export")
(component
  (type $t (record (field "a" u32)))
  (core module $m (func (export "f") (param i32) (result i32) (local.get 0))) (core instance $i (instantiate $m))
  (export $t' "t" (type $t))
  (func (export "f") (param "r" $t') (result u32) (canon lift (core func $i "f"))))
(assert_return (invoke "f" (record.const (field "a" u32.const 4))) (u32.const 4))
