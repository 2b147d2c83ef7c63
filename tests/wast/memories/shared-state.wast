;; What core instances of one component share: a memory, a table, mutable globals, and functions in
;; tables. What one does the other sees, growth included.
;; Explainer.md "Instance Definitions" ("shared-everything" linking); core WebAssembly decides the rest.

;; A memory and a table that one instance exports and two others import. Each grows them once.
(component
  (core module $state
    (memory (export "memory") 1 3)
    (table (export "table") 1 8 funcref)
    (global (export "global") (mut i64) (i64.const 7))
    (func (export "sizes") (result i32) (i32.add (i32.mul (memory.size) (i32.const 10)) (table.size 0))))
  (core module $m
    (import "s" "memory" (memory 1))
    (import "s" "table" (table 1 funcref))
    (import "s" "global" (global $g (mut i64)))
    (type $f (func (result i64)))
    (func $own (result i64) (global.set $g (i64.add (global.get $g) (i64.const 1))) (global.get $g))
    (elem declare func $own)
    (func (export "grow") (result i32)
      (i32.add (i32.mul (memory.grow (i32.const 1)) (i32.const 10)) (table.grow 0 (ref.func $own) (i32.const 2))))
    (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
    (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "call") (param i32) (result i64) (call_indirect (type $f) (local.get 0))))
  (core instance $s (instantiate $state))
  (core instance $a (instantiate $m (with "s" (instance $s))))
  (core instance $b (instantiate $m (with "s" (instance $s))))
  (func (export "sizes") (result u32) (canon lift (core func $s "sizes")))
  (func (export "grow-a") (result s32) (canon lift (core func $a "grow")))
  (func (export "grow-b") (result s32) (canon lift (core func $b "grow")))
  (func (export "poke-a") (param "at" u32) (param "v" u8) (canon lift (core func $a "poke")))
  (func (export "peek-b") (param "at" u32) (result u32) (canon lift (core func $b "peek")))
  (func (export "call-a") (param "n" u32) (result u64) (canon lift (core func $a "call")))
  (func (export "call-b") (param "n" u32) (result u64) (canon lift (core func $b "call"))))
(assert_return (invoke "sizes") (u32.const 11))
(assert_return (invoke "grow-a") (s32.const 11))
(assert_return (invoke "sizes") (u32.const 23))
(assert_return (invoke "poke-a" (u32.const 65536) (u8.const 200)))
(assert_return (invoke "peek-b" (u32.const 65536)) (u32.const 200))
(assert_return (invoke "grow-b") (s32.const 23))
;; the memory is at its maximum, the table is not yet: -1 and 5
(assert_return (invoke "grow-a") (s32.const -5))
(assert_return (invoke "sizes") (u32.const 37))
(assert_return (invoke "call-b" (u32.const 1)) (u64.const 8))
(assert_return (invoke "call-a" (u32.const 4)) (u64.const 9))
(assert_return (invoke "peek-b" (u32.const 131072)) (u32.const 0))
(assert_trap (invoke "call-b" (u32.const 0)) "")

;; The canonical ABI sees a memory's growth as well: it reads and writes what did not exist when the
;; component was instantiated, and a realloc may grow the memory into which it is called for.
(component
  (component $callee
    (core module $m
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))
      (func (export "f") (param i32 i32) (result i32)
        (i32.add (local.get 0) (i32.load8_u (i32.sub (i32.add (local.get 0) (local.get 1)) (i32.const 1))))))
    (core instance $i (instantiate $m))
    (func (export "f") (param "s" string) (result u32) (canon lift (core func $i "f")
      (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
  (component $caller
    (import "f" (func $f (param "s" string) (result u32)))
    (core module $memory (memory (export "memory") 1))
    (core instance $memory (instantiate $memory))
    (core func $f' (canon lower (func $f) (memory (core memory $memory "memory"))))
    (core module $m
      (import "" "memory" (memory 1))
      (import "" "f" (func $f (param i32 i32) (result i32)))
      (func (export "run") (param i32) (result i32) (local $at i32)
        (local.set $at (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))
        (i32.store8 (i32.add (local.get $at) (i32.const 65535)) (local.get 0))
        (call $f (i32.add (local.get $at) (i32.const 65535)) (i32.const 1))))
    (core instance $i (instantiate $m (with "" (instance
      (export "memory" (memory $memory "memory")) (export "f" (func $f'))))))
    (func (export "run") (param "c" char) (result u32) (canon lift (core func $i "run"))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "f" (func $callee "f"))))
  (export "run" (func $caller "run")))
(assert_return (invoke "run" (char.const "a")) (u32.const 65633))
(assert_return (invoke "run" (char.const "b")) (u32.const 131170))
(assert_return (invoke "run" (char.const "c")) (u32.const 196707))

;; Two modules linked as dynamic libraries are: a main module that has the memory, the table and the
;; stack pointer, a side module placed at an offset into both, and calls in both directions, those of the
;; main module into the side module through the table (which is filled last).
(component
  (core module $main
    (memory (export "memory") 1)
    (table (export "table") 4 funcref)
    (global $sp (export "sp") (mut i32) (i32.const 4096))
    (global (export "memory-base") i32 (i32.const 8192))
    (global (export "table-base") i32 (i32.const 2))
    (type $f (func (param i32) (result i32)))
    ;; a function that the side module imports: it takes memory from the stack
    (func (export "push") (param i32) (result i32)
      (global.set $sp (i32.sub (global.get $sp) (i32.const 4)))
      (i32.store (global.get $sp) (local.get 0))
      (global.get $sp))
    (func (export "run") (param i32) (result i32)
      (i32.add
        (i32.mul (call_indirect (type $f) (local.get 0) (i32.const 2)) (i32.const 1000))
        (call_indirect (type $f) (local.get 0) (i32.const 3))))
    (func (export "stack") (result i32) (i32.sub (i32.const 4096) (global.get $sp))))
  (core module $side
    (import "env" "memory" (memory 1))
    (import "env" "table" (table 4 funcref))
    (import "env" "sp" (global $sp (mut i32)))
    (import "env" "memory-base" (global $mb i32))
    (import "env" "table-base" (global $tb i32))
    (import "env" "push" (func $push (param i32) (result i32)))
    (data (global.get $mb) "\05\00\00\00\06\00\00\00")
    (elem (global.get $tb) $first $second)
    (func $first (param i32) (result i32)
      (i32.add (i32.load (global.get $mb)) (i32.load (call $push (local.get 0)))))
    (func $second (param i32) (result i32) (local $n i32)
      ;; takes back what the first has pushed
      (local.set $n (i32.load (global.get $sp)))
      (global.set $sp (i32.add (global.get $sp) (i32.const 4)))
      (i32.mul (i32.load offset=4 (global.get $mb)) (local.get $n))))
  (core instance $main (instantiate $main))
  (core instance $side (instantiate $side (with "env" (instance $main))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $main "run")))
  (func (export "stack") (result u32) (canon lift (core func $main "stack"))))
(assert_return (invoke "run" (u32.const 10)) (u32.const 15060))
(assert_return (invoke "run" (u32.const 7)) (u32.const 12042))
(assert_return (invoke "stack") (u32.const 0))

;; A lowered function in a shared table: another instance calls another component through it, and a type
;; that does not fit traps. (Toolchains break cycles that way.)
(component definition $shim
  (component $callee
    (core module $m (func (export "f") (param i32) (result i32) (i32.mul (local.get 0) (local.get 0))))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))
  (component $caller
    (import "f" (func $f (param "n" u32) (result u32)))
    (core module $shim
      (table (export "table") 1 funcref)
      (type $f (func (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0))))
    (core instance $shim (instantiate $shim))
    (core module $m
      (import "" "f" (func $f (param i32) (result i32)))
      (import "" "table" (table 1 funcref))
      (func (export "run") (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))
      (func (export "wrong") (call_indirect (i32.const 0)))
      (func (export "clear") (table.set 0 (i32.const 0) (ref.null func))))
    (core instance $i (instantiate $m (with "" (instance $shim))))
    (core func $f' (canon lower (func $f)))
    (core module $fixup
      (import "" "table" (table 1 funcref))
      (import "" "f" (func $f (param i32) (result i32)))
      (elem (i32.const 0) $f))
    (core instance (instantiate $fixup (with "" (instance
      (export "table" (table $shim "table")) (export "f" (func $f'))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run")))
    (func (export "wrong") (canon lift (core func $i "wrong")))
    (func (export "clear") (canon lift (core func $i "clear"))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "f" (func $callee "f"))))
  (export "run" (func $caller "run"))
  (export "wrong" (func $caller "wrong"))
  (export "clear" (func $caller "clear")))
(component instance $s1 $shim)
(assert_return (invoke "run" (u32.const 9)) (u32.const 82))
(assert_trap (invoke "wrong") "")
(component instance $s2 $shim)
(assert_return (invoke "run" (u32.const 3)) (u32.const 10))
(assert_return (invoke "clear"))
(assert_trap (invoke "run" (u32.const 3)) "")

;; One signature in two modules, where it has other indices: a function goes through a table into a
;; module that knows its type by another number. A signature that is like it only in part is another.
(component definition $signatures
  (core module $a
    (type (func)) (type (func (param i64))) (type $f (func (param i32 i64) (result i64)))
    (table (export "table") 2 funcref)
    (elem (i32.const 0) $f $g)
    (func $f (type $f) (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1)))
    (func $g (param i64 i32) (result i64) (local.get 0)))
  (core module $b
    (import "a" "table" (table 2 funcref))
    (type $f (func (param i32 i64) (result i64)))
    (func (export "call") (param i32) (result i64)
      (call_indirect (type $f) (i32.const 4) (i64.const 5) (local.get 0))))
  (core instance $a (instantiate $a))
  (core instance $b (instantiate $b (with "a" (instance $a))))
  (func (export "call") (param "n" u32) (result u64) (canon lift (core func $b "call"))))
(component instance $g1 $signatures)
(assert_return (invoke "call" (u32.const 0)) (u64.const 9))
(assert_trap (invoke "call" (u32.const 1)) "")
(component instance $g2 $signatures)
(assert_trap (invoke "call" (u32.const 2)) "")
