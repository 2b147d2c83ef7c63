;; `context.get` and `context.set` where a task of an instance begins while another one of it is in progress:
;; the new one finds zeros, and the old one its own values when it goes on.
;; CanonicalABI.md, "canon context.get", "Lifting and Lowering Context" (`reallocate`), "canon resource.drop";
;; Concurrency.md, "Thread-Local Storage".
;; Wasmtime 48 traps at calls between a parent and its child and of an instance to itself, runs a destructor
;; in the task of the instance that drops what it has made itself, and has no slots of 64 bits: there, none of
;; this holds.

;; $P calls its child, which calls `inner` of $P; and $P calls `inner` itself.
(component
  (core func $get (canon context.get i32 0))
  (core func $set (canon context.set i32 0))
  (core module $Inner
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    ;; 10 times what it finds, and what it sets.
    (func (export "inner") (param $n i32) (result i32)
      (i32.mul (i32.const 10) (call $get))
      (call $set (local.get $n))
      (i32.add (call $get))))
  (core instance $i (instantiate $Inner (with "" (instance (export "get" (func $get)) (export "set" (func $set))))))
  (func $inner (param "n" u32) (result u32) (canon lift (core func $i "inner")))
  (component $Child
    (import "inner" (func $inner (param "n" u32) (result u32)))
    (core func $inner' (canon lower (func $inner)))
    (core module $M
      (import "" "inner" (func $inner (param i32) (result i32)))
      (global $at-start (mut i32) (i32.const 0))
      (func (export "call") (param i32) (result i32) (call $inner (local.get 0)))
      (func (export "at-start") (result i32) (global.get $at-start))
      (func $start (global.set $at-start (call $inner (i32.const 3))))
      (start $start))
    (core instance $m (instantiate $M (with "" (instance (export "inner" (func $inner'))))))
    (func (export "call") (param "n" u32) (result u32) (canon lift (core func $m "call")))
    (func (export "at-start") (result u32) (canon lift (core func $m "at-start"))))
  (instance $child (instantiate $Child (with "inner" (func $inner))))
  (core func $call (canon lower (func $child "call")))
  (core func $own (canon lower (func $inner)))
  (core module $Outer
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (import "" "call" (func $call (param i32) (result i32)))
    ;; 100 times what the callee tells, and 10 times what is found first, and what is found afterwards.
    (func (export "outer") (param $mine i32) (param $n i32) (result i32)
      (local $found i32)
      (local.set $found (call $get))
      (call $set (local.get $mine))
      (i32.add
        (i32.mul (i32.const 100) (call $call (local.get $n)))
        (i32.add (i32.mul (i32.const 10) (local.get $found)) (call $get)))))
  (core instance $donut (instantiate $Outer (with "" (instance
    (export "get" (func $get)) (export "set" (func $set)) (export "call" (func $call))))))
  (core instance $self (instantiate $Outer (with "" (instance
    (export "get" (func $get)) (export "set" (func $set)) (export "call" (func $own))))))
  (export "at-start" (func $child "at-start"))
  (func (export "donut") (param "mine" u32) (param "n" u32) (result u32) (canon lift (core func $donut "outer")))
  (func (export "self") (param "mine" u32) (param "n" u32) (result u32) (canon lift (core func $self "outer"))))
(assert_return (invoke "at-start") (u32.const 3))
(assert_return (invoke "donut" (u32.const 7) (u32.const 4)) (u32.const 407))
(assert_return (invoke "donut" (u32.const 0) (u32.const 4)) (u32.const 400))
(assert_return (invoke "self" (u32.const 7) (u32.const 4)) (u32.const 407))
(assert_return (invoke "self" (u32.const 8) (u32.const 0)) (u32.const 8))

;; A call of its own function with a list: `realloc` for the arguments and for the result, then post-return,
;; which is of the callee's task.
(component
  (core func $get (canon context.get i32 0))
  (core func $set (canon context.set i32 0))
  (core module $Lib
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (memory (export "memory") 1)
    (global $log (export "log") (mut i32) (i32.const 0))
    (global $next (mut i32) (i32.const 256))
    (func $note (param i32) (global.set $log (i32.add (i32.mul (i32.const 10) (global.get $log)) (local.get 0))))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (call $note (call $get))
      (call $set (i32.const 9))
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (i32.const 64))))
    (func (export "callee") (param i32 i32) (result i32)
      (call $note (call $get))
      (call $set (i32.const 2))
      (i32.store (i32.const 0) (local.get 0))
      (i32.store (i32.const 4) (local.get 1))
      (i32.const 0))
    (func (export "post") (param i32)
      (call $note (call $get))
      (call $set (i32.const 3))))
  (core instance $lib (instantiate $Lib (with "" (instance (export "get" (func $get)) (export "set" (func $set))))))
  (alias core export $lib "memory" (core memory $memory))
  (alias core export $lib "realloc" (core func $realloc))
  (func $callee (param "l" (list u8)) (result (list u8))
    (canon lift (core func $lib "callee") (memory $memory) (realloc $realloc) (post-return (func $lib "post"))))
  (core func $callee' (canon lower (func $callee) (memory $memory) (realloc $realloc)))
  (core module $M
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (import "" "callee" (func $callee (param i32 i32 i32)))
    (import "lib" "log" (global $log (mut i32)))
    (func (export "call") (result i32)
      (global.set $log (i32.const 0))
      (call $set (i32.const 1))
      (call $callee (i32.const 64) (i32.const 5) (i32.const 16))
      (i32.add (i32.mul (i32.const 10) (global.get $log)) (call $get))))
  (core instance $m (instantiate $M
    (with "" (instance (export "get" (func $get)) (export "set" (func $set)) (export "callee" (func $callee'))))
    (with "lib" (instance $lib))))
  (func (export "call") (result u32) (canon lift (core func $m "call"))))
;; realloc 0, callee 0, realloc 0, post-return 2, and then 1.
(assert_return (invoke "call") (u32.const 21))
(assert_return (invoke "call") (u32.const 21))

;; A destructor is a task of its own, even where the instance drops what it has made itself. The resource type
;; is exported, so that the host's `resource.drop` may be what calls it.
(component
  (core func $get (canon context.get i32 1))
  (core func $set (canon context.set i32 1))
  (core module $D
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (global $found (export "found") (mut i32) (i32.const 0))
    (func (export "dtor") (param $rep i32)
      (global.set $found (i32.add (call $get) (local.get $rep)))
      (call $set (local.get $rep))))
  (core instance $d (instantiate $D (with "" (instance (export "get" (func $get)) (export "set" (func $set))))))
  (type $R' (resource (rep i32) (dtor (func $d "dtor"))))
  (export $R "r" (type $R'))
  (core func $new (canon resource.new $R))
  (core func $drop (canon resource.drop $R))
  (core module $M
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "d" "found" (global $found (mut i32)))
    (func (export "run") (result i32)
      (call $set (i32.const 5))
      (call $drop (call $new (i32.const 3)))
      (i32.add (i32.mul (i32.const 10) (global.get $found)) (call $get))))
  (core instance $m (instantiate $M
    (with "" (instance
      (export "get" (func $get)) (export "set" (func $set)) (export "new" (func $new)) (export "drop" (func $drop))))
    (with "d" (instance $d))))
  (func (export "run") (result u32) (canon lift (core func $m "run"))))
(assert_return (invoke "run") (u32.const 35))

;; Slots of 64 bits.
(component
  (component $C
    (core func $get0 (canon context.get i64 0))
    (core func $set0 (canon context.set i64 0))
    (core func $get1 (canon context.get i64 1))
    (core func $set1 (canon context.set i64 1))
    (core module $M
      (import "" "get0" (func $get0 (result i64)))
      (import "" "set0" (func $set0 (param i64)))
      (import "" "get1" (func $get1 (result i64)))
      (import "" "set1" (func $set1 (param i64)))
      (func (export "run") (param i64 i64) (result i64)
        (local $found i64)
        (local.set $found (i64.add (call $get0) (call $get1)))
        (call $set0 (local.get 0))
        (call $set1 (local.get 1))
        (i64.add (local.get $found) (i64.sub (call $get0) (call $get1)))))
    (core instance $m (instantiate $M (with "" (instance
      (export "get0" (func $get0)) (export "set0" (func $set0))
      (export "get1" (func $get1)) (export "set1" (func $set1))))))
    (func (export "run") (param "a" s64) (param "b" s64) (result s64) (canon lift (core func $m "run"))))
  (instance $c (instantiate $C))
  (export "run" (func $c "run")))
(assert_return (invoke "run" (s64.const 0x123456789abcdef0) (s64.const 1)) (s64.const 0x123456789abcdeef))
(assert_return (invoke "run" (s64.const 5) (s64.const 7)) (s64.const -2))
