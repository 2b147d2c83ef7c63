;; A borrowed handle belongs to the call that it came with, not to the instance: when an instance is
;; entered again by its child, each call has to have dropped its own borrows when it returns, and either
;; of them may do it.
;; CanonicalABI.md, "Tasks" (num_borrows), "Resource State" (borrow_scope), "canon resource.drop".
;; Wasmtime 48 traps at every call between a parent and its child: there, the cases that return fail.

;; $Owner lends to $P (`outer`), which calls its child, which makes $Lender lend to $P again (`inner`). The
;; handle of the outer call is 1, that of the inner one 2. A digit each says what the two do:
;;   0: nothing   1: drop handle 1   2: drop handle 2   3: drop both
(component definition $Scopes
  (component $Leaf
    (type $R' (resource (rep i32)))
    (core func $new (canon resource.new $R'))
    (export $R "r" (type $R'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "look") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (param "rep" u32) (result (own $R)) (canon lift (core func $m "make")))
    (func (export "look") (param "r" (borrow $R)) (result u32) (canon lift (core func $m "look"))))
  (component $P
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (param "rep" u32) (result (own $R))))
    (import "look" (func $look (param "r" (borrow $R)) (result u32)))
    (core func $drop (canon resource.drop $R))
    (core func $look' (canon lower (func $look)))
    (core module $Act
      (import "" "drop" (func $drop (param i32)))
      (func $act (export "act") (param $what i32)
        (if (i32.and (local.get $what) (i32.const 1)) (then (call $drop (i32.const 1))))
        (if (i32.and (local.get $what) (i32.const 2)) (then (call $drop (i32.const 2)))))
      (func (export "inner") (param $h i32) (param $what i32) (result i32)
        (call $act (local.get $what))
        (local.get $h)))
    (core instance $act (instantiate $Act (with "" (instance (export "drop" (func $drop))))))
    (func $inner (param "r" (borrow $R)) (param "what" u32) (result u32) (canon lift (core func $act "inner")))
    (component $Lender
      (import "r" (type $R (sub resource)))
      (import "make" (func $make (param "rep" u32) (result (own $R))))
      (import "inner" (func $inner (param "r" (borrow $R)) (param "what" u32) (result u32)))
      (core func $make' (canon lower (func $make)))
      (core func $inner' (canon lower (func $inner)))
      (core module $M
        (import "" "make" (func $make (param i32) (result i32)))
        (import "" "inner" (func $inner (param i32 i32) (result i32)))
        (func (export "lend") (param i32) (result i32) (call $inner (call $make (i32.const 78)) (local.get 0))))
      (core instance $m (instantiate $M (with "" (instance (export "make" (func $make')) (export "inner" (func $inner'))))))
      (func (export "lend") (param "what" u32) (result u32) (canon lift (core func $m "lend"))))
    (instance $lender (instantiate $Lender (with "r" (type $R)) (with "make" (func $make)) (with "inner" (func $inner))))
    (core func $lend (canon lower (func $lender "lend")))
    (core module $Outer
      (import "" "act" (func $act (param i32)))
      (import "" "lend" (func $lend (param i32) (result i32)))
      (import "" "look" (func $look (param i32) (result i32)))
      ;; Both indices, and the representation of the outer one before the inner call.
      (func (export "outer") (param $h i32) (param $in i32) (param $out i32) (result i32)
        (local $n i32)
        (local.set $n (i32.add (i32.mul (i32.const 100) (call $look (local.get $h))) (i32.mul (i32.const 10) (local.get $h))))
        (local.set $n (i32.add (local.get $n) (call $lend (local.get $in))))
        (call $act (local.get $out))
        (local.get $n)))
    (core instance $outer (instantiate $Outer (with "" (instance
      (export "act" (func $act "act")) (export "lend" (func $lend)) (export "look" (func $look'))))))
    (func (export "outer") (param "r" (borrow $R)) (param "in" u32) (param "out" u32) (result u32)
      (canon lift (core func $outer "outer"))))
  (component $Owner
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (param "rep" u32) (result (own $R))))
    (import "outer" (func $outer (param "r" (borrow $R)) (param "in" u32) (param "out" u32) (result u32)))
    (core func $make' (canon lower (func $make)))
    (core func $outer' (canon lower (func $outer)))
    (core func $drop (canon resource.drop $R))
    (core module $M
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "outer" (func $outer (param i32 i32 i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "run") (param i32 i32) (result i32)
        (local $h i32)
        (local.set $h (call $make (i32.const 77)))
        (call $outer (local.get $h) (local.get 0) (local.get 1))
        (call $drop (local.get $h))))
    (core instance $m (instantiate $M (with "" (instance
      (export "make" (func $make')) (export "outer" (func $outer')) (export "drop" (func $drop))))))
    (func (export "run") (param "in" u32) (param "out" u32) (result u32) (canon lift (core func $m "run"))))
  (instance $leaf (instantiate $Leaf))
  (instance $p (instantiate $P (with "r" (type $leaf "r")) (with "make" (func $leaf "make")) (with "look" (func $leaf "look"))))
  (instance $owner (instantiate $Owner (with "r" (type $leaf "r")) (with "make" (func $leaf "make"))
    (with "outer" (func $p "outer"))))
  (export "run" (func $owner "run")))

;; Each drops its own; twice, with the same indices.
(component instance $each $Scopes)
(assert_return (invoke "run" (u32.const 2) (u32.const 1)) (u32.const 7712))
(assert_return (invoke "run" (u32.const 2) (u32.const 1)) (u32.const 7712))
;; The inner call drops both: that is early, but right.
(component instance $early $Scopes)
(assert_return (invoke "run" (u32.const 3) (u32.const 0)) (u32.const 7712))
;; The inner call drops none, and the outer one would drop both: the inner one must not return.
(component instance $late $Scopes)
(assert_trap (invoke "run" (u32.const 0) (u32.const 3)) "borrow handles still remain at the end of the call")
;; The inner call drops one, but not its own.
(component instance $crossed $Scopes)
(assert_trap (invoke "run" (u32.const 1) (u32.const 2)) "borrow handles still remain at the end of the call")
;; The inner call is right, the outer one drops nothing,
(component instance $left $Scopes)
(assert_trap (invoke "run" (u32.const 2) (u32.const 0)) "borrow handles still remain at the end of the call")
;; or what is gone.
(component instance $twice $Scopes)
(assert_trap (invoke "run" (u32.const 3) (u32.const 1)) "unknown handle index")
