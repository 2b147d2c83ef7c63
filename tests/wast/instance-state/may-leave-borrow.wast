;; A borrow cannot be dropped where its instance may not leave, though that calls no destructor: the
;; realloc for a later parameter sees the handle already, but has to leave it.
;; CanonicalABI.md, "canon resource.drop" (may_leave), "Lifting and Lowering Context" (reallocate).

(component definition $Drops
  (component $Leaf
    (type $R' (resource (rep i32)))
    (core func $new (canon resource.new $R'))
    (export $R "r" (type $R'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 77))))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $R)) (canon lift (core func $m "make"))))
  (component $Callee
    (import "r" (type $R (sub resource)))
    (core func $drop (canon resource.drop $R))
    (core module $M
      (import "" "drop" (func $drop (param i32)))
      (memory (export "memory") 1)
      (global $early (mut i32) (i32.const 0))
      (func (export "set") (param i32) (global.set $early (local.get 0)))
      ;; The handle of the first parameter is the only one in the table.
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (if (global.get $early) (then (call $drop (i32.const 1))))
        (i32.const 256))
      (func (export "f") (param $r i32) (param $p i32) (param $n i32) (result i32)
        (if (i32.eqz (global.get $early)) (then (call $drop (local.get $r))))
        (i32.add (i32.mul (i32.const 10) (local.get $r)) (local.get $n)))
      ;; The same for an own, which only the callee has.
      (func (export "g") (param $r i32) (param $p i32) (param $n i32) (result i32)
        (i32.add (i32.mul (i32.const 10) (local.get $r)) (local.get $n))))
    (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
    (func (export "set") (param "early" bool) (canon lift (core func $m "set")))
    (func (export "lend") (param "r" (borrow $R)) (param "s" string) (result u32)
      (canon lift (core func $m "f") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
    (func (export "give") (param "r" (own $R)) (param "s" string) (result u32)
      (canon lift (core func $m "g") (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))
  (component $Driver
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (result (own $R))))
    (import "lend" (func $lend (param "r" (borrow $R)) (param "s" string) (result u32)))
    (import "give" (func $give (param "r" (own $R)) (param "s" string) (result u32)))
    (core module $Lib (memory (export "memory") 1) (data (i32.const 0) "abc"))
    (core instance $lib (instantiate $Lib))
    (core func $make' (canon lower (func $make)))
    (core func $lend' (canon lower (func $lend) (memory (core memory $lib "memory"))))
    (core func $give' (canon lower (func $give) (memory (core memory $lib "memory"))))
    (core module $M
      (import "" "make" (func $make (result i32)))
      (import "" "lend" (func $lend (param i32 i32 i32) (result i32)))
      (import "" "give" (func $give (param i32 i32 i32) (result i32)))
      (func (export "lend") (result i32) (call $lend (call $make) (i32.const 0) (i32.const 3)))
      (func (export "give") (result i32) (call $give (call $make) (i32.const 0) (i32.const 3))))
    (core instance $m (instantiate $M (with "" (instance
      (export "make" (func $make')) (export "lend" (func $lend')) (export "give" (func $give'))))))
    (func (export "lend") (result u32) (canon lift (core func $m "lend")))
    (func (export "give") (result u32) (canon lift (core func $m "give"))))
  (instance $l (instantiate $Leaf))
  (instance $c (instantiate $Callee (with "r" (type $l "r"))))
  (instance $d (instantiate $Driver (with "r" (type $l "r")) (with "make" (func $l "make"))
    (with "lend" (func $c "lend")) (with "give" (func $c "give"))))
  (export "set" (func $c "set"))
  (export "lend" (func $d "lend"))
  (export "give" (func $d "give")))

(component instance $late $Drops)
(assert_return (invoke "lend") (u32.const 13))
(assert_return (invoke "lend") (u32.const 13))
(assert_return (invoke "give") (u32.const 13))
(assert_return (invoke "give") (u32.const 23))
(component instance $early $Drops)
(assert_return (invoke "set" (bool.const true)))
(assert_trap (invoke "lend") "cannot leave component instance")
(component instance $early-own $Drops)
(assert_return (invoke "set" (bool.const true)))
(assert_trap (invoke "give") "cannot leave component instance")
