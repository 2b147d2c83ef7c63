;; Strings between a parent and its child, in both directions in one call: the parent's realloc and
;; post-return run while it is in the middle of its own call, and it may leave again after each.
;; CanonicalABI.md, "Component Instances" (donut wrapping), "Lifting and Lowering Context" (reallocate), "canon lift".
;; Wasmtime 48 traps at every call between a parent and its child: there, the cases that return fail.

;; `run` calls the child's `greet` with a string; that calls the parent's `name` for another, and returns
;; both. The parent notes: 1 `name`, 2 its post-return, 3 each of its reallocs, 4 the end.
(component definition $Values
  (core module $Lib
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\06\00\00\00parent")
    (data (i32.const 0x20) "hello ")
    (global $log (mut i32) (i32.const 0))
    (global $top (mut i32) (i32.const 0x400))
    (func $note (export "note") (param i32)
      (global.set $log (i32.add (i32.mul (i32.const 10) (global.get $log)) (local.get 0))))
    (func (export "log") (result i32) (global.get $log))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (call $note (i32.const 3))
      (global.get $top)
      (global.set $top (i32.add (global.get $top) (local.get 3))))
    ;; The end of the name is replaced by the parameter, which comes from the child.
    (func (export "name") (param $p i32) (param $n i32) (result i32)
      (call $note (i32.const 1))
      (memory.copy (i32.sub (i32.const 14) (local.get $n)) (local.get $p) (local.get $n))
      (i32.const 0))
    (func (export "post") (param i32)
      (call $note (i32.const 2))
      (memory.fill (i32.const 8) (i32.const 0x21) (i32.const 6))))
  (core instance $lib (instantiate $Lib))
  (alias core export $lib "memory" (core memory $memory))
  (alias core export $lib "realloc" (core func $realloc))
  (func $name (param "suffix" string) (result string) (canon lift (core func $lib "name")
    (memory $memory) (realloc $realloc) (post-return (core func $lib "post"))))
  (component $Child
    (import "name" (func $name (param "suffix" string) (result string)))
    (core module $Lib
      (memory (export "memory") 1)
      (data (i32.const 0x20) "ENT")
      (global $top (mut i32) (i32.const 0x400))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.get $top)
        (global.set $top (i32.add (global.get $top) (local.get 3)))))
    (core instance $lib (instantiate $Lib))
    (alias core export $lib "memory" (core memory $memory))
    (alias core export $lib "realloc" (core func $realloc))
    (core func $name' (canon lower (func $name) (memory $memory) (realloc $realloc)))
    (core module $M
      (import "" "memory" (memory 1))
      (import "" "name" (func $name (param i32 i32 i32)))
      (func (export "greet") (param $p i32) (param $n i32) (result i32)
        (call $name (i32.const 0x20) (i32.const 3) (i32.const 0))
        ;; One after the other at 0x100.
        (memory.copy (i32.const 0x100) (local.get $p) (local.get $n))
        (memory.copy (i32.add (i32.const 0x100) (local.get $n)) (i32.load (i32.const 0)) (i32.load (i32.const 4)))
        (i32.store (i32.const 0x10) (i32.const 0x100))
        (i32.store (i32.const 0x14) (i32.add (local.get $n) (i32.load (i32.const 4))))
        (i32.const 0x10)))
    (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $memory)) (export "name" (func $name'))))))
    (func (export "greet") (param "s" string) (result string)
      (canon lift (core func $m "greet") (memory $memory) (realloc $realloc))))
  (instance $child (instantiate $Child (with "name" (func $name))))
  (core func $greet (canon lower (func $child "greet") (memory $memory) (realloc $realloc)))
  (core module $Run
    (import "" "greet" (func $greet (param i32 i32 i32)))
    (import "" "note" (func $note (param i32)))
    (func (export "run") (result i32)
      (call $greet (i32.const 0x20) (i32.const 6) (i32.const 0x30))
      (call $note (i32.const 4))
      (i32.const 0x30))
    (func (export "twice") (result i32)
      (call $greet (i32.const 0x20) (i32.const 6) (i32.const 0x30))
      (call $greet (i32.const 0x20) (i32.const 6) (i32.const 0x30))
      (i32.const 0x30)))
  (core instance $run (instantiate $Run (with "" (instance (export "greet" (func $greet)) (export "note" (func $lib "note"))))))
  (func (export "run") (result string) (canon lift (core func $run "run") (memory $memory)))
  (func (export "twice") (result string) (canon lift (core func $run "twice") (memory $memory)))
  (func (export "log") (result u32) (canon lift (core func $lib "log"))))
(component instance $once $Values)
(assert_return (invoke "run") (str.const "hello parENT"))
;; The suffix arrives, the name is given, the greeting arrives.
(assert_return (invoke "log") (u32.const 31234))
;; The second time, the parent's name has been overwritten by its own post-return.
(component instance $twice $Values)
(assert_return (invoke "twice") (str.const "hello !!!ENT"))
(assert_return (invoke "log") (u32.const 31233123))
