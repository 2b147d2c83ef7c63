;; The order of what instantiation does: a core instance's globals, then its segments, then its start
;; function, and one instance after the other, core and component instances as they are written.
;; Explainer.md "Instance Definitions"; for the calls, CanonicalABI.md "Component Instances".

;; Two core instances share a memory. The log reads: the first one's start function sees its own segment
;; (1) and not yet the second one's; the second one's sees its own (2) and what the first start wrote (5).
(component
  (core module $log
    (global $log (mut i64) (i64.const 0))
    (func (export "log") (param i32)
      (global.set $log (i64.add (i64.mul (global.get $log) (i64.const 10)) (i64.extend_i32_u (local.get 0)))))
    (func (export "read") (result i64) (global.get $log)))
  (core module $memory (memory (export "memory") 1))
  (core module $first
    (import "log" "log" (func $log (param i32)))
    (import "m" "memory" (memory 1))
    (data (i32.const 0) "\01")
    (func $start
      (call $log (i32.load8_u (i32.const 0)))
      (call $log (i32.load8_u (i32.const 1)))
      (i32.store8 (i32.const 0) (i32.const 5)))
    (start $start))
  (core module $second
    (import "log" "log" (func $log (param i32)))
    (import "m" "memory" (memory 1))
    (data (i32.const 1) "\02")
    (func $start
      (call $log (i32.load8_u (i32.const 0)))
      (call $log (i32.load8_u (i32.const 1)))
      (i32.store8 (i32.const 0) (i32.const 6)))
    (start $start)
    (func (export "after") (result i32)
      (i32.add (i32.mul (i32.const 10) (i32.load8_u (i32.const 0))) (i32.load8_u (i32.const 1)))))
  (core instance $log (instantiate $log))
  (core instance $m (instantiate $memory))
  (core instance $a (instantiate $first (with "log" (instance $log)) (with "m" (instance $m))))
  (core instance $b (instantiate $second (with "log" (instance $log)) (with "m" (instance $m))))
  (func (export "read") (result u64) (canon lift (core func $log "read")))
  (func (export "after") (result u32) (canon lift (core func $b "after"))))
(assert_return (invoke "read") (u64.const 1052))
(assert_return (invoke "after") (u32.const 62))

;; A second instance of the first module applies its segment again: what its start function wrote is
;; written over, and then written again.
(component
  (core module $memory (memory (export "memory") 1)
    (func (export "get") (param i32) (result i32) (i32.load8_u (local.get 0))))
  (core module $m
    (import "m" "memory" (memory 1))
    (data (i32.const 0) "\01\01")
    ;; byte 0 is set from the segment, byte 2 counts what the start functions saw in byte 0
    (func $start
      (i32.store8 (i32.const 2) (i32.add (i32.load8_u (i32.const 2)) (i32.load8_u (i32.const 0))))
      (i32.store8 (i32.const 0) (i32.const 100)))
    (start $start))
  (core instance $m (instantiate $memory))
  (core instance (instantiate $m (with "m" (instance $m))))
  (core instance (instantiate $m (with "m" (instance $m))))
  (core instance (instantiate $m (with "m" (instance $m))))
  (func (export "get") (param "at" u32) (result u32) (canon lift (core func $m "get"))))
(assert_return (invoke "get" (u32.const 0)) (u32.const 100))
(assert_return (invoke "get" (u32.const 1)) (u32.const 1))
(assert_return (invoke "get" (u32.const 2)) (u32.const 3))

;; Overlapping segments of one module: the later one stays. Elements and data alike.
(component
  (core module $m
    (memory 1)
    (table 4 funcref)
    (type $f (func (result i32)))
    (func $one (result i32) (i32.const 1))
    (func $two (result i32) (i32.const 2))
    (func $three (result i32) (i32.const 3))
    (elem (i32.const 0) $one $one $one)
    (data (i32.const 0) "aaaa")
    (elem (i32.const 1) $two $two)
    (data (i32.const 2) "bb")
    (elem (i32.const 2) $three)
    (data (i32.const 3) "c")
    (func (export "byte") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "call") (param i32) (result i32) (call_indirect (type $f) (local.get 0))))
  (core instance $i (instantiate $m))
  (func (export "byte") (param "at" u32) (result char) (canon lift (core func $i "byte")))
  (func (export "call") (param "at" u32) (result u32) (canon lift (core func $i "call"))))
(assert_return (invoke "byte" (u32.const 1)) (char.const "a"))
(assert_return (invoke "byte" (u32.const 2)) (char.const "b"))
(assert_return (invoke "byte" (u32.const 3)) (char.const "c"))
(assert_return (invoke "call" (u32.const 0)) (u32.const 1))
(assert_return (invoke "call" (u32.const 1)) (u32.const 2))
(assert_return (invoke "call" (u32.const 2)) (u32.const 3))

;; Segments' offsets and globals' initial values come from imported globals, and differ per instance.
(component
  (core module $base
    (global (export "base") i32 (i32.const 16))
    (global (export "value") i32 (i32.const 7)))
  (core module $other
    (global (export "base") i32 (i32.const 32))
    (global (export "value") i32 (i32.const 9)))
  (core module $memory (memory (export "memory") 1) (table (export "table") 40 funcref)
    (func (export "byte") (param i32) (result i32) (i32.load8_u (local.get 0))))
  (core module $m
    (import "base" "base" (global $base i32))
    (import "base" "value" (global $value i32))
    (import "m" "memory" (memory 1))
    (import "m" "table" (table 40 funcref))
    (global $sum i32 (i32.mul (i32.add (global.get $base) (i32.const 1)) (global.get $value)))
    (data (global.get $base) "A")
    (data (i32.add (global.get $base) (i32.const 2)) "C")
    (elem (i32.sub (global.get $base) (i32.const 1)) $sum)
    (type $f (func (result i32)))
    (func $sum (result i32) (global.get $sum))
    (func (export "call") (param i32) (result i32) (call_indirect (type $f) (local.get 0))))
  (core instance $m (instantiate $memory))
  (core instance $base (instantiate $base))
  (core instance $other (instantiate $other))
  (core instance $a (instantiate $m (with "base" (instance $base)) (with "m" (instance $m))))
  (core instance $b (instantiate $m (with "base" (instance $other)) (with "m" (instance $m))))
  (func (export "byte") (param "at" u32) (result u32) (canon lift (core func $m "byte")))
  (func (export "call") (param "at" u32) (result u32) (canon lift (core func $a "call"))))
(assert_return (invoke "byte" (u32.const 16)) (u32.const 65))
(assert_return (invoke "byte" (u32.const 17)) (u32.const 0))
(assert_return (invoke "byte" (u32.const 18)) (u32.const 67))
(assert_return (invoke "byte" (u32.const 32)) (u32.const 65))
(assert_return (invoke "byte" (u32.const 34)) (u32.const 67))
(assert_return (invoke "call" (u32.const 15)) (u32.const 119))
(assert_return (invoke "call" (u32.const 31)) (u32.const 297))

;; A segment writes where the offset is when the instance is made: a global that is imported is not
;; mutable, but the memory may have grown since.
(component
  (core module $memory
    (memory (export "memory") 1)
    (func $start (drop (memory.grow (i32.const 1))))
    (start $start)
    (func (export "byte") (param i32) (result i32) (i32.load8_u (local.get 0))))
  (core module $m
    (import "m" "memory" (memory 1))
    (data (i32.const 65536) "Z"))
  (core instance $m (instantiate $memory))
  (core instance (instantiate $m (with "m" (instance $m))))
  (func (export "byte") (param "at" u32) (result u32) (canon lift (core func $m "byte"))))
(assert_return (invoke "byte" (u32.const 65536)) (u32.const 90))

;; Passive and declarative segments are not applied.
(component
  (core module $m
    (memory 1)
    (table 1 funcref)
    (func $f)
    (data "abc")
    (elem func $f)
    (elem declare func $f)
    (func (export "byte") (result i32) (i32.load8_u (i32.const 0)))
    (func (export "null") (result i32) (ref.is_null (table.get 0 (i32.const 0)))))
  (core instance $i (instantiate $m))
  (func (export "byte") (result u32) (canon lift (core func $i "byte")))
  (func (export "null") (result bool) (canon lift (core func $i "null"))))
(assert_return (invoke "byte") (u32.const 0))
(assert_return (invoke "null") (bool.const true))

;; Component instances: their start functions run where they are instantiated, not where the component is
;; written, an inner instance's at its place among the outer one's, and once for each instance.
(component
  (component $log
    (core module $m
      (global $log (mut i64) (i64.const 0))
      (func (export "log") (param i32)
        (global.set $log (i64.add (i64.mul (global.get $log) (i64.const 10)) (i64.extend_i32_u (local.get 0)))))
      (func (export "read") (result i64) (global.get $log)))
    (core instance $i (instantiate $m))
    (func (export "log") (param "n" u32) (canon lift (core func $i "log")))
    (func (export "read") (result u64) (canon lift (core func $i "read"))))
  (core module $logs
    (import "" "n" (global $n i32))
    (import "" "log" (func $log (param i32)))
    (func $start (call $log (global.get $n)))
    (start $start))
  (core module $numbers
    (global (export "one") i32 (i32.const 1))
    (global (export "two") i32 (i32.const 2))
    (global (export "three") i32 (i32.const 3))
    (global (export "four") i32 (i32.const 4)))
  (component $child
    (import "log" (func $log (param "n" u32)))
    (core func $log' (canon lower (func $log)))
    (component $grandchild
      (import "log" (func $log (param "n" u32)))
      (core func $log' (canon lower (func $log)))
      (core instance $n (instantiate $numbers))
      (core instance (instantiate $logs (with "" (instance
        (export "n" (global $n "four")) (export "log" (func $log')))))))
    (core instance $n (instantiate $numbers))
    (core instance (instantiate $logs (with "" (instance
      (export "n" (global $n "two")) (export "log" (func $log'))))))
    (instance (instantiate $grandchild (with "log" (func $log))))
    (core instance (instantiate $logs (with "" (instance
      (export "n" (global $n "three")) (export "log" (func $log')))))))
  (component $one
    (import "log" (func $log (param "n" u32)))
    (core func $log' (canon lower (func $log)))
    (core instance $n (instantiate $numbers))
    (core instance (instantiate $logs (with "" (instance
      (export "n" (global $n "one")) (export "log" (func $log')))))))
  (instance $log (instantiate $log))
  (instance (instantiate $one (with "log" (func $log "log"))))
  (instance (instantiate $child (with "log" (func $log "log"))))
  (instance (instantiate $one (with "log" (func $log "log"))))
  (instance (instantiate $child (with "log" (func $log "log"))))
  (export "read" (func $log "read")))
(assert_return (invoke "read") (u64.const 12431243))

;; Core instances of the parent between two component instances. The parent's start functions call its
;; child: wasmtime 48 traps on that, as on every call from a parent to its child; by CanonicalABI.md
;; "Component Instances" the child has not been entered, so that it can be.
(component
  (component $log
    (core module $m
      (global $log (mut i64) (i64.const 0))
      (func (export "log") (param i32)
        (global.set $log (i64.add (i64.mul (global.get $log) (i64.const 10)) (i64.extend_i32_u (local.get 0)))))
      (func (export "read") (result i64) (global.get $log)))
    (core instance $i (instantiate $m))
    (func (export "log") (param "n" u32) (canon lift (core func $i "log")))
    (func (export "read") (result u64) (canon lift (core func $i "read"))))
  (instance $log (instantiate $log))
  (core func $log' (canon lower (func $log "log")))
  (core module $logs
    (import "" "n" (global $n i32))
    (import "" "log" (func $log (param i32)))
    (func $start (call $log (global.get $n)))
    (start $start))
  (core module $numbers
    (global (export "one") i32 (i32.const 1))
    (global (export "two") i32 (i32.const 2))
    (global (export "three") i32 (i32.const 3)))
  (component $child
    (import "log" (func $log (param "n" u32)))
    (core func $log' (canon lower (func $log)))
    (core instance $n (instantiate $numbers))
    (core instance (instantiate $logs (with "" (instance
      (export "n" (global $n "two")) (export "log" (func $log')))))))
  (core instance $n (instantiate $numbers))
  (alias export $log "log" (func $log-func))
  (core instance (instantiate $logs (with "" (instance
    (export "n" (global $n "one")) (export "log" (func $log'))))))
  (instance (instantiate $child (with "log" (func $log-func))))
  (core instance (instantiate $logs (with "" (instance
    (export "n" (global $n "three")) (export "log" (func $log'))))))
  (instance (instantiate $child (with "log" (func $log-func))))
  (export "read" (func $log "read")))
(assert_return (invoke "read") (u64.const 1232))
