;; Tags of several instances, exceptions with references, 64-bit offsets of segments, small pages, atomic
;; instructions, custom sections and many instances' functions in one table.
;; Core WebAssembly and its proposals decide; linked as in Explainer.md "Instance Definitions".

;; A tag belongs to the instance: what one instance throws, a handler for another instance's tag of the
;; same module does not catch, and one for all does. Shared tags are the same under two names.
(component
  (core module $tag (tag (export "t") (param i32)))
  (core module $thrower
    (import "" "t" (tag $t (param i32)))
    (func (export "throw") (param i32) (throw $t (local.get 0))))
  (core module $catcher
    (import "" "t" (tag $t (param i32)))
    (import "" "again" (tag $again (param i32)))
    (import "mine" "throw" (func $mine (param i32)))
    (import "theirs" "throw" (func $theirs (param i32)))
    (func (export "run") (param i32) (result i32)
      (block $all
        (block $again (result i32)
          (block $t (result i32)
            (try_table (catch $t $t) (catch $again $again) (catch_all $all)
              (if (local.get 0) (then (call $mine (i32.const 7))) (else (call $theirs (i32.const 8)))))
            (return (i32.const 0)))
          (return (i32.add (i32.const 100))))
        (return (i32.add (i32.const 200))))
      (i32.const 300))
    ;; the exception itself is kept and thrown again, out of the handler, into another
    (func (export "rethrow") (result i32)
      (block $again (result i32)
        (try_table (catch $again $again)
          (block $caught (result exnref)
            (try_table (catch_all_ref $caught) (call $mine (i32.const 9)))
            (return (i32.const 0)))
          (throw_ref))
        (i32.const -1))))
  (core instance $one (instantiate $tag))
  (core instance $two (instantiate $tag))
  (core instance $mine (instantiate $thrower (with "" (instance $one))))
  (core instance $theirs (instantiate $thrower (with "" (instance $two))))
  (core instance $c (instantiate $catcher
    (with "" (instance (export "t" (tag $one "t")) (export "again" (tag $one "t"))))
    (with "mine" (instance $mine)) (with "theirs" (instance $theirs))))
  (core instance $d (instantiate $catcher
    (with "" (instance (export "t" (tag $one "t")) (export "again" (tag $two "t"))))
    (with "mine" (instance $mine)) (with "theirs" (instance $theirs))))
  (func (export "c") (param "mine" bool) (result u32) (canon lift (core func $c "run")))
  (func (export "d") (param "mine" bool) (result u32) (canon lift (core func $d "run")))
  (func (export "rethrow") (result u32) (canon lift (core func $c "rethrow"))))
(assert_return (invoke "c" (bool.const true)) (u32.const 107))
(assert_return (invoke "c" (bool.const false)) (u32.const 300))
(assert_return (invoke "d" (bool.const true)) (u32.const 107))
(assert_return (invoke "d" (bool.const false)) (u32.const 208))
(assert_return (invoke "rethrow") (u32.const 9))

;; Offsets of 64 bits that come from another instance, of data and of elements; one past the end traps.
(component
  (core module $at (global (export "data") i64 (i64.const 65535)) (global (export "elem") i64 (i64.const 1)))
  (core module $m
    (import "" "data" (global $d i64))
    (import "" "elem" (global $e i64))
    (memory i64 1)
    (table $t i64 2 funcref)
    (type $f (func (result i32)))
    (func $six (result i32) (i32.const 6))
    (data (global.get $d) "q")
    (elem (table $t) (global.get $e) func $six)
    (func (export "byte") (result i32) (i32.load8_u (global.get $d)))
    (func (export "call") (result i32) (call_indirect $t (type $f) (global.get $e))))
  (core instance $at (instantiate $at))
  (core instance $i (instantiate $m (with "" (instance $at))))
  (func (export "byte") (result char) (canon lift (core func $i "byte")))
  (func (export "call") (result u32) (canon lift (core func $i "call"))))
(assert_return (invoke "byte") (char.const "q"))
(assert_return (invoke "call") (u32.const 6))
(assert_trap (component
  (core module $at (global (export "data") i64 (i64.const 0x100000000)))
  (core module $m (import "" "data" (global $d i64)) (memory i64 1) (data (global.get $d) "q"))
  (core instance $at (instantiate $at))
  (core instance (instantiate $m (with "" (instance $at))))) "")
(assert_trap (component
  (core module $at (global (export "elem") i64 (i64.const 2)))
  (core module $m (import "" "elem" (global $e i64)) (table i64 2 funcref) (func $f) (elem (global.get $e) func $f))
  (core instance $at (instantiate $at))
  (core instance (instantiate $m (with "" (instance $at))))) "")

;; Pages of one byte beside pages of 64 KiB: sizes are in pages, bounds in bytes.
(component
  (core module $small (memory (export "memory") 3 8 (pagesize 1)) (data (i32.const 0) "abc"))
  (core module $large (memory (export "memory") 1) (data (i32.const 0) "xyz"))
  (core module $m
    (import "small" "memory" (memory $s 3 (pagesize 1)))
    (import "large" "memory" (memory $l 1))
    (func (export "grow") (param i32) (result i32) (memory.grow $s (local.get 0)))
    (func (export "byte") (param i32) (result i32) (i32.load8_u $s (local.get 0)))
    (func (export "copy") (param i32) (memory.copy $s $l (i32.const 1) (i32.const 0) (local.get 0))))
  (core instance $small (instantiate $small))
  (core instance $large (instantiate $large))
  (core instance $m (instantiate $m (with "small" (instance $small)) (with "large" (instance $large))))
  (func (export "grow") (param "n" u32) (result s32) (canon lift (core func $m "grow")))
  (func (export "byte") (param "at" u32) (result char) (canon lift (core func $m "byte")))
  (func (export "copy") (param "n" u32) (canon lift (core func $m "copy"))))
(assert_return (invoke "byte" (u32.const 2)) (char.const "c"))
(assert_return (invoke "copy" (u32.const 2)))
(assert_return (invoke "byte" (u32.const 2)) (char.const "y"))
(assert_return (invoke "grow" (u32.const 6)) (s32.const -1))
(assert_return (invoke "grow" (u32.const 1)) (s32.const 3))
(assert_return (invoke "copy" (u32.const 3)))
(assert_return (invoke "byte" (u32.const 3)) (char.const "z"))
(assert_trap (invoke "byte" (u32.const 4)) "")
(assert_trap (component
  (core module $small (memory 3 (pagesize 1)) (data (i32.const 1) "abc"))
  (core instance (instantiate $small))) "")

;; Atomic instructions on a memory that is not shared, the second of two.
(component
  (core module $a (memory (export "memory") 1))
  (core module $m
    (memory $own 1)
    (func (export "add") (param i32) (result i32) (i32.atomic.rmw.add $own (i32.const 8) (local.get 0)))
    (func (export "swap") (param i32 i32) (result i32)
      (i32.atomic.rmw.cmpxchg $own (i32.const 8) (local.get 0) (local.get 1)))
    (func (export "load") (param i32) (result i32) (i32.atomic.load $own (local.get 0))))
  (core instance $a (instantiate $a))
  (core instance $m (instantiate $m))
  (func (export "add") (param "n" u32) (result u32) (canon lift (core func $m "add")))
  (func (export "swap") (param "old" u32) (param "new" u32) (result u32) (canon lift (core func $m "swap")))
  (func (export "load") (param "at" u32) (result u32) (canon lift (core func $m "load"))))
(assert_return (invoke "add" (u32.const 5)) (u32.const 0))
(assert_return (invoke "add" (u32.const 6)) (u32.const 5))
(assert_return (invoke "swap" (u32.const 10) (u32.const 99)) (u32.const 11))
(assert_return (invoke "load" (u32.const 8)) (u32.const 11))
(assert_return (invoke "swap" (u32.const 11) (u32.const 99)) (u32.const 11))
(assert_return (invoke "load" (u32.const 8)) (u32.const 99))
;; an atomic access has to be aligned
(assert_trap (invoke "load" (u32.const 9)) "")

;; Custom sections, in core modules and in components, wherever they stand, say nothing.
(component
  (@custom "first" "abc")
  (core module $m
    (@custom "a" (before first) "1")
    (func $f (export "f") (result i32) (local $named i32)
      (@metadata.code.branch_hint "\01")
      (if (local.get $named) (then (return (i32.const 1))))
      (i32.const 2))
    (@custom "producers" (after code) "\00")
    (@custom "z" (after last) ""))
  (@custom "component-type" "\ff\ff")
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f")))
  (@custom "name" "\ff"))
(assert_return (invoke "f") (u32.const 2))
