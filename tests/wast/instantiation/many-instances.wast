;; One core module or one component instantiated many times: globals, memories, tables and passive
;; segments belong to the instance; what is passed in is shared.
;; Explainer.md "Instance Definitions".

;; Four instances of one module, all with state of every sort.
(component
  (core module $m
    (memory (export "memory") 1)
    (table $t 2 funcref)
    (global $g (mut i64) (i64.const 5))
    (data $d "\07")
    (elem $e func $seven)
    (type $f (func (result i32)))
    (func $seven (result i32) (i32.const 7))
    (func (export "set") (param i32)
      (i32.store8 (i32.const 0) (local.get 0))
      (global.set $g (i64.extend_i32_u (local.get 0))))
    (func (export "get") (result i32)
      (i32.add (i32.mul (i32.load8_u (i32.const 0)) (i32.const 1000)) (i32.wrap_i64 (global.get $g))))
    (func (export "init") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))
      (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)))
    (func (export "drop") (data.drop $d) (elem.drop $e))
    (func (export "call") (result i32) (call_indirect (type $f) (i32.const 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
  (core instance $a (instantiate $m))
  (core instance $b (instantiate $m))
  (core instance $c (instantiate $m))
  (core instance $d (instantiate $m))
  (func (export "set-a") (param "n" u8) (canon lift (core func $a "set")))
  (func (export "set-c") (param "n" u8) (canon lift (core func $c "set")))
  (func (export "get-a") (result u32) (canon lift (core func $a "get")))
  (func (export "get-b") (result u32) (canon lift (core func $b "get")))
  (func (export "get-c") (result u32) (canon lift (core func $c "get")))
  (func (export "grow-a") (param "n" u32) (result s32) (canon lift (core func $a "grow")))
  (func (export "grow-b") (param "n" u32) (result s32) (canon lift (core func $b "grow")))
  (func (export "drop-b") (canon lift (core func $b "drop")))
  (func (export "init-a") (canon lift (core func $a "init")))
  (func (export "call-a") (result u32) (canon lift (core func $a "call")))
  (func (export "call-d") (result u32) (canon lift (core func $d "call")))
  (func (export "init-b") (canon lift (core func $b "init"))))
(assert_return (invoke "set-a" (u8.const 20)))
(assert_return (invoke "get-a") (u32.const 20020))
(assert_return (invoke "get-b") (u32.const 5))
(assert_return (invoke "set-c" (u8.const 30)))
(assert_return (invoke "get-a") (u32.const 20020))
(assert_return (invoke "get-b") (u32.const 5))
(assert_return (invoke "get-c") (u32.const 30030))
(assert_return (invoke "grow-a" (u32.const 2)) (s32.const 1))
(assert_return (invoke "grow-a" (u32.const 0)) (s32.const 3))
(assert_return (invoke "grow-b" (u32.const 0)) (s32.const 1))
;; b's segments are dropped, a's are not
(assert_return (invoke "drop-b"))
(assert_return (invoke "init-a"))
(assert_return (invoke "get-a") (u32.const 7020))
(assert_return (invoke "call-a") (u32.const 7))
(assert_trap (invoke "call-d") "")

(component
  (core module $m
    (memory 1)
    (data $d "\07")
    (func (export "init") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)))
    (func (export "drop") (data.drop $d)))
  (core instance $a (instantiate $m))
  (core instance $b (instantiate $m))
  (func (export "drop-b") (canon lift (core func $b "drop")))
  (func (export "init-a") (canon lift (core func $a "init")))
  (func (export "init-b") (canon lift (core func $b "init"))))
(assert_return (invoke "init-b"))
(assert_return (invoke "drop-b"))
(assert_return (invoke "init-a"))
(assert_trap (invoke "init-b") "")

;; Instances of one component: two have a store of their own each, two share one; the shared one is that
;; of the sum of what they put in.
(component
  (component $store
    (core module $m
      (global $n (mut i32) (i32.const 0))
      (func (export "put") (param i32) (global.set $n (i32.add (global.get $n) (local.get 0))))
      (func (export "get") (result i32) (global.get $n)))
    (core instance $i (instantiate $m))
    (func (export "put") (param "n" u32) (canon lift (core func $i "put")))
    (func (export "get") (result u32) (canon lift (core func $i "get"))))
  (component $user
    (import "store" (instance $store
      (export "put" (func (param "n" u32)))
      (export "get" (func (result u32)))))
    (core func $put (canon lower (func $store "put")))
    (core func $get (canon lower (func $store "get")))
    (core module $m
      (import "" "put" (func $put (param i32)))
      (import "" "get" (func $get (result i32)))
      (global $calls (mut i32) (i32.const 0))
      (func (export "run") (param i32) (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (call $put (local.get 0))
        (i32.add (i32.mul (global.get $calls) (i32.const 10000)) (call $get))))
    (core instance $i (instantiate $m (with "" (instance
      (export "put" (func $put)) (export "get" (func $get))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run"))))
  (instance $s1 (instantiate $store))
  (instance $s2 (instantiate $store))
  (instance $s3 (instantiate $store))
  (instance $u1 (instantiate $user (with "store" (instance $s1))))
  (instance $u2 (instantiate $user (with "store" (instance $s2))))
  (instance $u3 (instantiate $user (with "store" (instance $s3))))
  (instance $u4 (instantiate $user (with "store" (instance $s3))))
  (export "u1" (func $u1 "run"))
  (export "u2" (func $u2 "run"))
  (export "u3" (func $u3 "run"))
  (export "u4" (func $u4 "run")))
(assert_return (invoke "u1" (u32.const 1)) (u32.const 10001))
(assert_return (invoke "u1" (u32.const 1)) (u32.const 20002))
(assert_return (invoke "u2" (u32.const 10)) (u32.const 10010))
(assert_return (invoke "u3" (u32.const 100)) (u32.const 10100))
(assert_return (invoke "u4" (u32.const 5)) (u32.const 10105))
(assert_return (invoke "u3" (u32.const 5)) (u32.const 20110))
(assert_return (invoke "u1" (u32.const 0)) (u32.const 30002))

;; Instances of a script: two of one definition do not share anything either.
(component definition $counter
  (component $inner
    (core module $m
      (global $n (mut i32) (i32.const 0))
      (func (export "next") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (global.get $n)))
    (core instance $i (instantiate $m))
    (func (export "next") (result u32) (canon lift (core func $i "next"))))
  (instance $i (instantiate $inner))
  (export "next" (func $i "next")))
(component instance $c1 $counter)
(assert_return (invoke "next") (u32.const 1))
(assert_return (invoke "next") (u32.const 2))
(component instance $c2 $counter)
(assert_return (invoke "next") (u32.const 1))
(component instance $c3 $counter)
(assert_return (invoke "next") (u32.const 1))
(assert_return (invoke "next") (u32.const 2))
(assert_return (invoke "next") (u32.const 3))

;; Sixty-four instances, by doubling: the function of each calls two of the level below, so that it
;; returns 64; and each leaf counts its calls, so that the next time it is twice that.
(component
  (component $l0
    (core module $m
      (global $n (mut i32) (i32.const 0))
      (func (export "f") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (global.get $n)))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component $sum
    (import "a" (func $a (result u32)))
    (import "b" (func $b (result u32)))
    (core func $a' (canon lower (func $a)))
    (core func $b' (canon lower (func $b)))
    (core module $m
      (import "" "a" (func $a (result i32)))
      (import "" "b" (func $b (result i32)))
      (func (export "f") (result i32) (i32.add (call $a) (call $b))))
    (core instance $i (instantiate $m (with "" (instance
      (export "a" (func $a')) (export "b" (func $b'))))))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component $double
    (import "c" (component $c (export "f" (func (result u32)))))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (instance $s (instantiate $sum (with "a" (func $a "f")) (with "b" (func $b "f"))))
    (export "f" (func $s "f")))
  (component $l1 (instance $i (instantiate $double (with "c" (component $l0)))) (export "f" (func $i "f")))
  (component $l2 (instance $i (instantiate $double (with "c" (component $l1)))) (export "f" (func $i "f")))
  (component $l3 (instance $i (instantiate $double (with "c" (component $l2)))) (export "f" (func $i "f")))
  (component $l4 (instance $i (instantiate $double (with "c" (component $l3)))) (export "f" (func $i "f")))
  (component $l5 (instance $i (instantiate $double (with "c" (component $l4)))) (export "f" (func $i "f")))
  (component $l6 (instance $i (instantiate $double (with "c" (component $l5)))) (export "f" (func $i "f")))
  (instance $i (instantiate $l6))
  (export "f" (func $i "f")))
(assert_return (invoke "f") (u32.const 64))
(assert_return (invoke "f") (u32.const 128))
