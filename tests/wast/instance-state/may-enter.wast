;; Which calls may enter an instance while it is being called: none that enters it afresh, but a child may
;; call its parent, which it never left (donut wrapping).
;; CanonicalABI.md, "Component Instances" (may_enter_from, entering_set), "Embedding" (Store.lift).
;; Wasmtime 48 traps at every call between a parent and its child, in either direction: there, the cases
;; that return fail.

;; The figure in "Component Instances": the host calls $P, which calls child $c1, which calls $c2, which
;; calls $P again (`up`). There, $P calls what the script says, through a table.
(component definition $Donut
  (core module $M2
    (type $f (func (result i32)))
    (table (export "t") 10 funcref)
    (global $what (mut i32) (i32.const 0))
    (global $ups (mut i32) (i32.const 0))
    (func (export "set") (param i32) (global.set $what (local.get 0)))
    ;; Only the first time, to end somewhere.
    (func (export "up") (result i32)
      (local $what i32)
      (local.set $what (global.get $what))
      (global.set $what (i32.const 0))
      (global.set $ups (i32.add (global.get $ups) (i32.const 1)))
      (i32.add (i32.const 1000) (call_indirect (type $f) (local.get $what))))
    (func (export "ups") (result i32) (global.get $ups)))
  (core instance $m2 (instantiate $M2))
  (func $up (result u32) (canon lift (core func $m2 "up")))
  ;; Calls what it is given.
  (component $Child
    (import "f" (func $f (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "f" (func $f (result i32)))
      (func (export "call") (result i32) (i32.add (i32.const 1) (call $f)))
      (func (export "plain") (result i32) (i32.const 1)))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
    (func (export "call") (result u32) (canon lift (core func $m "call")))
    (func (export "plain") (result u32) (canon lift (core func $m "plain"))))
  (instance $c2 (instantiate $Child (with "f" (func $up))))
  (instance $c1 (instantiate $Child (with "f" (func $c2 "call"))))
  (instance $c3 (instantiate $Child (with "f" (func $up))))
  ;; A child of its own children: $g calls out of it, $h does not; it exports both as they are.
  (component $Nest
    (alias outer $Donut $Child (component $Child))
    (import "f" (func $f (result u32)))
    (instance $g (instantiate $Child (with "f" (func $f))))
    (instance $h (instantiate $Child (with "f" (func $f))))
    (export "g" (func $g "call"))
    (export "h" (func $h "plain")))
  (instance $nest (instantiate $Nest (with "f" (func $up))))
  ;; Its sibling calls it.
  (instance $c4 (instantiate $Child (with "f" (func $nest "h"))))
  (core func $c1-call (canon lower (func $c1 "call")))
  (core func $c1-plain (canon lower (func $c1 "plain")))
  (core func $c2-plain (canon lower (func $c2 "plain")))
  (core func $c3-plain (canon lower (func $c3 "plain")))
  (core func $c3-call (canon lower (func $c3 "call")))
  (core func $c4-call (canon lower (func $c4 "call")))
  (core func $nest-g (canon lower (func $nest "g")))
  (core func $nest-h (canon lower (func $nest "h")))
  (core func $self (canon lower (func $up)))
  (core module $M1
    (import "" "t" (table 10 funcref))
    (import "" "set" (func $set (param i32)))
    (import "" "c1-call" (func $c1-call (result i32)))
    (import "" "c1-plain" (func $c1-plain (result i32)))
    (import "" "c2-plain" (func $c2-plain (result i32)))
    (import "" "c3-plain" (func $c3-plain (result i32)))
    (import "" "c3-call" (func $c3-call (result i32)))
    (import "" "c4-call" (func $c4-call (result i32)))
    (import "" "nest-g" (func $nest-g (result i32)))
    (import "" "nest-h" (func $nest-h (result i32)))
    (import "" "self" (func $self (result i32)))
    (elem (i32.const 0) $own $c1-plain $c2-plain $c3-plain $c3-call $self $nest-h $c4-call $nest-g $c1-call)
    (func $own (result i32) (i32.const 7))
    ;; Through $c1 and $c2.
    (func (export "around") (param i32) (result i32)
      (call $set (local.get 0))
      (call $c1-call))
    ;; Through $g in $nest.
    (func (export "nested") (param i32) (result i32)
      (call $set (local.get 0))
      (call $nest-g))
    ;; Not around anything.
    (func (export "straight") (param i32) (result i32)
      (call $set (local.get 0))
      (call $self)))
  (core instance $m1 (instantiate $M1 (with "" (instance
    (export "t" (table $m2 "t")) (export "set" (func $m2 "set"))
    (export "c1-call" (func $c1-call)) (export "c1-plain" (func $c1-plain)) (export "c2-plain" (func $c2-plain))
    (export "c3-plain" (func $c3-plain)) (export "c3-call" (func $c3-call)) (export "c4-call" (func $c4-call))
    (export "nest-g" (func $nest-g)) (export "nest-h" (func $nest-h)) (export "self" (func $self))))))
  (func (export "around") (param "what" u32) (result u32) (canon lift (core func $m1 "around")))
  (func (export "nested") (param "what" u32) (result u32) (canon lift (core func $m1 "nested")))
  (func (export "straight") (param "what" u32) (result u32) (canon lift (core func $m1 "straight")))
  (func (export "ups") (result u32) (canon lift (core func $m2 "ups")))
  (func (export "set") (param "what" u32) (canon lift (core func $m2 "set")))
  (export "c1-plain" (func $c1 "plain"))
  (export "c2-call" (func $c2 "call")))

;; 0: a core function of the parent, which is no entry.
(component instance $inside $Donut)
(assert_return (invoke "around" (u32.const 0)) (u32.const 1009))
(assert_return (invoke "around" (u32.const 0)) (u32.const 1009))
(assert_return (invoke "nested" (u32.const 0)) (u32.const 1008))
(assert_return (invoke "straight" (u32.const 0)) (u32.const 1007))
(assert_return (invoke "ups") (u32.const 4))
;; From the parent, when no child has been entered, all of them can be.
(component instance $all $Donut)
(assert_return (invoke "straight" (u32.const 1)) (u32.const 1001))
(assert_return (invoke "straight" (u32.const 2)) (u32.const 1001))
(assert_return (invoke "straight" (u32.const 3)) (u32.const 1001))
(assert_return (invoke "straight" (u32.const 4)) (u32.const 2008))
(assert_return (invoke "straight" (u32.const 5)) (u32.const 2007))
(assert_return (invoke "straight" (u32.const 6)) (u32.const 1001))
(assert_return (invoke "straight" (u32.const 7)) (u32.const 1002))
(assert_return (invoke "straight" (u32.const 8)) (u32.const 2008))
(assert_return (invoke "straight" (u32.const 9)) (u32.const 2009))
;; A child by the host, between calls: the host enters both it and the parent.
(assert_return (invoke "c1-plain") (u32.const 1))
(assert_return (invoke "around" (u32.const 0)) (u32.const 1009))
(assert_return (invoke "c1-plain") (u32.const 1))

;; The host calls a child, which calls its parent: the same rules, without the parent's call at the start.
(component instance $from-child $Donut)
(assert_return (invoke "c2-call") (u32.const 1008))
(assert_return (invoke "set" (u32.const 3)))
(assert_return (invoke "c2-call") (u32.const 1002))
(assert_return (invoke "set" (u32.const 1)))
(assert_return (invoke "c2-call") (u32.const 1002))
(assert_return (invoke "set" (u32.const 2)))
(assert_trap (invoke "c2-call") "cannot enter component instance")
(component instance $from-child-whole-way $Donut)
(assert_return (invoke "set" (u32.const 9)))
(assert_trap (invoke "c2-call") "cannot enter component instance")

;; 1, 2, 9: the children on the way may not be entered again,
(component instance $first-child $Donut)
(assert_trap (invoke "around" (u32.const 1)) "cannot enter component instance")
(component instance $second-child $Donut)
(assert_trap (invoke "around" (u32.const 2)) "cannot enter component instance")
(component instance $whole-way $Donut)
(assert_trap (invoke "around" (u32.const 9)) "cannot enter component instance")
;; 3, 4: another one may, and may call the parent in its turn;
(component instance $other-child $Donut)
(assert_return (invoke "around" (u32.const 3)) (u32.const 1003))
(assert_return (invoke "around" (u32.const 4)) (u32.const 2010))
;; 5: so may the parent itself;
(assert_return (invoke "around" (u32.const 5)) (u32.const 2009))
;; 6, 7, 8: and a child's child, called from here or from a sibling.
(assert_return (invoke "around" (u32.const 6)) (u32.const 1003))
(assert_return (invoke "around" (u32.const 7)) (u32.const 1004))
(assert_return (invoke "around" (u32.const 8)) (u32.const 2010))

;; Through a child's child: that one, and with it the child around it, have been entered. So the child's
;; other child may not be entered either, though nothing runs in it,
(component instance $nested-again $Donut)
(assert_trap (invoke "nested" (u32.const 8)) "cannot enter component instance")
(component instance $nested-sibling $Donut)
(assert_trap (invoke "nested" (u32.const 6)) "cannot enter component instance")
(component instance $nested-sibling-from-child $Donut)
(assert_trap (invoke "nested" (u32.const 7)) "cannot enter component instance")
;; but all the others may.
(component instance $nested-others $Donut)
(assert_return (invoke "nested" (u32.const 3)) (u32.const 1002))
(assert_return (invoke "nested" (u32.const 4)) (u32.const 2009))
(assert_return (invoke "nested" (u32.const 5)) (u32.const 2008))
(assert_return (invoke "nested" (u32.const 9)) (u32.const 2010))

;; A child that wraps children of its own, which call each other, it, and its parent. Nothing here enters
;; anything twice.
(component
  (core module $Top (func (export "f") (result i32) (i32.const 1)))
  (core instance $top (instantiate $Top))
  (func $top-f (result u32) (canon lift (core func $top "f")))
  (component $Middle
    (import "f" (func $f (result u32)))
    (core module $Inner (func (export "f") (result i32) (i32.const 10)))
    (core instance $inner (instantiate $Inner))
    (func $middle-f (result u32) (canon lift (core func $inner "f")))
    (component $Leaf
      (import "f" (func $f (result u32)))
      (import "g" (func $g (result u32)))
      (core func $f' (canon lower (func $f)))
      (core func $g' (canon lower (func $g)))
      (core module $M
        (import "" "f" (func $f (result i32)))
        (import "" "g" (func $g (result i32)))
        (func (export "h") (result i32) (i32.add (i32.const 100) (i32.add (call $f) (call $g)))))
      (core instance $m (instantiate $M (with "" (instance (export "f" (func $f')) (export "g" (func $g'))))))
      (func (export "h") (result u32) (canon lift (core func $m "h"))))
    (instance $a (instantiate $Leaf (with "f" (func $f)) (with "g" (func $middle-f))))
    (instance $b (instantiate $Leaf (with "f" (func $a "h")) (with "g" (func $middle-f))))
    (core func $h (canon lower (func $b "h")))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "h" (func $h (result i32)))
      (import "" "f" (func $f (result i32)))
      (func (export "h") (result i32) (i32.add (i32.const 1000) (i32.add (call $h) (i32.add (call $f) (call $h))))))
    (core instance $m (instantiate $M (with "" (instance (export "h" (func $h)) (export "f" (func $f'))))))
    (func (export "h") (result u32) (canon lift (core func $m "h"))))
  (instance $middle (instantiate $Middle (with "f" (func $top-f))))
  (core func $h (canon lower (func $middle "h")))
  (func (export "h") (result u32) (canon lift (core func $h))))
;; 1000 + 1 + twice (100 + 10 + (100 + 1 + 10)).
(assert_return (invoke "h") (u32.const 1443))

;; Siblings, none of which calls its parent: an instance may be called any number of times, by several, one
;; after the other, while those that call it are entered. Wasmtime 48 runs this.
(component
  (component $Leaf
    (core module $M
      (global $n (mut i32) (i32.const 0))
      (func (export "f") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (global.get $n)))
    (core instance $m (instantiate $M))
    (func (export "f") (result u32) (canon lift (core func $m "f"))))
  (component $Twice
    (import "f" (func $f (result u32)))
    (import "g" (func $g (result u32)))
    (core func $f' (canon lower (func $f)))
    (core func $g' (canon lower (func $g)))
    (core module $M
      (import "" "f" (func $f (result i32)))
      (import "" "g" (func $g (result i32)))
      (func (export "f") (result i32) (i32.add (call $f) (i32.mul (i32.const 10) (call $g)))))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f')) (export "g" (func $g'))))))
    (func (export "f") (result u32) (canon lift (core func $m "f"))))
  (instance $leaf (instantiate $Leaf))
  (instance $a (instantiate $Twice (with "f" (func $leaf "f")) (with "g" (func $leaf "f"))))
  (instance $b (instantiate $Twice (with "f" (func $a "f")) (with "g" (func $leaf "f"))))
  (export "f" (func $b "f"))
  (export "leaf" (func $leaf "f")))
;; 1 + 20, and 30.
(assert_return (invoke "f") (u32.const 51))
(assert_return (invoke "leaf") (u32.const 4))
