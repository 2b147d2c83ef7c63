;; Borrowed handles in lists, records, options and variants: each counts as a lend of its own, and each
;; has to be dropped by the callee.
;; CanonicalABI.md, "Loading" (lift_borrow), "Storing" (lower_borrow), "Tasks" (Task.return_).

;; What is lent is a record: a borrow, a list of them, an option, a variant. The script is in the place of
;; the $Driver, which owns. `see` tells what arrives, as digits in base 100: representations in $Leaf,
;; which defines the type, and indices in $User, which then drops as many handles as it is told.
(component definition $Lends
  (core module $Lib
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $top)
      (global.set $top (i32.add (global.get $top) (local.get 3)))))
  (core module $See
    (import "" "memory" (memory 1))
    (import "" "drop" (func $drop (param i32)))
    (global $sum (mut i64) (i64.const 0))
    (global $drops (mut i32) (i32.const 0))
    (func $seen (param $h i32)
      (global.set $sum (i64.add (i64.mul (global.get $sum) (i64.const 100)) (i64.extend_i32_u (local.get $h))))
      (if (global.get $drops)
        (then
          (call $drop (local.get $h))
          (global.set $drops (i32.sub (global.get $drops) (i32.const 1))))))
    (func (export "see")
      (param $first i32) (param $p i32) (param $n i32) (param $maybe i32) (param $m i32) (param $case i32) (param $w i64)
      (param $drops i32) (result i64)
      (global.set $drops (local.get $drops))
      (global.set $sum (i64.const 0))
      (call $seen (local.get $first))
      (block $done
        (loop $element
          (br_if $done (i32.eqz (local.get $n)))
          (call $seen (i32.load (local.get $p)))
          (local.set $p (i32.add (local.get $p) (i32.const 4)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $element)))
      (if (local.get $maybe) (then (call $seen (local.get $m))))
      (if (i32.eq (local.get $case) (i32.const 2)) (then (call $seen (i32.wrap_i64 (local.get $w)))))
      (global.get $sum)))
  (component $Leaf
    (alias outer $Lends $Lib (core module $Lib))
    (alias outer $Lends $See (core module $See))
    (type $R' (resource (rep i32)))
    (core func $new (canon resource.new $R'))
    (core func $drop (canon resource.drop $R'))
    (export $R "r" (type $R'))
    (type $which' (variant (case "nothing") (case "number" u64) (case "lent" (borrow $R))))
    (export $which "which" (type $which'))
    (type $lot' (record (field "first" (borrow $R)) (field "more" (list (borrow $R)))
      (field "maybe" (option (borrow $R))) (field "which" $which)))
    (export $lot "lot" (type $lot'))
    (core instance $lib (instantiate $Lib))
    (core instance $see (instantiate $See (with "" (instance
      (export "memory" (memory $lib "memory")) (export "drop" (func $drop))))))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0))))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (param "rep" u32) (result (own $R)) (canon lift (core func $m "make")))
    (func (export "see") (param "lot" $lot) (param "drops" u32) (result u64)
      (canon lift (core func $see "see") (memory (core memory $lib "memory")) (realloc (core func $lib "realloc")))))
  (component $User
    (alias outer $Lends $Lib (core module $Lib))
    (alias outer $Lends $See (core module $See))
    (import "r" (type $R (sub resource)))
    (type $which' (variant (case "nothing") (case "number" u64) (case "lent" (borrow $R))))
    (import "which" (type $which (eq $which')))
    (type $lot' (record (field "first" (borrow $R)) (field "more" (list (borrow $R)))
      (field "maybe" (option (borrow $R))) (field "which" $which)))
    (import "lot" (type $lot (eq $lot')))
    (core func $drop (canon resource.drop $R))
    (core instance $lib (instantiate $Lib))
    (core instance $see (instantiate $See (with "" (instance
      (export "memory" (memory $lib "memory")) (export "drop" (func $drop))))))
    (func (export "see") (param "lot" $lot) (param "drops" u32) (result u64)
      (canon lift (core func $see "see") (memory (core memory $lib "memory")) (realloc (core func $lib "realloc")))))
  (component $Driver
    (alias outer $Lends $Lib (core module $Lib))
    (import "r" (type $R (sub resource)))
    (type $which' (variant (case "nothing") (case "number" u64) (case "lent" (borrow $R))))
    (import "which" (type $which (eq $which')))
    (type $lot' (record (field "first" (borrow $R)) (field "more" (list (borrow $R)))
      (field "maybe" (option (borrow $R))) (field "which" $which)))
    (import "lot" (type $lot (eq $lot')))
    (import "make" (func $make (param "rep" u32) (result (own $R))))
    (import "leaf-see" (func $leaf-see (param "lot" $lot) (param "drops" u32) (result u64)))
    (import "user-see" (func $user-see (param "lot" $lot) (param "drops" u32) (result u64)))
    (core instance $lib (instantiate $Lib))
    (core func $make' (canon lower (func $make)))
    (core func $leaf-see' (canon lower (func $leaf-see) (memory (core memory $lib "memory"))))
    (core func $user-see' (canon lower (func $user-see) (memory (core memory $lib "memory"))))
    (core func $drop (canon resource.drop $R))
    (func (export "make") (param "rep" u32) (result u32) (canon lift (core func $make')))
    (func (export "drop") (param "handle" u32) (canon lift (core func $drop)))
    ;; The same flat parameters, with the handles as the numbers that they are.
    (type $numbers' (variant (case "nothing") (case "number" u64) (case "lent" u32)))
    (export $numbers "numbers" (type $numbers'))
    (func (export "leaf-see") (param "first" u32) (param "more" (list u32)) (param "maybe" (option u32))
      (param "which" $numbers) (param "drops" u32) (result u64)
      (canon lift (core func $leaf-see') (memory (core memory $lib "memory")) (realloc (core func $lib "realloc"))))
    (func (export "user-see") (param "first" u32) (param "more" (list u32)) (param "maybe" (option u32))
      (param "which" $numbers) (param "drops" u32) (result u64)
      (canon lift (core func $user-see') (memory (core memory $lib "memory")) (realloc (core func $lib "realloc")))))
  (instance $l (instantiate $Leaf))
  (instance $u (instantiate $User (with "r" (type $l "r")) (with "which" (type $l "which")) (with "lot" (type $l "lot"))))
  (instance $d (instantiate $Driver (with "r" (type $l "r")) (with "which" (type $l "which")) (with "lot" (type $l "lot"))
    (with "make" (func $l "make")) (with "leaf-see" (func $l "see")) (with "user-see" (func $u "see"))))
  (export $numbers "numbers" (type $d "numbers"))
  (export "make" (func $d "make"))
  (export "drop" (func $d "drop"))
  (export "leaf-see" (func $d "leaf-see") (func (param "first" u32) (param "more" (list u32)) (param "maybe" (option u32))
    (param "which" $numbers) (param "drops" u32) (result u64)))
  (export "user-see" (func $d "user-see") (func (param "first" u32) (param "more" (list u32)) (param "maybe" (option u32))
    (param "which" $numbers) (param "drops" u32) (result u64))))

(component instance $lent $Lends)
(assert_return (invoke "make" (u32.const 11)) (u32.const 1))
(assert_return (invoke "make" (u32.const 12)) (u32.const 2))
(assert_return (invoke "make" (u32.const 13)) (u32.const 3))
;; Representations for the instance that defines the type, which has nothing to drop.
(assert_return
  (invoke "leaf-see" (u32.const 3) (list.const) (option.none) (variant.const "nothing") (u32.const 0))
  (u64.const 13))
(assert_return
  (invoke "leaf-see" (u32.const 3) (list.const (u32.const 1) (u32.const 2) (u32.const 1)) (option.some (u32.const 2))
    (variant.const "lent" (u32.const 1)) (u32.const 0))
  (u64.const 13_11_12_11_12_11))
;; A number is not a handle, though it lies where one would.
(assert_return
  (invoke "leaf-see" (u32.const 1) (list.const (u32.const 3)) (option.none)
    (variant.const "number" (u64.const 0x1_0000_0009)) (u32.const 0))
  (u64.const 11_13))
;; For another, handles in the order of the value. One resource may be lent any number of times.
(assert_return
  (invoke "user-see" (u32.const 3) (list.const) (option.none) (variant.const "nothing") (u32.const 1))
  (u64.const 1))
(assert_return
  (invoke "user-see" (u32.const 3) (list.const (u32.const 1) (u32.const 2) (u32.const 1)) (option.some (u32.const 2))
    (variant.const "lent" (u32.const 1)) (u32.const 6))
  (u64.const 1_02_03_04_05_06))
;; They were dropped from the first to the last, so that the last index comes first now.
(assert_return
  (invoke "user-see" (u32.const 2) (list.const (u32.const 2)) (option.some (u32.const 2))
    (variant.const "number" (u64.const 0x1_0000_0009)) (u32.const 3))
  (u64.const 6_05_04))
;; After the returns nothing is lent any more.
(assert_return (invoke "drop" (u32.const 1)))
(assert_return (invoke "drop" (u32.const 2)))
(assert_return (invoke "drop" (u32.const 3)))

;; All but the last are dropped: a borrow in the variant is left, or in the option, or in the list.
(component instance $left-in-variant $Lends)
(assert_return (invoke "make" (u32.const 11)) (u32.const 1))
(assert_trap
  (invoke "user-see" (u32.const 1) (list.const (u32.const 1)) (option.some (u32.const 1))
    (variant.const "lent" (u32.const 1)) (u32.const 3))
  "borrow handles still remain at the end of the call")
(component instance $left-in-option $Lends)
(assert_return (invoke "make" (u32.const 11)) (u32.const 1))
(assert_trap
  (invoke "user-see" (u32.const 1) (list.const (u32.const 1)) (option.some (u32.const 1))
    (variant.const "nothing") (u32.const 2))
  "borrow handles still remain at the end of the call")
(component instance $left-in-list $Lends)
(assert_return (invoke "make" (u32.const 11)) (u32.const 1))
(assert_trap
  (invoke "user-see" (u32.const 1) (list.const (u32.const 1) (u32.const 1)) (option.none)
    (variant.const "nothing") (u32.const 2))
  "borrow handles still remain at the end of the call")

;; What is no handle traps in each place; the last case has handles in all.
(component instance $none-in-list $Lends)
(assert_return (invoke "make" (u32.const 11)) (u32.const 1))
(assert_trap
  (invoke "leaf-see" (u32.const 1) (list.const (u32.const 1) (u32.const 2)) (option.none)
    (variant.const "nothing") (u32.const 0))
  "unknown handle index")
(component instance $none-in-option $Lends)
(assert_return (invoke "make" (u32.const 11)) (u32.const 1))
(assert_trap
  (invoke "leaf-see" (u32.const 1) (list.const (u32.const 1)) (option.some (u32.const 0))
    (variant.const "nothing") (u32.const 0))
  "unknown handle index")
(component instance $none-in-variant $Lends)
(assert_return (invoke "make" (u32.const 11)) (u32.const 1))
(assert_trap
  (invoke "leaf-see" (u32.const 1) (list.const (u32.const 1)) (option.some (u32.const 1))
    (variant.const "lent" (u32.const 2)) (u32.const 0))
  "unknown handle index")
(component instance $all-there $Lends)
(assert_return (invoke "make" (u32.const 11)) (u32.const 1))
(assert_return
  (invoke "leaf-see" (u32.const 1) (list.const (u32.const 1)) (option.some (u32.const 1))
    (variant.const "lent" (u32.const 1)) (u32.const 0))
  (u64.const 11_11_11_11))
