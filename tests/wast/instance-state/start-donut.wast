;; Start functions that call between a parent and its child, in either direction, and their own instance.
;; CanonicalABI.md, "Component Instances" (may_enter_from), "Embedding" (Store.lift).
;; Wasmtime 48 traps at every call between a parent and its child, and of an instance's own function: it
;; instantiates none of these components.

(component
  (core module $Up
    (global $log (mut i32) (i32.const 0))
    (func (export "note") (param i32)
      (global.set $log (i32.add (i32.mul (i32.const 10) (global.get $log)) (local.get 0))))
    (func (export "log") (result i32) (global.get $log)))
  (core instance $up (instantiate $Up))
  (func $note (param "n" u32) (canon lift (core func $up "note")))
  ;; The child calls its parent when it starts, and when it is called.
  (component $Child
    (import "note" (func $note (param "n" u32)))
    (core func $note' (canon lower (func $note)))
    (core module $M
      (import "" "note" (func $note (param i32)))
      (func $start (call $note (i32.const 1)))
      (start $start)
      (func (export "f") (result i32) (call $note (i32.const 2)) (i32.const 3)))
    (core instance $m (instantiate $M (with "" (instance (export "note" (func $note'))))))
    (func (export "f") (result u32) (canon lift (core func $m "f"))))
  (instance $child (instantiate $Child (with "note" (func $note))))
  (core func $f (canon lower (func $child "f")))
  (core func $own (canon lower (func $note)))
  ;; The parent calls the child when it starts, and its own function.
  (core module $Down
    (import "" "f" (func $f (result i32)))
    (import "" "own" (func $own (param i32)))
    (func $start
      (call $own (call $f))
      (call $own (i32.const 4)))
    (start $start))
  (core instance (instantiate $Down (with "" (instance (export "f" (func $f)) (export "own" (func $own))))))
  (func (export "log") (result u32) (canon lift (core func $up "log"))))
(assert_return (invoke "log") (u32.const 1234))
