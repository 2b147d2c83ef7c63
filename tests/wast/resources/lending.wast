;; An own handle that is lent out can be neither dropped nor given away before the call returns, and
;; after that it can.
;; CanonicalABI.md, "Resource State" (num_lends), "Subtask State" (add_lender, deliver_resolve), "Loading" (lift_own).

;; A borrow and an own in one call. The script is in the place of the $Driver, which owns.
(component definition $OneCall
  (component $Leaf
    (type $R' (resource (rep i32)))
    (core func $new (canon resource.new $R'))
    (core func $drop (canon resource.drop $R'))
    (export $R "r" (type $R'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      ;; The borrow is a representation here, the own a handle.
      (func (export "lend-give") (param $a i32) (param $b i32) (result i32)
        (call $drop (local.get $b))
        (local.get $a)))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
    (func (export "make") (param "rep" u32) (result (own $R)) (canon lift (core func $m "make")))
    (func (export "lend-give") (param "a" (borrow $R)) (param "b" (own $R)) (result u32)
      (canon lift (core func $m "lend-give"))))
  (component $Taker
    (import "r" (type $R (sub resource)))
    (core func $drop (canon resource.drop $R))
    (core module $M
      (import "" "drop" (func $drop (param i32)))
      ;; Both indices.
      (func (export "two") (param $a i32) (param $b i32) (result i32)
        (call $drop (local.get $b))
        (call $drop (local.get $a))
        (i32.add (i32.mul (i32.const 10) (local.get $a)) (local.get $b)))
      (func (export "one") (param $h i32) (result i32) (call $drop (local.get $h)) (local.get $h)))
    (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
    (func (export "lend-give") (param "a" (borrow $R)) (param "b" (own $R)) (result u32)
      (canon lift (core func $m "two")))
    (func (export "give-lend") (param "a" (own $R)) (param "b" (borrow $R)) (result u32)
      (canon lift (core func $m "two")))
    (func (export "lend-lend") (param "a" (borrow $R)) (param "b" (borrow $R)) (result u32)
      (canon lift (core func $m "two")))
    (func (export "give") (param "r" (own $R)) (result u32) (canon lift (core func $m "one"))))
  (component $Driver
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (param "rep" u32) (result (own $R))))
    (import "leaf-lend-give" (func $leaf-lend-give (param "a" (borrow $R)) (param "b" (own $R)) (result u32)))
    (import "lend-give" (func $lend-give (param "a" (borrow $R)) (param "b" (own $R)) (result u32)))
    (import "give-lend" (func $give-lend (param "a" (own $R)) (param "b" (borrow $R)) (result u32)))
    (import "lend-lend" (func $lend-lend (param "a" (borrow $R)) (param "b" (borrow $R)) (result u32)))
    (import "give" (func $give (param "r" (own $R)) (result u32)))
    (core func $make' (canon lower (func $make)))
    (core func $leaf-lend-give' (canon lower (func $leaf-lend-give)))
    (core func $lend-give' (canon lower (func $lend-give)))
    (core func $give-lend' (canon lower (func $give-lend)))
    (core func $lend-lend' (canon lower (func $lend-lend)))
    (core func $give' (canon lower (func $give)))
    (core func $drop (canon resource.drop $R))
    (func (export "make") (param "rep" u32) (result u32) (canon lift (core func $make')))
    (func (export "leaf-lend-give") (param "a" u32) (param "b" u32) (result u32)
      (canon lift (core func $leaf-lend-give')))
    (func (export "lend-give") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $lend-give')))
    (func (export "give-lend") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $give-lend')))
    (func (export "lend-lend") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $lend-lend')))
    (func (export "give") (param "handle" u32) (result u32) (canon lift (core func $give')))
    (func (export "drop") (param "handle" u32) (canon lift (core func $drop))))
  (instance $l (instantiate $Leaf))
  (instance $t (instantiate $Taker (with "r" (type $l "r"))))
  (instance $d (instantiate $Driver (with "r" (type $l "r")) (with "make" (func $l "make"))
    (with "leaf-lend-give" (func $l "lend-give")) (with "lend-give" (func $t "lend-give"))
    (with "give-lend" (func $t "give-lend")) (with "lend-lend" (func $t "lend-lend")) (with "give" (func $t "give"))))
  (export "make" (func $d "make"))
  (export "leaf-lend-give" (func $d "leaf-lend-give"))
  (export "lend-give" (func $d "lend-give"))
  (export "give-lend" (func $d "give-lend"))
  (export "lend-lend" (func $d "lend-lend"))
  (export "give" (func $d "give"))
  (export "drop" (func $d "drop")))

;; Two resources, one lent and one given.
(component instance $two $OneCall)
(assert_return (invoke "make" (u32.const 10)) (u32.const 1))
(assert_return (invoke "make" (u32.const 20)) (u32.const 2))
(assert_return (invoke "lend-give" (u32.const 1) (u32.const 2)) (u32.const 12))
(assert_return (invoke "make" (u32.const 30)) (u32.const 2))
(assert_return (invoke "give-lend" (u32.const 2) (u32.const 1)) (u32.const 12))
(assert_return (invoke "make" (u32.const 40)) (u32.const 2))
(assert_return (invoke "leaf-lend-give" (u32.const 1) (u32.const 2)) (u32.const 10))
;; What was lent is whole again: it can be lent, given away, dropped.
(assert_return (invoke "lend-lend" (u32.const 1) (u32.const 1)) (u32.const 12))
(assert_return (invoke "give" (u32.const 1)) (u32.const 1))
(assert_return (invoke "make" (u32.const 50)) (u32.const 1))
(assert_return (invoke "lend-lend" (u32.const 1) (u32.const 1)) (u32.const 12))
(assert_return (invoke "drop" (u32.const 1)))
(assert_return (invoke "make" (u32.const 60)) (u32.const 1))

;; One resource, lent and then given; what the callee is makes no difference.
(component instance $lent-then-given $OneCall)
(assert_return (invoke "make" (u32.const 10)) (u32.const 1))
(assert_trap (invoke "lend-give" (u32.const 1) (u32.const 1)) "cannot remove owned resource while borrowed")
(component instance $lent-then-given-to-leaf $OneCall)
(assert_return (invoke "make" (u32.const 10)) (u32.const 1))
(assert_trap (invoke "leaf-lend-give" (u32.const 1) (u32.const 1)) "cannot remove owned resource while borrowed")
;; Given and then lent: it is gone.
(component instance $given-then-lent $OneCall)
(assert_return (invoke "make" (u32.const 10)) (u32.const 1))
(assert_trap (invoke "give-lend" (u32.const 1) (u32.const 1)) "unknown handle index")

;; The owner is entered again while it lends: the parent, by the child that it called ("Component
;; Instances", donut wrapping). It keeps handle 1, which it lends, and handle 2.
;; Wasmtime 48 traps at every call from a parent to its child, so that all the valid cases fail there.
(component definition $Again
  (type $R (resource (rep i32)))
  (core func $new (canon resource.new $R))
  (core func $rep (canon resource.rep $R))
  (core func $drop (canon resource.drop $R))
  (component $Sink
    (import "r" (type $R (sub resource)))
    (core func $drop (canon resource.drop $R))
    (core module $M
      (import "" "drop" (func $drop (param i32)))
      (func (export "one") (param $h i32) (result i32) (call $drop (local.get $h)) (local.get $h)))
    (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
    (func (export "give") (param "r" (own $R)) (result u32) (canon lift (core func $m "one")))
    (func (export "lend") (param "r" (borrow $R)) (result u32) (canon lift (core func $m "one"))))
  (instance $sink (instantiate $Sink (with "r" (type $R))))
  (core func $give (canon lower (func $sink "give")))
  (core func $lend (canon lower (func $sink "lend")))
  ;; What the parent does while it lends.
  (core module $Inside
    (import "" "rep" (func $rep (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "give" (func $give (param i32) (result i32)))
    (import "" "lend" (func $lend (param i32) (result i32)))
    (func (export "up") (param $what i32) (param $h i32) (result i32)
      (if (i32.eq (local.get $what) (i32.const 0)) (then (return (call $rep (local.get $h)))))
      (if (i32.eq (local.get $what) (i32.const 1)) (then (return (call $lend (local.get $h)))))
      (if (i32.eq (local.get $what) (i32.const 2)) (then (return (call $give (local.get $h)))))
      (call $drop (local.get $h))
      (i32.const 99)))
  (core instance $inside (instantiate $Inside (with "" (instance
    (export "rep" (func $rep)) (export "drop" (func $drop)) (export "give" (func $give)) (export "lend" (func $lend))))))
  (func $up (param "what" u32) (param "h" u32) (result u32) (canon lift (core func $inside "up")))
  (component $Child
    (import "r" (type $R (sub resource)))
    (import "up" (func $up (param "what" u32) (param "h" u32) (result u32)))
    (core func $up' (canon lower (func $up)))
    (core func $drop (canon resource.drop $R))
    (core module $M
      (import "" "up" (func $up (param i32 i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "f") (param $r i32) (param $what i32) (param $h i32) (result i32)
        (call $up (local.get $what) (local.get $h))
        (call $drop (local.get $r))))
    (core instance $m (instantiate $M (with "" (instance (export "up" (func $up')) (export "drop" (func $drop))))))
    (func (export "f") (param "r" (borrow $R)) (param "what" u32) (param "h" u32) (result u32)
      (canon lift (core func $m "f"))))
  (instance $child (instantiate $Child (with "r" (type $R)) (with "up" (func $up))))
  (core func $f (canon lower (func $child "f")))
  (core module $Outside
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "f" (func $f (param i32 i32 i32) (result i32)))
    (func (export "run") (param $what i32) (param $h i32) (result i32)
      (drop (call $new (i32.const 10)))
      (drop (call $new (i32.const 20)))
      (call $f (i32.const 1) (local.get $what) (local.get $h))
      ;; After the return it may be dropped.
      (call $drop (i32.const 1))))
  (core instance $outside (instantiate $Outside (with "" (instance
    (export "new" (func $new)) (export "drop" (func $drop)) (export "f" (func $f))))))
  (func (export "run") (param "what" u32) (param "h" u32) (result u32) (canon lift (core func $outside "run"))))
;; It may look at the one that it lends and lend it once more, but not give it away or drop it.
(component instance $again-rep $Again)
(assert_return (invoke "run" (u32.const 0) (u32.const 1)) (u32.const 10))
(component instance $again-lend $Again)
(assert_return (invoke "run" (u32.const 1) (u32.const 1)) (u32.const 1))
(component instance $again-give $Again)
(assert_trap (invoke "run" (u32.const 2) (u32.const 1)) "handle is lent")
(component instance $again-drop $Again)
(assert_trap (invoke "run" (u32.const 3) (u32.const 1)) "handle is lent")
;; It may do all that with the other.
(component instance $again-give-other $Again)
(assert_return (invoke "run" (u32.const 2) (u32.const 2)) (u32.const 1))
(component instance $again-drop-other $Again)
(assert_return (invoke "run" (u32.const 3) (u32.const 2)) (u32.const 99))

;; One handle, lent as what it is and given as a resource of another type: its type is looked at before
;; its lends. (Wasmtime 48 looks at the lends first.)
(component definition $TwoTypes
  (component $Two
    (type $R' (resource (rep i32)))
    (type $S' (resource (rep i32)))
    (export $R "r" (type $R'))
    (export $S "s" (type $S'))
    (core func $new (canon resource.new $R'))
    (core module $M (func (export "f") (param i32 i32)))
    (core instance $m (instantiate $M))
    (func (export "make") (param "rep" u32) (result (own $R)) (canon lift (core func $new)))
    (func (export "f") (param "lent" (borrow $R)) (param "given" (own $S)) (canon lift (core func $m "f"))))
  (instance $two (instantiate $Two))
  (core func $make (canon lower (func $two "make")))
  (core func $f (canon lower (func $two "f")))
  (core module $Caller
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "f" (func $f (param i32 i32)))
    (func (export "run") (local $h i32)
      (local.set $h (call $make (i32.const 10)))
      (call $f (local.get $h) (local.get $h))))
  (core instance $caller (instantiate $Caller (with "" (instance
    (export "make" (func $make)) (export "f" (func $f))))))
  (func (export "run") (canon lift (core func $caller "run"))))
(component instance $two-types $TwoTypes)
(assert_trap (invoke "run") "handle of another resource type")
