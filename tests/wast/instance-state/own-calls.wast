;; An instance calls its own lifted functions, which enters nothing. What it lends to itself is a handle
;; beside the own one, unless it defines the type.
;; CanonicalABI.md, "Component Instances" (entering_set), "Storing" (lower_borrow), "Loading" (lift_own, lift_borrow).
;; Wasmtime 48 traps at a call of an instance's own function: there, the cases that return fail.

(component definition $Own
  (component $Leaf
    (type $R' (resource (rep i32)))
    (core func $new (canon resource.new $R'))
    (export $R "r" (type $R'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0))))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (param "rep" u32) (result (own $R)) (canon lift (core func $m "make"))))
  (component $User
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (param "rep" u32) (result (own $R))))
    (type $Mine (resource (rep i32)))
    (core func $make' (canon lower (func $make)))
    (core func $drop (canon resource.drop $R))
    (core func $new-mine (canon resource.new $Mine))
    (core func $drop-mine (canon resource.drop $Mine))
    (core module $Inner
      (import "" "drop" (func $drop (param i32)))
      (import "" "drop-mine" (func $drop-mine (param i32)))
      ;; Drops its argument, another handle as well, or not even its argument.
      (func (export "see") (param $h i32) (param $also i32) (result i32)
        (if (local.get $also) (then (call $drop (local.get $also))))
        (if (i32.ne (local.get $h) (local.get $also)) (then (call $drop (local.get $h))))
        (local.get $h))
      (func (export "leave") (param $h i32) (result i32) (local.get $h))
      (func (export "see-mine") (param $rep i32) (param $also i32) (result i32)
        (if (local.get $also) (then (call $drop-mine (local.get $also))))
        (local.get $rep))
      (func (export "same") (param i32) (result i32) (local.get 0)))
    (core instance $inner (instantiate $Inner (with "" (instance
      (export "drop" (func $drop)) (export "drop-mine" (func $drop-mine))))))
    (func $see (param "r" (borrow $R)) (param "also" u32) (result u32) (canon lift (core func $inner "see")))
    (func $leave (param "r" (borrow $R)) (result u32) (canon lift (core func $inner "leave")))
    (func $pass (param "r" (own $R)) (result (own $R)) (canon lift (core func $inner "same")))
    (func $take (param "r" (own $R)) (result u32) (canon lift (core func $inner "same")))
    (func $see-mine (param "r" (borrow $Mine)) (param "also" u32) (result u32) (canon lift (core func $inner "see-mine")))
    (core func $see' (canon lower (func $see)))
    (core func $leave' (canon lower (func $leave)))
    (core func $pass' (canon lower (func $pass)))
    (core func $take' (canon lower (func $take)))
    (core func $see-mine' (canon lower (func $see-mine)))
    (func (export "make") (param "rep" u32) (result u32) (canon lift (core func $make')))
    (func (export "new-mine") (param "rep" u32) (result u32) (canon lift (core func $new-mine)))
    (func (export "see") (param "handle" u32) (param "also" u32) (result u32) (canon lift (core func $see')))
    (func (export "leave") (param "handle" u32) (result u32) (canon lift (core func $leave')))
    (func (export "pass") (param "handle" u32) (result u32) (canon lift (core func $pass')))
    (func (export "take") (param "handle" u32) (result u32) (canon lift (core func $take')))
    (func (export "see-mine") (param "handle" u32) (param "also" u32) (result u32) (canon lift (core func $see-mine'))))
  (instance $leaf (instantiate $Leaf))
  (instance $user (instantiate $User (with "r" (type $leaf "r")) (with "make" (func $leaf "make"))))
  (export "make" (func $user "make"))
  (export "new-mine" (func $user "new-mine"))
  (export "see" (func $user "see"))
  (export "leave" (func $user "leave"))
  (export "pass" (func $user "pass"))
  (export "take" (func $user "take"))
  (export "see-mine" (func $user "see-mine")))

;; A borrow of an imported resource is a second handle.
(component instance $lend $Own)
(assert_return (invoke "make" (u32.const 77)) (u32.const 1))
(assert_return (invoke "make" (u32.const 78)) (u32.const 2))
(assert_return (invoke "see" (u32.const 1) (u32.const 0)) (u32.const 3))
(assert_return (invoke "see" (u32.const 1) (u32.const 3)) (u32.const 3))
;; Meanwhile another own may be dropped,
(assert_return (invoke "see" (u32.const 1) (u32.const 2)) (u32.const 3))
(assert_return (invoke "make" (u32.const 79)) (u32.const 3))
;; but not the one that is lent.
(assert_trap (invoke "see" (u32.const 1) (u32.const 1)) "cannot remove owned resource while borrowed")
;; Nor may the borrow be left.
(component instance $leave $Own)
(assert_return (invoke "make" (u32.const 77)) (u32.const 1))
(assert_trap (invoke "leave" (u32.const 1)) "borrow handles still remain at the end of the call")

;; A borrow of the instance's own resource is the representation.
(component instance $lend-mine $Own)
(assert_return (invoke "new-mine" (u32.const 77)) (u32.const 1))
(assert_return (invoke "new-mine" (u32.const 78)) (u32.const 2))
(assert_return (invoke "see-mine" (u32.const 1) (u32.const 0)) (u32.const 77))
(assert_return (invoke "see-mine" (u32.const 1) (u32.const 2)) (u32.const 77))
(assert_trap (invoke "see-mine" (u32.const 1) (u32.const 1)) "cannot remove owned resource while borrowed")

;; An own leaves the table and comes back to the place that it has left.
(component instance $give $Own)
(assert_return (invoke "make" (u32.const 77)) (u32.const 1))
(assert_return (invoke "make" (u32.const 78)) (u32.const 2))
(assert_return (invoke "take" (u32.const 1)) (u32.const 1))
(assert_return (invoke "pass" (u32.const 1)) (u32.const 1))
(assert_return (invoke "pass" (u32.const 2)) (u32.const 2))
(assert_trap (invoke "pass" (u32.const 3)) "unknown handle index")
