;; An exception that nobody catches inside a component is a trap at its boundary, and no caller can catch
;; it there. One that is caught inside does not matter to the caller.
;; CanonicalABI.md, "canon lift" (call_and_trap_on_throw).

;; $Thrower throws in ways that the script chooses; $Catcher calls it inside of a try_table that catches
;; everything, and would return 1000 and more. $Between catches nothing.
(component definition $Boundary
  (component $Thrower
    (core module $M
      (tag $t)
      (tag $n (param i32))
      (global $calls (mut i32) (i32.const 0))
      (func $throw-n (param i32) (throw $n (local.get 0)))
      (func (export "f") (param $how i32) (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        ;; 1: throws; 2: with a value; 3: in a function that it calls.
        (if (i32.eq (local.get $how) (i32.const 1)) (then (throw $t)))
        (if (i32.eq (local.get $how) (i32.const 2)) (then (throw $n (i32.const 5))))
        (if (i32.eq (local.get $how) (i32.const 3)) (then (call $throw-n (i32.const 5))))
        ;; 4: catches, and throws again.
        (if (i32.eq (local.get $how) (i32.const 4))
          (then
            (block $caught (result exnref)
              (try_table (catch_all_ref $caught) (call $throw-n (i32.const 5)))
              (unreachable))
            (throw_ref)))
        ;; 5: catches with another tag only, which does not fit.
        (if (i32.eq (local.get $how) (i32.const 5))
          (then
            (block $caught
              (try_table (catch $t $caught) (call $throw-n (i32.const 5))))))
        ;; 6: catches, and returns what was thrown.
        (if (i32.eq (local.get $how) (i32.const 6))
          (then
            (block $caught (result i32)
              (try_table (catch $n $caught) (call $throw-n (i32.const 66)))
              (unreachable))
            (return)))
        (i32.const 7))
      (func (export "calls") (result i32) (global.get $calls)))
    (core instance $m (instantiate $M))
    (func (export "f") (param "how" u32) (result u32) (canon lift (core func $m "f")))
    (func (export "calls") (result u32) (canon lift (core func $m "calls"))))
  (component $Between
    (import "f" (func $f (param "how" u32) (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "f" (func $f (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (i32.add (i32.const 100) (call $f (local.get 0)))))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
    (func (export "f") (param "how" u32) (result u32) (canon lift (core func $m "f"))))
  (component $Catcher
    (import "f" (func $f (param "how" u32) (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "f" (func $f (param i32) (result i32)))
      (tag $t)
      (tag $n (param i32))
      (func (export "catch-all") (param i32) (result i32)
        (block $caught
          (return (try_table (result i32) (catch_all $caught) (call $f (local.get 0)))))
        (i32.const 1000))
      (func (export "catch-all-ref") (param i32) (result i32)
        (block $caught (result exnref)
          (return (try_table (result i32) (catch_all_ref $caught) (call $f (local.get 0)))))
        (drop)
        (i32.const 2000))
      ;; Its tags look like the thrower's.
      (func (export "catch") (param i32) (result i32)
        (block $no-value
          (block $value (result i32)
            (return (try_table (result i32) (catch $n $value) (catch $t $no-value) (call $f (local.get 0)))))
          (return (i32.add (i32.const 3000))))
        (i32.const 4000)))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
    (func (export "catch-all") (param "how" u32) (result u32) (canon lift (core func $m "catch-all")))
    (func (export "catch-all-ref") (param "how" u32) (result u32) (canon lift (core func $m "catch-all-ref")))
    (func (export "catch") (param "how" u32) (result u32) (canon lift (core func $m "catch"))))
  (instance $thrower (instantiate $Thrower))
  (instance $between (instantiate $Between (with "f" (func $thrower "f"))))
  (instance $near (instantiate $Catcher (with "f" (func $thrower "f"))))
  (instance $far (instantiate $Catcher (with "f" (func $between "f"))))
  (export "catch-all" (func $near "catch-all"))
  (export "catch-all-ref" (func $near "catch-all-ref"))
  (export "catch" (func $near "catch"))
  (export "far" (func $far "catch-all"))
  (export "direct" (func $thrower "f"))
  (export "calls" (func $thrower "calls")))

;; Nothing is thrown, or it is caught where it was thrown; any number of times.
(component instance $fine $Boundary)
(assert_return (invoke "catch-all" (u32.const 0)) (u32.const 7))
(assert_return (invoke "catch-all" (u32.const 6)) (u32.const 66))
(assert_return (invoke "catch-all-ref" (u32.const 6)) (u32.const 66))
(assert_return (invoke "catch" (u32.const 6)) (u32.const 66))
(assert_return (invoke "far" (u32.const 6)) (u32.const 166))
(assert_return (invoke "far" (u32.const 0)) (u32.const 107))
(assert_return (invoke "direct" (u32.const 6)) (u32.const 66))
(assert_return (invoke "calls") (u32.const 7))

(component instance $throws $Boundary)
(assert_trap (invoke "catch-all" (u32.const 1)) "")
(component instance $throws-value $Boundary)
(assert_trap (invoke "catch-all" (u32.const 2)) "")
(component instance $throws-deeper $Boundary)
(assert_trap (invoke "catch-all" (u32.const 3)) "")
(component instance $throws-again $Boundary)
(assert_trap (invoke "catch-all" (u32.const 4)) "")
(component instance $catches-other $Boundary)
(assert_trap (invoke "catch-all" (u32.const 5)) "")
;; However it is that the caller catches.
(component instance $catch-all-ref $Boundary)
(assert_trap (invoke "catch-all-ref" (u32.const 1)) "")
(component instance $catch $Boundary)
(assert_trap (invoke "catch" (u32.const 1)) "")
(component instance $catch-value $Boundary)
(assert_trap (invoke "catch" (u32.const 2)) "")
;; With a component between that does not catch.
(component instance $far $Boundary)
(assert_trap (invoke "far" (u32.const 1)) "")
(component instance $far-value $Boundary)
(assert_trap (invoke "far" (u32.const 2)) "")
;; Called by the host. It is a trap as any other: nothing can be called afterwards.
(component instance $direct $Boundary)
(assert_trap (invoke "direct" (u32.const 1)) "")
(assert_trap (invoke "calls") "cannot enter component instance")

;; In a start function, an exception of a call cannot be caught either.
(component
  (component $Thrower
    (core module $M
      (tag $t)
      (func (export "f") (param i32) (if (local.get 0) (then (throw $t)))))
    (core instance $m (instantiate $M))
    (func (export "f") (param "n" u32) (canon lift (core func $m "f"))))
  (component $Starter
    (import "f" (func $f (param "n" u32)))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "f" (func $f (param i32)))
      (global $g (mut i32) (i32.const 0))
      (tag $t)
      (func $start
        ;; Its own exception, caught.
        (block $caught
          (try_table (catch_all $caught) (call $f (i32.const 0)) (throw $t))
          (unreachable))
        (global.set $g (i32.const 42)))
      (start $start)
      (func (export "g") (result i32) (global.get $g)))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
    (func (export "g") (result u32) (canon lift (core func $m "g"))))
  (instance $thrower (instantiate $Thrower))
  (instance $starter (instantiate $Starter (with "f" (func $thrower "f"))))
  (export "g" (func $starter "g")))
(assert_return (invoke "g") (u32.const 42))
(assert_trap (component
  (component $Thrower
    (core module $M
      (tag $t)
      (func (export "f") (param i32) (if (local.get 0) (then (throw $t)))))
    (core instance $m (instantiate $M))
    (func (export "f") (param "n" u32) (canon lift (core func $m "f"))))
  (component $Starter
    (import "f" (func $f (param "n" u32)))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "f" (func $f (param i32)))
      (func $start
        (block $caught
          (try_table (catch_all $caught) (call $f (i32.const 1)))))
      (start $start))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f')))))))
  (instance $thrower (instantiate $Thrower))
  (instance $starter (instantiate $Starter (with "f" (func $thrower "f"))))) "")

;; Between an instance and itself, and between a parent and its child, there is a boundary as well.
;; Wasmtime 48 traps at each of these calls, whether something is thrown or not.
(component definition $Inner
  (core module $Up
    (tag $t)
    (func (export "f") (param i32) (result i32) (if (local.get 0) (then (throw $t))) (i32.const 5)))
  (core instance $up (instantiate $Up))
  (func $f (param "n" u32) (result u32) (canon lift (core func $up "f")))
  (core func $own (canon lower (func $f)))
  (core module $Catcher
    (import "" "f" (func $f (param i32) (result i32)))
    (func (export "f") (param i32) (result i32)
      (block $caught
        (return (try_table (result i32) (catch_all $caught) (call $f (local.get 0)))))
      (i32.const 1000)))
  (component $Child
    (alias outer $Inner $Catcher (core module $Catcher))
    (import "f" (func $f (param "n" u32) (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (tag $t)
      (func (export "g") (param i32) (result i32) (if (local.get 0) (then (throw $t))) (i32.const 6)))
    (core instance $m (instantiate $M))
    (core instance $catcher (instantiate $Catcher (with "" (instance (export "f" (func $f'))))))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $catcher "f")))
    (func (export "g") (param "n" u32) (result u32) (canon lift (core func $m "g"))))
  (instance $child (instantiate $Child (with "f" (func $f))))
  (core func $g (canon lower (func $child "g")))
  (core instance $catch-own (instantiate $Catcher (with "" (instance (export "f" (func $own))))))
  (core instance $catch-child (instantiate $Catcher (with "" (instance (export "f" (func $g))))))
  ;; Without any boundary, between two core instances, it can be caught.
  (core instance $catch-core (instantiate $Catcher (with "" (instance (export "f" (func $up "f"))))))
  (func (export "own") (param "n" u32) (result u32) (canon lift (core func $catch-own "f")))
  (func (export "child") (param "n" u32) (result u32) (canon lift (core func $catch-child "f")))
  (func (export "core") (param "n" u32) (result u32) (canon lift (core func $catch-core "f")))
  (export "parent" (func $child "f")))
(component instance $inner $Inner)
(assert_return (invoke "core" (u32.const 0)) (u32.const 5))
(assert_return (invoke "core" (u32.const 1)) (u32.const 1000))
(assert_return (invoke "own" (u32.const 0)) (u32.const 5))
(assert_return (invoke "child" (u32.const 0)) (u32.const 6))
(assert_return (invoke "parent" (u32.const 0)) (u32.const 5))
(component instance $inner-own $Inner)
(assert_trap (invoke "own" (u32.const 1)) "uncaught exception")
(component instance $inner-child $Inner)
(assert_trap (invoke "child" (u32.const 1)) "uncaught exception")
(component instance $inner-parent $Inner)
(assert_trap (invoke "parent" (u32.const 1)) "uncaught exception")
