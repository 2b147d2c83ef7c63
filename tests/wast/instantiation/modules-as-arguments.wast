;; Core modules as values: imported by a component from its parent, exported from an instance, aliased
;; from outside, and instantiated there, with state of its own each time.
;; Explainer.md "Instance Definitions", "Alias Definitions", "Type Definitions".

;; One component that instantiates what it is given, three times, with two different modules; the module
;; has a start function, a memory with a segment, and a mutable global.
(component
  (core module $counts
    (memory (export "memory") 1)
    (data (i32.const 0) "\0a")
    (global $n (mut i32) (i32.const 0))
    (func $start (global.set $n (i32.load8_u (i32.const 0))))
    (start $start)
    (func (export "step") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (global.get $n)))
  (core module $doubles
    (memory (export "memory") 1)
    (global $n (mut i32) (i32.const 1))
    (func (export "step") (result i32)
      (global.set $n (i32.shl (global.get $n) (i32.const 1)))
      (global.get $n))
    (func (export "not-asked-for") (result i32) unreachable))
  (component $user
    (import "m" (core module $m
      (export "memory" (memory 1))
      (export "step" (func (result i32)))))
    (core instance $i (instantiate $m))
    (core instance $j (instantiate $m))
    (func (export "step-i") (result u32) (canon lift (core func $i "step")))
    (func (export "step-j") (result u32) (canon lift (core func $j "step"))))
  (instance $c (instantiate $user (with "m" (core module $counts))))
  (instance $c' (instantiate $user (with "m" (core module $counts))))
  (instance $d (instantiate $user (with "m" (core module $doubles))))
  (export "c-i" (func $c "step-i"))
  (export "c-j" (func $c "step-j"))
  (export "other-c-i" (func $c' "step-i"))
  (export "d-i" (func $d "step-i"))
  (export "d-j" (func $d "step-j")))
(assert_return (invoke "c-i") (u32.const 11))
(assert_return (invoke "c-i") (u32.const 12))
(assert_return (invoke "c-i") (u32.const 13))
(assert_return (invoke "c-j") (u32.const 11))
(assert_return (invoke "other-c-i") (u32.const 11))
(assert_return (invoke "d-i") (u32.const 2))
(assert_return (invoke "d-i") (u32.const 4))
(assert_return (invoke "d-i") (u32.const 8))
(assert_return (invoke "d-j") (u32.const 2))
(assert_return (invoke "c-j") (u32.const 12))

;; The module that is given has imports, which the component that instantiates it meets, each time in
;; another way. It imports fewer than its type says, which a subtype may.
(component
  (core module $m
    (import "env" "f" (func $f (param i32) (result i32)))
    (import "env" "n" (global $n i32))
    (func (export "g") (param i32) (result i32)
      (i32.add (call $f (local.get 0)) (global.get $n))))
  (component $user
    (import "m" (core module $m
      (import "env" "f" (func (param i32) (result i32)))
      (import "env" "n" (global i32))
      (import "env" "unused" (memory 1))
      (export "g" (func (param i32) (result i32)))))
    (core module $env
      (memory (export "unused") 1)
      (global (export "hundred") i32 (i32.const 100))
      (global (export "thousand") i32 (i32.const 1000))
      (func (export "twice") (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1)))
      (func (export "square") (param i32) (result i32) (i32.mul (local.get 0) (local.get 0))))
    (core instance $env (instantiate $env))
    (core instance $a (instantiate $m (with "env" (instance
      (export "f" (func $env "twice")) (export "n" (global $env "hundred"))
      (export "unused" (memory $env "unused"))))))
    (core instance $b (instantiate $m (with "env" (instance
      (export "f" (func $env "square")) (export "n" (global $env "thousand"))
      (export "unused" (memory $env "unused"))))))
    ;; the function of one as the import of the other
    (core instance $c (instantiate $m (with "env" (instance
      (export "f" (func $b "g")) (export "n" (global $env "hundred"))
      (export "unused" (memory $env "unused"))))))
    (func (export "a") (param "n" u32) (result u32) (canon lift (core func $a "g")))
    (func (export "b") (param "n" u32) (result u32) (canon lift (core func $b "g")))
    (func (export "c") (param "n" u32) (result u32) (canon lift (core func $c "g"))))
  (instance $u (instantiate $user (with "m" (core module $m))))
  (export "a" (func $u "a"))
  (export "b" (func $u "b"))
  (export "c" (func $u "c")))
(assert_return (invoke "a" (u32.const 5)) (u32.const 110))
(assert_return (invoke "b" (u32.const 5)) (u32.const 1025))
(assert_return (invoke "c" (u32.const 5)) (u32.const 1125))

;; A module comes out of an instance by an export, goes through a second one that re-exports it, and is
;; instantiated by the parent, by a third component, and by a component that aliases it from outside.
(component
  (component $provider
    (core module $m
      (global $n (mut i32) (i32.const 5))
      (func (export "get") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 2)))
        (global.get $n)))
    (export "m" (core module $m)))
  (component $passes
    (import "p" (instance $p (export "m" (core module (export "get" (func (result i32)))))))
    (alias export $p "m" (core module $m))
    (export "same" (core module $m)))
  (component $user
    (import "m" (core module $m (export "get" (func (result i32)))))
    (core instance $i (instantiate $m))
    (func (export "get") (result u32) (canon lift (core func $i "get"))))
  (instance $provider (instantiate $provider))
  (instance $passes (instantiate $passes (with "p" (instance $provider))))
  (alias export $passes "same" (core module $same))
  (component $outer
    (core instance $i (instantiate $same))
    (component $inner
      (core instance $i (instantiate $same))
      (func (export "get") (result u32) (canon lift (core func $i "get"))))
    (instance $inner (instantiate $inner))
    (func (export "get") (result u32) (canon lift (core func $i "get")))
    (export "inner" (func $inner "get")))
  (core instance $i (instantiate $same))
  (func (export "here") (result u32) (canon lift (core func $i "get")))
  (instance $user (instantiate $user (with "m" (core module $passes "same"))))
  (instance $outer (instantiate $outer))
  (export "there" (func $user "get"))
  (export "outer" (func $outer "get"))
  (export "inner" (func $outer "inner")))
(assert_return (invoke "here") (u32.const 7))
(assert_return (invoke "here") (u32.const 9))
(assert_return (invoke "here") (u32.const 11))
(assert_return (invoke "there") (u32.const 7))
(assert_return (invoke "there") (u32.const 9))
(assert_return (invoke "outer") (u32.const 7))
(assert_return (invoke "inner") (u32.const 7))
(assert_return (invoke "outer") (u32.const 9))

;; A module that is given lifts and lowers where it is instantiated: its memory and realloc are the
;; options of both sides, which have one each.
(component
  (core module $libc
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 64))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (global.get $top))
      (global.set $top (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (component $callee
    (import "libc" (core module $libc
      (export "memory" (memory 1))
      (export "realloc" (func (param i32 i32 i32 i32) (result i32)))))
    (core instance $libc (instantiate $libc))
    (core module $m
      ;; the pointer shows that this realloc was asked, and how often
      (func (export "place") (param i32 i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $m))
    (func (export "place") (param "s" string) (result u32) (canon lift (core func $m "place")
      (memory $libc "memory") (realloc (func $libc "realloc")))))
  (component $caller
    (import "libc" (core module $libc (export "memory" (memory 1))))
    (import "place" (func $place (param "s" string) (result u32)))
    (core instance $libc (instantiate $libc))
    (core func $place' (canon lower (func $place) (memory $libc "memory")))
    (core module $m
      (import "" "place" (func $place (param i32 i32) (result i32)))
      (func (export "run") (param i32) (result i32) (call $place (i32.const 0) (local.get 0))))
    (core instance $m (instantiate $m (with "" (instance (export "place" (func $place'))))))
    (func (export "run") (param "length" u32) (result u32) (canon lift (core func $m "run"))))
  (instance $callee (instantiate $callee (with "libc" (core module $libc))))
  (instance $caller (instantiate $caller
    (with "libc" (core module $libc)) (with "place" (func $callee "place"))))
  (export "run" (func $caller "run")))
(assert_return (invoke "run" (u32.const 10)) (u32.const 64))
(assert_return (invoke "run" (u32.const 5)) (u32.const 74))
(assert_return (invoke "run" (u32.const 1)) (u32.const 79))

;; A module whose start function traps may be passed on; it traps only where it is instantiated.
(component
  (core module $traps (func $start unreachable) (start $start))
  (component $passes
    (import "m" (core module $m))
    (export "m" (core module $m))
    (core module $f (func (export "f") (result i32) (i32.const 3)))
    (core instance $f (instantiate $f))
    (func (export "f") (result u32) (canon lift (core func $f "f"))))
  (instance $p (instantiate $passes (with "m" (core module $traps))))
  (export "f" (func $p "f")))
(assert_return (invoke "f") (u32.const 3))
(assert_trap (component
  (core module $traps (func $start unreachable) (start $start))
  (component $passes
    (import "m" (core module $m))
    (export "m" (core module $m)))
  (instance $p (instantiate $passes (with "m" (core module $traps))))
  (alias export $p "m" (core module $m))
  (core instance (instantiate $m))) "")

;; What is given must have what is asked for, and may not ask for more.
(assert_invalid (component
  (core module $m (func (export "f") (param i32)))
  (component $user (import "m" (core module (export "f" (func)))))
  (instance (instantiate $user (with "m" (core module $m))))) "type mismatch")
(assert_invalid (component
  (core module $m)
  (component $user (import "m" (core module (export "f" (func)))))
  (instance (instantiate $user (with "m" (core module $m))))) "missing expected export")
(assert_invalid (component
  (core module $m (import "a" "b" (func)))
  (component $user (import "m" (core module)))
  (instance (instantiate $user (with "m" (core module $m))))) "missing expected import")
(assert_invalid (component
  (core module $m (memory (export "memory") 1))
  (component $user (import "m" (core module (export "memory" (memory 2)))))
  (instance (instantiate $user (with "m" (core module $m))))) "limits")
