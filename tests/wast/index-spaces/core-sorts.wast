;; The index spaces of the core sorts (function, table, memory, global, tag, type, module, instance):
;; imports before definitions inside a module, aliases and canonical definitions interleaved outside.
;; Explainer.md "Index Spaces", "Alias Definitions"; Binary.md "Alias Definitions".

;; In a module every sort has its imports first. All uses are by number.
(component
  (core module $env
    (func (export "f0") (result i32) (i32.const 100))
    (func (export "f1") (result i32) (i32.const 101))
    (memory (export "m0") 1) (data (memory 0) (i32.const 0) "\0a")
    (memory (export "m1") 1) (data (memory 1) (i32.const 0) "\0b")
    (global (export "g0") i32 (i32.const 200))
    (global (export "g1") (mut i32) (i32.const 201))
    (table (export "t0") 1 funcref)
    (table (export "t1") 1 funcref)
    (func $eighty (result i32) (i32.const 80))
    (func $eighty-one (result i32) (i32.const 81))
    (elem (table 0) (i32.const 0) func $eighty)
    (elem (table 1) (i32.const 0) func $eighty-one)
    (tag (export "e0") (param i32))
    (tag (export "e1") (param i32)))
  (core module $m
    (type (func))
    (type (func (result i32)))
    (import "env" "g1" (global (mut i32)))
    (import "env" "f1" (func (type 1)))
    (import "env" "t1" (table 1 funcref))
    (import "env" "m1" (memory 1))
    (import "env" "e1" (tag (param i32)))
    (import "env" "f0" (func (type 1)))
    (import "env" "m0" (memory 1))
    (import "env" "g0" (global i32))
    (import "env" "t0" (table 1 funcref))
    (import "env" "e0" (tag (param i32)))
    (global i32 (i32.const 202))
    (memory 1)
    (data (memory 2) (i32.const 0) "\0c")
    (table 1 funcref)
    (tag (param i32))
    (func (type 1) (i32.const 102))
    (elem (table 2) (i32.const 0) func 2)
    (func (export "functions") (result i32)
      (i32.add (i32.mul (call 0) (i32.const 1000000)) (i32.add (i32.mul (call 1) (i32.const 1000)) (call 2))))
    (func (export "globals") (result i32)
      (i32.add (i32.mul (global.get 0) (i32.const 1000000))
        (i32.add (i32.mul (global.get 1) (i32.const 1000)) (global.get 2))))
    (func (export "memories") (result i32)
      (i32.add (i32.mul (i32.load8_u 0 (i32.const 0)) (i32.const 10000))
        (i32.add (i32.mul (i32.load8_u 1 (i32.const 0)) (i32.const 100)) (i32.load8_u 2 (i32.const 0)))))
    (func (export "tables") (result i32)
      (i32.add (i32.mul (call_indirect 0 (type 1) (i32.const 0)) (i32.const 1000000))
        (i32.add (i32.mul (call_indirect 1 (type 1) (i32.const 0)) (i32.const 1000))
          (call_indirect 2 (type 1) (i32.const 0)))))
    ;; throws the tag that is asked for, and tells which handler took it
    (func (export "tags") (param i32) (result i32)
      (block $none
        (block $e2 (result i32)
          (block $e1 (result i32)
            (block $e0 (result i32)
              (try_table (catch 0 $e0) (catch 1 $e1) (catch 2 $e2)
                (if (i32.eq (local.get 0) (i32.const 0)) (then (throw 0 (i32.const 10))))
                (if (i32.eq (local.get 0) (i32.const 1)) (then (throw 1 (i32.const 20))))
                (if (i32.eq (local.get 0) (i32.const 2)) (then (throw 2 (i32.const 30)))))
              (br $none))
            (return (i32.add (i32.const 1))))
          (return (i32.add (i32.const 2))))
        (return (i32.add (i32.const 3))))
      (i32.const -1)))
  (core instance $env (instantiate $env))
  (core instance $i (instantiate $m (with "env" (instance $env))))
  (func (export "functions") (result u32) (canon lift (core func $i "functions")))
  (func (export "globals") (result u32) (canon lift (core func $i "globals")))
  (func (export "memories") (result u32) (canon lift (core func $i "memories")))
  (func (export "tables") (result u32) (canon lift (core func $i "tables")))
  (func (export "tags") (param "n" u32) (result s32) (canon lift (core func $i "tags"))))
(assert_return (invoke "functions") (u32.const 101100102))
(assert_return (invoke "globals") (u32.const 201200202))
(assert_return (invoke "memories") (u32.const 111012))
(assert_return (invoke "tables") (u32.const 81080102))
(assert_return (invoke "tags" (u32.const 0)) (s32.const 11))
(assert_return (invoke "tags" (u32.const 1)) (s32.const 22))
(assert_return (invoke "tags" (u32.const 2)) (s32.const 33))
(assert_return (invoke "tags" (u32.const 3)) (s32.const -1))

;; Core functions of a component: aliases, canon lower and resource built-ins count together, in the
;; order in which they are written; the same export aliased twice has two indices.
(component
  (component $c
    (core module $m (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1000))))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))
  (instance $c (instantiate $c))
  (alias export $c "f" (func $f))
  (core module $m
    (func (export "a") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func (export "b") (param i32) (result i32) (i32.add (local.get 0) (i32.const 2))))
  (core instance $i (instantiate $m))
  (type $r (resource (rep i32)))
  (alias core export $i "b" (core func))      ;; core function 0
  (core func (canon resource.new $r))          ;; 1
  (alias core export $i "a" (core func))      ;; 2
  (core func (canon resource.rep $r))          ;; 3
  (core func (canon resource.drop $r))         ;; 4
  (alias core export $i "b" (core func))      ;; 5
  (core module $user
    (import "" "0" (func $0 (param i32) (result i32)))
    (import "" "1" (func $1 (param i32) (result i32)))
    (import "" "2" (func $2 (param i32) (result i32)))
    (import "" "3" (func $3 (param i32) (result i32)))
    (import "" "4" (func $4 (param i32)))
    (import "" "5" (func $5 (param i32) (result i32)))
    (func (export "run") (param i32) (result i32) (local $h i32)
      (local.set $h (call $1 (call $0 (local.get 0))))
      (local.set 0 (call $3 (local.get $h)))
      (call $4 (local.get $h))
      (call $5 (call $2 (local.get 0)))))
  (core instance $u (instantiate $user (with "" (instance
    (export "5" (func 5)) (export "4" (func 4)) (export "3" (func 3))
    (export "2" (func 2)) (export "1" (func 1)) (export "0" (func 0))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $u "run"))))
;; 2 for the first b, 1 for a, 2 for the second b
(assert_return (invoke "run" (u32.const 10)) (u32.const 15))

;; Core instances and core modules by number: instances made by instantiation and of exports count together.
(component
  (core module (func (export "f") (result i32) (i32.const 0)))                     ;; core module 0
  (core module (func (export "f") (result i32) (i32.const 1)))                     ;; 1
  (core instance (instantiate 1))                                                  ;; core instance 0
  (core module                                                                     ;; 2
    (import "x" "f" (func (result i32)))
    (import "y" "g" (func (result i32)))
    (func (export "f") (result i32)
      (i32.add (i32.const 100) (i32.add (i32.mul (i32.const 10) (call 0)) (call 1)))))
  (core instance (instantiate 0))                                                  ;; 1
  (alias core export 1 "f" (core func))                                            ;; core func 0
  (core instance (export "g" (func 0)))                                            ;; 2
  (core instance (instantiate 2 (with "x" (instance 0)) (with "y" (instance 2))))  ;; 3
  (alias core export 0 "f" (core func))                                            ;; core func 1
  (core instance (export "g" (func 1)))                                            ;; 4
  (core instance (instantiate 2 (with "x" (instance 1)) (with "y" (instance 4))))  ;; 5
  (alias core export 3 "f" (core func))                                            ;; core func 2
  (alias core export 5 "f" (core func))                                            ;; core func 3
  (type (func (result u32)))
  (func (type 0) (canon lift (core func 2)))
  (func (type 0) (canon lift (core func 3)))
  (export "a" (func 0))
  (export "b" (func 1)))
(assert_return (invoke "a") (u32.const 110))
(assert_return (invoke "b") (u32.const 101))

;; Tables, memories and globals aliased out of instances, mixed and handed on by number.
(component
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 0) "m")
    (table (export "table") 3 funcref)
    (global (export "global") (mut i32) (i32.const 3)))
  (core module $n
    (memory (export "memory") 2)
    (data (i32.const 0) "n")
    (table (export "table") 5 funcref)
    (global (export "global") (mut i32) (i32.const 5)))
  (core instance $m (instantiate $m))
  (core instance $n (instantiate $n))
  (alias core export $n "memory" (core memory))  ;; memory 0
  (alias core export $m "table" (core table))    ;; table 0
  (alias core export $m "memory" (core memory))  ;; memory 1
  (alias core export $n "global" (core global))  ;; global 0
  (alias core export $n "table" (core table))    ;; table 1
  (alias core export $n "memory" (core memory))  ;; memory 2
  (alias core export $m "global" (core global))  ;; global 1
  (core module $look
    (import "" "memory" (memory 1))
    (import "" "table" (table 1 funcref))
    (import "" "global" (global $g (mut i32)))
    (func (export "look") (result i32)
      (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (i32.add (i32.mul (i32.load8_u (i32.const 0)) (i32.const 1000))
        (i32.add (i32.mul (table.size 0) (i32.const 100)) (global.get $g)))))
  (core instance $a (instantiate $look (with "" (instance
    (export "memory" (memory 0)) (export "table" (table 0)) (export "global" (global 0))))))
  (core instance $b (instantiate $look (with "" (instance
    (export "memory" (memory 1)) (export "table" (table 1)) (export "global" (global 0))))))
  (core instance $c (instantiate $look (with "" (instance
    (export "memory" (memory 2)) (export "table" (table 1)) (export "global" (global 1))))))
  (func (export "a") (result u32) (canon lift (core func $a "look")))
  (func (export "b") (result u32) (canon lift (core func $b "look")))
  (func (export "c") (result u32) (canon lift (core func $c "look"))))
(assert_return (invoke "a") (u32.const 110306))
(assert_return (invoke "b") (u32.const 109507))
(assert_return (invoke "c") (u32.const 110504))
(assert_return (invoke "a") (u32.const 110308))

;; A module's export by several names, and what it imports exported again, through two modules.
(component
  (core module $m
    (memory $m (export "one") (export "two") 1)
    (global $g (export "g") (export "h") (mut i32) (i32.const 1))
    (func (export "f") (export "f'") (export "") (result i32) (global.get $g)))
  (core module $again
    (import "m" "two" (memory $m 1))
    (import "m" "h" (global $g (mut i32)))
    (import "m" "" (func $f (result i32)))
    (export "memory" (memory $m))
    (export "global" (global $g))
    (export "f" (func $f))
    (export "f-again" (func $f))
    (func (export "set") (param i32)
      (global.set $g (local.get 0))
      (i32.store8 (i32.const 0) (local.get 0))))
  (core instance $m (instantiate $m))
  (core instance $a (instantiate $again (with "m" (instance $m))))
  (core instance $b (instantiate $again (with "m" (instance
    (export "two" (memory $a "memory")) (export "h" (global $a "global")) (export "" (func $a "f-again"))))))
  (core module $peek (import "" "m" (memory 1)) (func (export "peek") (result i32) (i32.load8_u (i32.const 0))))
  (core instance $peek (instantiate $peek (with "" (instance (export "m" (memory $m "one"))))))
  (func (export "set") (param "n" u8) (canon lift (core func $b "set")))
  (func (export "get") (result u32) (canon lift (core func $b "f")))
  (func (export "get-first") (result u32) (canon lift (core func $m "f'")))
  (func (export "peek") (result u32) (canon lift (core func $peek "peek"))))
(assert_return (invoke "get") (u32.const 1))
(assert_return (invoke "set" (u8.const 77)))
(assert_return (invoke "get") (u32.const 77))
(assert_return (invoke "get-first") (u32.const 77))
(assert_return (invoke "peek") (u32.const 77))
