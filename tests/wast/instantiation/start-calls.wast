;; Start functions that call: core functions of other instances, lifted functions of other components,
;; with all that such a call does (memory, realloc, post-return, handles).
;; CanonicalABI.md "canon lift", "canon lower"; Explainer.md "Instance Definitions".

;; A start function calls a core import, which changes its own instance's state.
(component
  (core module $counter
    (global $n (mut i32) (i32.const 100))
    (func (export "add") (param i32) (result i32)
      (global.set $n (i32.add (global.get $n) (local.get 0)))
      (global.get $n))
    (func (export "get") (result i32) (global.get $n)))
  (core module $m
    (import "c" "add" (func $add (param i32) (result i32)))
    (global $seen (mut i32) (i32.const 0))
    (func $start (global.set $seen (call $add (i32.const 11))))
    (start $start)
    (func (export "seen") (result i32) (global.get $seen)))
  (core instance $c (instantiate $counter))
  (core instance $a (instantiate $m (with "c" (instance $c))))
  (core instance $b (instantiate $m (with "c" (instance $c))))
  (func (export "seen-by-a") (result u32) (canon lift (core func $a "seen")))
  (func (export "seen-by-b") (result u32) (canon lift (core func $b "seen")))
  (func (export "get") (result u32) (canon lift (core func $c "get"))))
(assert_return (invoke "seen-by-a") (u32.const 111))
(assert_return (invoke "seen-by-b") (u32.const 122))
(assert_return (invoke "get") (u32.const 122))

;; The start function is itself an import: what is started belongs to another instance.
(component
  (core module $counter
    (global $n (mut i32) (i32.const 0))
    (func (export "tick") (global.set $n (i32.add (global.get $n) (i32.const 1))))
    (func (export "get") (result i32) (global.get $n)))
  (core module $m (import "c" "tick" (func $tick)) (start $tick))
  (core instance $c (instantiate $counter))
  (core instance (instantiate $m (with "c" (instance $c))))
  (core instance (instantiate $m (with "c" (instance $c))))
  (func (export "get") (result u32) (canon lift (core func $c "get"))))
(assert_return (invoke "get") (u32.const 2))

;; The start function is a lowered function of another component.
(component
  (component $counter
    (core module $counter
      (global $n (mut i32) (i32.const 0))
      (func (export "tick") (global.set $n (i32.add (global.get $n) (i32.const 1))))
      (func (export "get") (result i32) (global.get $n)))
    (core instance $c (instantiate $counter))
    (func (export "tick") (canon lift (core func $c "tick")))
    (func (export "get") (result u32) (canon lift (core func $c "get"))))
  (component $starts
    (import "tick" (func $tick))
    (core func $tick' (canon lower (func $tick)))
    (core module $m (import "" "tick" (func $tick)) (start $tick))
    (core instance (instantiate $m (with "" (instance (export "tick" (func $tick')))))))
  (instance $c (instantiate $counter))
  (instance (instantiate $starts (with "tick" (func $c "tick"))))
  (instance (instantiate $starts (with "tick" (func $c "tick"))))
  (instance (instantiate $starts (with "tick" (func $c "tick"))))
  (export "get" (func $c "get")))
(assert_return (invoke "get") (u32.const 3))

;; A start function passes a string to another component, which makes another one of it: its memory comes
;; from realloc, the result's from the caller's realloc, and post-return runs in between.
(component
  (core module $libc
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 256))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (global.get $top))
      (global.set $top (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (component $upper
    (core instance $libc (instantiate $libc))
    (core module $m
      (import "libc" "memory" (memory 1))
      (global $returned (mut i32) (i32.const 0))
      (func (export "upper") (param $p i32) (param $n i32) (result i32) (local $i i32)
        (loop $next
          (if (i32.lt_u (local.get $i) (local.get $n))
            (then
              (i32.store8 (i32.add (local.get $p) (local.get $i))
                (i32.and (i32.load8_u (i32.add (local.get $p) (local.get $i))) (i32.const 0xdf)))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br $next))))
        (i32.store (i32.const 16) (local.get $p))
        (i32.store (i32.const 20) (local.get $n))
        (i32.const 16))
      (func (export "post") (param i32)
        (global.set $returned (i32.add (global.get $returned) (i32.load (i32.const 20)))))
      (func (export "returned") (result i32) (global.get $returned)))
    (core instance $m (instantiate $m (with "libc" (instance $libc))))
    (func (export "upper") (param "s" string) (result string) (canon lift (core func $m "upper")
      (memory $libc "memory") (realloc (func $libc "realloc")) (post-return (func $m "post"))))
    (func (export "returned") (result u32) (canon lift (core func $m "returned"))))
  (component $user
    (import "upper" (func $upper (param "s" string) (result string)))
    (core instance $libc (instantiate $libc))
    (core func $upper' (canon lower (func $upper) (memory $libc "memory") (realloc (func $libc "realloc"))))
    (core module $m
      (import "libc" "memory" (memory 1))
      (import "" "upper" (func $upper (param i32 i32 i32)))
      (data (i32.const 32) "started")
      (func $start (call $upper (i32.const 32) (i32.const 7) (i32.const 8)))
      (start $start)
      ;; the start function has left pointer and length at 8
      (func (export "get") (result i32) (i32.const 8)))
    (core instance $m (instantiate $m
      (with "libc" (instance $libc)) (with "" (instance (export "upper" (func $upper'))))))
    (func (export "get") (result string) (canon lift (core func $m "get") (memory $libc "memory"))))
  (instance $upper (instantiate $upper))
  (instance $user (instantiate $user (with "upper" (func $upper "upper"))))
  (export "get" (func $user "get"))
  (export "returned" (func $upper "returned")))
(assert_return (invoke "get") (str.const "STARTED"))
(assert_return (invoke "returned") (u32.const 7))

;; A start function makes handles, of its own resource and of another component's: their indices go on
;; from there afterwards.
(component
  (component $maker
    (type $r (resource (rep i32)))
    (core func $new (canon resource.new $r))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (global $first (mut i32) (i32.const 0))
      (func $start (global.set $first (call $new (i32.const 41))))
      (start $start)
      (func (export "first") (result i32) (global.get $first))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "rep") (param i32) (result i32) (local.get 0)))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
    (export $r' "r" (type $r))
    (func (export "make") (param "rep" u32) (result (own $r')) (canon lift (core func $i "make")))
    (func (export "first") (result (own $r')) (canon lift (core func $i "first")))
    (func (export "rep") (param "self" (borrow $r')) (result u32) (canon lift (core func $i "rep"))))
  (component $user
    (import "maker" (instance $maker
      (export "r" (type $r (sub resource)))
      (export "make" (func (param "rep" u32) (result (own $r))))
      (export "first" (func (result (own $r))))
      (export "rep" (func (param "self" (borrow $r)) (result u32)))))
    (core func $make (canon lower (func $maker "make")))
    (core func $first (canon lower (func $maker "first")))
    (core func $rep (canon lower (func $maker "rep")))
    (core module $m
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "first" (func $first (result i32)))
      (import "" "rep" (func $rep (param i32) (result i32)))
      (global $a (mut i32) (i32.const 0))
      (global $b (mut i32) (i32.const 0))
      (func $start
        (global.set $a (call $make (i32.const 7)))
        (global.set $b (call $first)))
      (start $start)
      (func (export "indices") (result i32)
        (i32.add (i32.mul (global.get $a) (i32.const 10)) (global.get $b)))
      (func (export "next") (result i32) (call $make (i32.const 9)))
      (func (export "reps") (result i32)
        (i32.add (i32.mul (call $rep (global.get $a)) (i32.const 100)) (call $rep (global.get $b)))))
    (core instance $i (instantiate $m (with "" (instance
      (export "make" (func $make)) (export "first" (func $first)) (export "rep" (func $rep))))))
    (func (export "indices") (result u32) (canon lift (core func $i "indices")))
    (func (export "next") (result u32) (canon lift (core func $i "next")))
    (func (export "reps") (result u32) (canon lift (core func $i "reps"))))
  (instance $maker (instantiate $maker))
  (instance $user (instantiate $user (with "maker" (instance $maker))))
  (export "indices" (func $user "indices"))
  (export "reps" (func $user "reps"))
  (export "next" (func $user "next")))
(assert_return (invoke "indices") (u32.const 12))
(assert_return (invoke "reps") (u32.const 741))
(assert_return (invoke "next") (u32.const 3))

;; A child's start function calls a function that its parent has lifted. By CanonicalABI.md "Component
;; Instances" that enters nothing (the child is part of its parent), so it returns; wasmtime 48 traps.
(component
  (core module $parent
    (global $n (mut i32) (i32.const 0))
    (func (export "up") (param i32) (global.set $n (i32.add (global.get $n) (local.get 0))))
    (func (export "count") (result i32) (global.get $n)))
  (core instance $p (instantiate $parent))
  (func $up (param "n" u32) (canon lift (core func $p "up")))
  (component $child
    (import "up" (func $up (param "n" u32)))
    (core func $up' (canon lower (func $up)))
    (core module $m
      (import "" "up" (func $up (param i32)))
      (func $start (call $up (i32.const 5)) (call $up (i32.const 6)))
      (start $start))
    (core instance (instantiate $m (with "" (instance (export "up" (func $up')))))))
  (instance (instantiate $child (with "up" (func $up))))
  (func (export "count") (result u32) (canon lift (core func $p "count"))))
(assert_return (invoke "count") (u32.const 11))
