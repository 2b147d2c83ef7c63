;; Components as values: a component is the argument of another one's instantiation, which instantiates
;; it, once or often; exported from an instance; aliased from outside; instantiated by what it was given to.
;; Explainer.md "Instance Definitions", "Alias Definitions", "Type Checking".

;; The callee instantiates what it is given, with an import that it supplies, twice.
(component
  (component $shift
    (import "by" (func $by (result u32)))
    (core func $by' (canon lower (func $by)))
    (core module $m
      (import "" "by" (func $by (result i32)))
      (global $n (mut i32) (i32.const 0))
      (func (export "f") (param i32) (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (i32.add (i32.mul (global.get $n) (i32.const 1000)) (i32.shl (local.get 0) (call $by)))))
    (core instance $i (instantiate $m (with "" (instance (export "by" (func $by'))))))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))
  (component $add
    (import "by" (func $by (result u32)))
    (core func $by' (canon lower (func $by)))
    (core module $m
      (import "" "by" (func $by (result i32)))
      (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (call $by))))
    (core instance $i (instantiate $m (with "" (instance (export "by" (func $by'))))))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f")))
    (func (export "more") (result u32) (canon lift (core func $by'))))
  (component $user
    (import "c" (component $c
      (import "by" (func (result u32)))
      (export "f" (func (param "n" u32) (result u32)))))
    (component $numbers
      (core module $m
        (func (export "two") (result i32) (i32.const 2))
        (func (export "three") (result i32) (i32.const 3)))
      (core instance $i (instantiate $m))
      (func (export "two") (result u32) (canon lift (core func $i "two")))
      (func (export "three") (result u32) (canon lift (core func $i "three"))))
    (instance $numbers (instantiate $numbers))
    (instance $two (instantiate $c (with "by" (func $numbers "two"))))
    (instance $three (instantiate $c (with "by" (func $numbers "three"))))
    (export "two" (func $two "f"))
    (export "three" (func $three "f")))
  (instance $shift (instantiate $user (with "c" (component $shift))))
  (instance $add (instantiate $user (with "c" (component $add))))
  (export "shift-by-two" (func $shift "two"))
  (export "shift-by-three" (func $shift "three"))
  (export "add-two" (func $add "two"))
  (export "add-three" (func $add "three")))
(assert_return (invoke "shift-by-two" (u32.const 5)) (u32.const 1020))
(assert_return (invoke "shift-by-two" (u32.const 5)) (u32.const 2020))
(assert_return (invoke "shift-by-three" (u32.const 5)) (u32.const 1040))
(assert_return (invoke "add-two" (u32.const 5)) (u32.const 7))
(assert_return (invoke "add-three" (u32.const 5)) (u32.const 8))

;; What is given has closed over its surroundings: it uses a module and a component of the place where
;; it is written, not of the place where it is instantiated.
(component
  (component $home
    (core module $m (func (export "f") (result i32) (i32.const 21)))
    (component $leaf
      (core module $m (func (export "f") (result i32) (i32.const 2)))
      (core instance $i (instantiate $m))
      (func (export "f") (result u32) (canon lift (core func $i "f"))))
    (component $closed
      (core instance $i (instantiate $m))
      (instance $leaf (instantiate $leaf))
      (func (export "f") (result u32) (canon lift (core func $i "f")))
      (export "leaf" (func $leaf "f")))
    (export "closed" (component $closed)))
  (component $away
    (import "c" (component $c (export "f" (func (result u32))) (export "leaf" (func (result u32)))))
    (core module $m (func (export "f") (result i32) unreachable))
    (component $leaf)
    (instance $i (instantiate $c))
    (export "f" (func $i "f"))
    (export "leaf" (func $i "leaf")))
  (instance $home (instantiate $home))
  (instance $away (instantiate $away (with "c" (component $home "closed"))))
  (export "f" (func $away "f"))
  (export "leaf" (func $away "leaf")))
(assert_return (invoke "f") (u32.const 21))
(assert_return (invoke "leaf") (u32.const 2))

;; A component that takes a component that takes a component. What is at the bottom is decided at the top.
(component
  (component $seven
    (core module $m (func (export "f") (result i32) (i32.const 7)))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component $plus-one
    (import "c" (component $c (export "f" (func (result u32)))))
    (instance $c (instantiate $c))
    (component $adder
      (import "f" (func $f (result u32)))
      (core func $f' (canon lower (func $f)))
      (core module $m
        (import "" "f" (func $f (result i32)))
        (func (export "f") (result i32) (i32.add (call $f) (i32.const 1))))
      (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
      (func (export "f") (result u32) (canon lift (core func $i "f"))))
    (instance $a (instantiate $adder (with "f" (func $c "f"))))
    (export "f" (func $a "f")))
  (component $apply
    (import "of" (component $of
      (import "c" (component (export "f" (func (result u32)))))
      (export "f" (func (result u32)))))
    (import "to" (component $to (export "f" (func (result u32)))))
    (instance $i (instantiate $of (with "c" (component $to))))
    (export "f" (func $i "f")))
  (component $twice
    (component $inner (instance $i (instantiate $plus-one (with "c" (component $seven))))
      (export "f" (func $i "f")))
    (instance $i (instantiate $apply (with "of" (component $plus-one)) (with "to" (component $inner))))
    (export "f" (func $i "f")))
  (instance $once (instantiate $apply (with "of" (component $plus-one)) (with "to" (component $seven))))
  (instance $twice (instantiate $twice))
  (export "once" (func $once "f"))
  (export "twice" (func $twice "f")))
(assert_return (invoke "once") (u32.const 8))
(assert_return (invoke "twice") (u32.const 9))

;; A component passed through an instance's exports, renamed, and instantiated by the parent and by a
;; component beside it: each instance counts for itself.
(component
  (component $shelf
    (component $counter
      (core module $m
        (global $n (mut i32) (i32.const 0))
        (func (export "next") (result i32)
          (global.set $n (i32.add (global.get $n) (i32.const 1)))
          (global.get $n)))
      (core instance $i (instantiate $m))
      (func (export "next") (result u32) (canon lift (core func $i "next"))))
    (export "counter" (component $counter)))
  (instance $shelf (instantiate $shelf))
  (instance $bag (export "renamed" (component $shelf "counter")))
  (alias export $bag "renamed" (component $renamed))
  (component $user
    (import "bag" (instance $bag (export "renamed" (component (export "next" (func (result u32)))))))
    (alias export $bag "renamed" (component $c))
    (instance $i (instantiate $c))
    (instance $j (instantiate $c))
    (export "i" (func $i "next"))
    (export "j" (func $j "next")))
  (instance $here (instantiate $renamed))
  (instance $user (instantiate $user (with "bag" (instance $bag))))
  (export "here" (func $here "next"))
  (export "i" (func $user "i"))
  (export "j" (func $user "j")))
(assert_return (invoke "here") (u32.const 1))
(assert_return (invoke "here") (u32.const 2))
(assert_return (invoke "i") (u32.const 1))
(assert_return (invoke "i") (u32.const 2))
(assert_return (invoke "i") (u32.const 3))
(assert_return (invoke "j") (u32.const 1))
(assert_return (invoke "here") (u32.const 3))

;; A component with types: it is given the record type that its caller names, and its functions use it.
(component
  (component $sums
    (type $pair' (record (field "a" u32) (field "b" u32)))
    (import "pair" (type $pair (eq $pair')))
    (core module $m (func (export "sum") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
    (core instance $i (instantiate $m))
    (func (export "sum") (param "p" $pair) (result u32) (canon lift (core func $i "sum"))))
  (component $user
    (type $pair' (record (field "a" u32) (field "b" u32)))
    (import "pair" (type $pair (eq $pair')))
    (import "c" (component $c
      (type $pair' (record (field "a" u32) (field "b" u32)))
      (import "pair" (type $pair (eq $pair')))
      (export "sum" (func (param "p" $pair) (result u32)))))
    (instance $i (instantiate $c (with "pair" (type $pair))))
    (export "sum" (func $i "sum") (func (param "p" $pair) (result u32))))
  (type $pair' (record (field "a" u32) (field "b" u32)))
  (export $pair "pair" (type $pair'))
  (instance $i (instantiate $user (with "pair" (type $pair)) (with "c" (component $sums))))
  (export "sum" (func $i "sum")))
(assert_return (invoke "sum" (record.const (field "a" u32.const 40) (field "b" u32.const 2))) (u32.const 42))

;; What is given must have the exports that are asked for, and may not import more.
(assert_invalid (component
  (component $c)
  (component $user (import "c" (component (export "f" (func)))))
  (instance (instantiate $user (with "c" (component $c))))) "missing expected export")
(assert_invalid (component
  (component $c (import "f" (func)))
  (component $user (import "c" (component)))
  (instance (instantiate $user (with "c" (component $c))))) "missing expected import")
(assert_invalid (component
  (component $c (import "f" (func (param "n" u32))))
  (component $user (import "c" (component (import "f" (func (param "n" u64))))))
  (instance (instantiate $user (with "c" (component $c))))) "type mismatch")
