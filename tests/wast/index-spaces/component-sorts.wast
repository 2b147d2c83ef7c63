;; The index spaces of the component's sorts (function, type, instance, component): imports, aliases,
;; definitions and exports interleaved; every export makes an index of its own.
;; Explainer.md "Index Spaces", "Import and Export Definitions".

;; Functions: a nested component in which imports, lifts, aliases and exports take turns. It exports all
;; of them by number, and its parent tells them apart by what they return.
(component
  (core module $m
    (func (export "one") (result i32) (i32.const 1))
    (func (export "two") (result i32) (i32.const 2))
    (func (export "three") (result i32) (i32.const 3)))
  (core instance $i (instantiate $m))
  (func $one (result u32) (canon lift (core func $i "one")))
  (func $two (result u32) (canon lift (core func $i "two")))
  (func $three (result u32) (canon lift (core func $i "three")))
  (component $c
    (import "three" (func (result u32)))                        ;; function 0
    (core module $m
      (func (export "four") (result i32) (i32.const 4))
      (func (export "five") (result i32) (i32.const 5)))
    (core instance $i (instantiate $m))
    (type $t (func (result u32)))
    (func (type $t) (canon lift (core func $i "five")))         ;; 1
    (import "one" (func (type $t)))                             ;; 2
    (import "i" (instance $i (export "two" (func (result u32)))))
    (export "a" (func 2))                                       ;; 3: one
    (alias export $i "two" (func))                              ;; 4
    (func (type $t) (canon lift (core func $i "four")))         ;; 5
    (export "b" (func 1))                                       ;; 6: five
    (alias export $i "two" (func))                              ;; 7
    (export "c" (func 7))
    (export "d" (func 0))
    (export "e" (func 5))
    ;; exports of exports
    (export "f" (func 3))
    (export "g" (func 6))
    (export "h" (func 4)))
  (instance $two (export "two" (func $two)))
  (instance $c (instantiate $c (with "one" (func $one)) (with "i" (instance $two)) (with "three" (func $three))))
  (export "a" (func $c "a")) (export "b" (func $c "b")) (export "c" (func $c "c")) (export "d" (func $c "d"))
  (export "e" (func $c "e")) (export "f" (func $c "f")) (export "g" (func $c "g")) (export "h" (func $c "h")))
(assert_return (invoke "a") (u32.const 1))
(assert_return (invoke "b") (u32.const 5))
(assert_return (invoke "c") (u32.const 2))
(assert_return (invoke "d") (u32.const 3))
(assert_return (invoke "e") (u32.const 4))
(assert_return (invoke "f") (u32.const 1))
(assert_return (invoke "g") (u32.const 5))
(assert_return (invoke "h") (u32.const 2))

;; Instances and components by number, as they are imported, made, bundled and exported.
(component
  (component                                                     ;; component 0
    (core module $m (func (export "f") (result i32) (i32.const 7)))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component                                                     ;; 1
    (import "x" (instance (export "f" (func (result u32)))))       ;; instance 0
    (component                                                     ;; component 0
      (import "f" (func (result u32)))
      (core func (canon lower (func 0)))
      (core module (import "" "f" (func (result i32)))
        (func (export "f") (result i32) (i32.add (call 0) (i32.const 10))))
      (core instance (export "f" (func 0)))
      (core instance (instantiate 0 (with "" (instance 0))))
      (alias core export 1 "f" (core func))
      (type (func (result u32)))
      (func (type 0) (canon lift (core func 1)))
      (export "f" (func 1)))
    (alias export 0 "f" (func))                                    ;; function 0
    (instance (instantiate 0 (with "f" (func 0))))                 ;; instance 1
    (import "y" (instance (export "f" (func (result u32)))))       ;; instance 2
    (alias export 1 "f" (func))                                    ;; function 1
    (instance (export "f" (func 1)))                               ;; instance 3
    (alias export 2 "f" (func))                                    ;; function 2
    (instance (instantiate 0 (with "f" (func 2))))                 ;; instance 4
    (export "three" (instance 3))                                  ;; instance 5
    (export "four" (instance 4))                                   ;; instance 6
    (export "zero" (instance 0))
    (export "again" (instance 5)))
  (instance (instantiate 0))
  (component                                                     ;; 2
    (core module $m (func (export "f") (result i32) (i32.const 9)))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (instance (instantiate 2))
  (instance (instantiate 1 (with "x" (instance 1)) (with "y" (instance 0))))
  (alias export 2 "three" (instance $three))
  (alias export 2 "four" (instance $four))
  (alias export 2 "zero" (instance $zero))
  (alias export 2 "again" (instance $again))
  (export "three" (func $three "f"))
  (export "four" (func $four "f"))
  (export "zero" (func $zero "f"))
  (export "again" (func $again "f")))
(assert_return (invoke "three") (u32.const 19))
(assert_return (invoke "four") (u32.const 17))
(assert_return (invoke "zero") (u32.const 9))
(assert_return (invoke "again") (u32.const 19))

;; Types: definitions, imports, aliases and exports by number. The functions take what the numbers say.
(component
  (component $c
    (type (record (field "a" u8)))                    ;; type 0
    (type (enum "x" "y" "z"))                         ;; 1
    (import "r" (type (eq 0)))                        ;; 2
    (type (list u8))                                  ;; 3
    (import "e" (type (eq 1)))                        ;; 4
    (type (tuple 2 4))                                ;; 5
    (type (func (param "t" 5) (result 4)))            ;; 6
    (type (func (param "e" 4) (result u32)))          ;; 7
    (core module $m
      (func (export "second") (param i32 i32) (result i32) (local.get 1))
      (func (export "index") (param i32) (result i32) (local.get 0)))
    (core instance $i (instantiate $m))
    (func (export "second") (type 6) (canon lift (core func $i "second")))
    (func (export "index") (type 7) (canon lift (core func $i "index"))))
  (type $r' (record (field "a" u8)))
  (type $e' (enum "x" "y" "z"))
  (export $r "r" (type $r'))
  (export $e "e" (type $e'))
  (instance $i (instantiate $c (with "r" (type $r)) (with "e" (type $e))))
  (export "second" (func $i "second"))
  (export "index" (func $i "index")))
(assert_return (invoke "second" (tuple.const (record.const (field "a" u8.const 5)) (enum.const "z"))) (enum.const "z"))
(assert_return (invoke "index" (enum.const "y")) (u32.const 1))
(assert_return (invoke "index" (enum.const "z")) (u32.const 2))

;; A type by several names, all of them the same: exported, exported again, aliased and exported by
;; another component that has it from this one.
(component
  (component $c
    (type $p (record (field "x" s32) (field "y" s32)))
    (export $q "q" (type $p))
    (export $r "r" (type $q))
    (core module $m (func (export "f") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1))))
    (core instance $i (instantiate $m))
    (func (export "of-q") (param "p" $q) (result s32) (canon lift (core func $i "f")))
    (func (export "of-r") (param "p" $r) (result s32) (canon lift (core func $i "f"))))
  (instance $i (instantiate $c))
  (component $d
    (import "i" (instance $i
      (type $p (record (field "x" s32) (field "y" s32)))
      (export "r" (type $r (eq $p)))
      (export "of-q" (func (param "p" $r) (result s32)))))
    (alias export $i "r" (type $r))
    (export $s "s" (type $r))
    (export "f" (func $i "of-q") (func (param "p" $s) (result s32))))
  (alias export $i "q" (type $q))
  (alias export $i "of-q" (func $of-q))
  (instance $bag (export "r" (type $q)) (export "of-q" (func $of-q)))
  (instance $d (instantiate $d (with "i" (instance $bag))))
  (export $point "point" (type $q))
  (export "of-q" (func $of-q) (func (param "p" $point) (result s32)))
  (export "of-r" (func $i "of-r") (func (param "p" $point) (result s32)))
  (export "f" (func $d "f") (func (param "p" $point) (result s32))))
(assert_return (invoke "of-q" (record.const (field "x" s32.const 5) (field "y" s32.const 7))) (s32.const -2))
(assert_return (invoke "of-r" (record.const (field "x" s32.const 9) (field "y" s32.const 7))) (s32.const 2))
(assert_return (invoke "f" (record.const (field "x" s32.const -1) (field "y" s32.const -1))) (s32.const 0))
