;; When two resource types are one: types are made by instantiating, and names, re-exports and abstract
;; imports neither make new ones nor set them apart.
;; CanonicalABI.md, "Resource State" (ResourceType), "Loading" (lift_own, lift_borrow: h.rt is not t.rt).

;; $Two knows two abstract resource types, "a" and "b". What they are is up to who instantiates it. The
;; script passes the handles of the one to the functions of the other.
(component definition $Types
  (component $Leaf
    (core module $State
      (global $log (mut i32) (i32.const 0))
      (func (export "dtor") (param i32)
        (global.set $log (i32.add (i32.mul (i32.const 100) (global.get $log)) (local.get 0))))
      (func (export "log") (result i32) (global.get $log)))
    (core instance $s (instantiate $State))
    (type $R' (resource (rep i32) (dtor (core func $s "dtor"))))
    (core func $new (canon resource.new $R'))
    (core func $rep (canon resource.rep $R'))
    (export $R "r" (type $R'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "rep" (func $rep (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "take") (param i32) (result i32) (call $rep (local.get 0)))
      (func (export "look") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new)) (export "rep" (func $rep))))))
    (func (export "make") (param "rep" u32) (result (own $R)) (canon lift (core func $m "make")))
    (func (export "take") (param "r" (own $R)) (result u32) (canon lift (core func $m "take")))
    (func (export "look") (param "r" (borrow $R)) (result u32) (canon lift (core func $m "look")))
    (func (export "log") (result u32) (canon lift (core func $s "log"))))
  ;; Exports all of another component's, the type under another name.
  (component $Again
    (import "leaf" (instance $leaf
      (export "r" (type $R (sub resource)))
      (export "make" (func (param "rep" u32) (result (own $R))))
      (export "take" (func (param "r" (own $R)) (result u32)))
      (export "look" (func (param "r" (borrow $R)) (result u32)))))
    (alias export $leaf "r" (type $R))
    (export $S "s" (type $R))
    (export "make" (func $leaf "make") (func (param "rep" u32) (result (own $S))))
    (export "take" (func $leaf "take") (func (param "r" (own $S)) (result u32)))
    (export "look" (func $leaf "look") (func (param "r" (borrow $S)) (result u32))))
  (component $Two
    (import "a" (type $A (sub resource)))
    (import "b" (type $B (sub resource)))
    (import "make-a" (func $make-a (param "rep" u32) (result (own $A))))
    (import "take-b" (func $take-b (param "r" (own $B)) (result u32)))
    (import "look-a" (func $look-a (param "r" (borrow $A)) (result u32)))
    (import "look-b" (func $look-b (param "r" (borrow $B)) (result u32)))
    (core func $make-a' (canon lower (func $make-a)))
    (core func $take-b' (canon lower (func $take-b)))
    (core func $look-a' (canon lower (func $look-a)))
    (core func $look-b' (canon lower (func $look-b)))
    (core func $drop-a (canon resource.drop $A))
    (core func $drop-b (canon resource.drop $B))
    (func (export "make-a") (param "rep" u32) (result u32) (canon lift (core func $make-a')))
    (func (export "take-b") (param "handle" u32) (result u32) (canon lift (core func $take-b')))
    (func (export "look-a") (param "handle" u32) (result u32) (canon lift (core func $look-a')))
    (func (export "look-b") (param "handle" u32) (result u32) (canon lift (core func $look-b')))
    (func (export "drop-a") (param "handle" u32) (canon lift (core func $drop-a)))
    (func (export "drop-b") (param "handle" u32) (canon lift (core func $drop-b))))
  ;; Knows one type, and takes for it whatever is that type.
  (component $One
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (param "rep" u32) (result (own $R))))
    (import "take" (func $take (param "r" (own $R)) (result u32)))
    (import "look" (func $look (param "r" (borrow $R)) (result u32)))
    (core func $make' (canon lower (func $make)))
    (core func $take' (canon lower (func $take)))
    (core func $look' (canon lower (func $look)))
    (func (export "make") (param "rep" u32) (result u32) (canon lift (core func $make')))
    (func (export "take") (param "handle" u32) (result u32) (canon lift (core func $take')))
    (func (export "look") (param "handle" u32) (result u32) (canon lift (core func $look'))))
  (instance $l (instantiate $Leaf))
  (instance $k (instantiate $Leaf))
  (instance $l' (instantiate $Again (with "leaf" (instance $l))))
  (instance $l'' (instantiate $Again (with "leaf" (instance
    (export "r" (type $l' "s")) (export "make" (func $l' "make")) (export "take" (func $l' "take"))
    (export "look" (func $l' "look"))))))
  ;; The type from where it was exported last, and each function from another place.
  (instance $mixed (instantiate $One (with "r" (type $l'' "s"))
    (with "make" (func $l "make")) (with "take" (func $l'' "take")) (with "look" (func $l' "look"))))
  ;; Both are one type, under one name;
  (instance $one (instantiate $Two (with "a" (type $l "r")) (with "b" (type $l "r"))
    (with "make-a" (func $l "make")) (with "take-b" (func $l "take"))
    (with "look-a" (func $l "look")) (with "look-b" (func $l "look"))))
  ;; one type, which has been exported again twice;
  (instance $renamed (instantiate $Two (with "a" (type $l "r")) (with "b" (type $l'' "s"))
    (with "make-a" (func $l "make")) (with "take-b" (func $l'' "take"))
    (with "look-a" (func $l "look")) (with "look-b" (func $l'' "look"))))
  ;; the types of two instances of one component.
  (instance $two (instantiate $Two (with "a" (type $l "r")) (with "b" (type $k "r"))
    (with "make-a" (func $l "make")) (with "take-b" (func $k "take"))
    (with "look-a" (func $l "look")) (with "look-b" (func $k "look"))))
  (export "mixed-make" (func $mixed "make"))
  (export "mixed-take" (func $mixed "take"))
  (export "mixed-look" (func $mixed "look"))
  (export "one-make-a" (func $one "make-a"))
  (export "one-take-b" (func $one "take-b"))
  (export "one-look-a" (func $one "look-a"))
  (export "one-look-b" (func $one "look-b"))
  (export "one-drop-a" (func $one "drop-a"))
  (export "one-drop-b" (func $one "drop-b"))
  (export "renamed-make-a" (func $renamed "make-a"))
  (export "renamed-take-b" (func $renamed "take-b"))
  (export "renamed-look-b" (func $renamed "look-b"))
  (export "renamed-drop-b" (func $renamed "drop-b"))
  (export "two-make-a" (func $two "make-a"))
  (export "two-take-b" (func $two "take-b"))
  (export "two-look-a" (func $two "look-a"))
  (export "two-look-b" (func $two "look-b"))
  (export "two-drop-a" (func $two "drop-a"))
  (export "two-drop-b" (func $two "drop-b"))
  (export "l-log" (func $l "log"))
  (export "k-log" (func $k "log")))

;; Exporting a type again makes none.
(component instance $mixed $Types)
(assert_return (invoke "mixed-make" (u32.const 11)) (u32.const 1))
(assert_return (invoke "mixed-make" (u32.const 12)) (u32.const 2))
(assert_return (invoke "mixed-look" (u32.const 1)) (u32.const 11))
(assert_return (invoke "mixed-take" (u32.const 2)) (u32.const 12))
(assert_return (invoke "mixed-take" (u32.const 1)) (u32.const 11))

;; Two abstract types that are one: whoever knows the handle's number may use it as either.
;; Wasmtime 48 sets the two apart, and traps, here and in the next case.
(component instance $one $Types)
(assert_return (invoke "one-make-a" (u32.const 11)) (u32.const 1))
(assert_return (invoke "one-make-a" (u32.const 12)) (u32.const 2))
(assert_return (invoke "one-look-a" (u32.const 1)) (u32.const 11))
(assert_return (invoke "one-look-b" (u32.const 1)) (u32.const 11))
(assert_return (invoke "one-take-b" (u32.const 1)) (u32.const 11))
(assert_return (invoke "one-drop-b" (u32.const 2)))
(assert_return (invoke "l-log") (u32.const 12))
(assert_return (invoke "k-log") (u32.const 0))

;; The same where one of the names was given later.
(component instance $renamed $Types)
(assert_return (invoke "renamed-make-a" (u32.const 11)) (u32.const 1))
(assert_return (invoke "renamed-make-a" (u32.const 12)) (u32.const 2))
(assert_return (invoke "renamed-look-b" (u32.const 2)) (u32.const 12))
(assert_return (invoke "renamed-take-b" (u32.const 2)) (u32.const 12))
(assert_return (invoke "renamed-drop-b" (u32.const 1)))
(assert_return (invoke "l-log") (u32.const 11))

;; Each instance of a component makes its own.
(component instance $two $Types)
(assert_return (invoke "two-make-a" (u32.const 11)) (u32.const 1))
(assert_return (invoke "two-look-a" (u32.const 1)) (u32.const 11))
(assert_return (invoke "two-drop-a" (u32.const 1)))
(assert_return (invoke "l-log") (u32.const 11))
(component instance $two-look $Types)
(assert_return (invoke "two-make-a" (u32.const 11)) (u32.const 1))
(assert_trap (invoke "two-look-b" (u32.const 1)) "handle index 1 used with the wrong type")
(component instance $two-take $Types)
(assert_return (invoke "two-make-a" (u32.const 11)) (u32.const 1))
(assert_trap (invoke "two-take-b" (u32.const 1)) "handle index 1 used with the wrong type")
(component instance $two-drop $Types)
(assert_return (invoke "two-make-a" (u32.const 11)) (u32.const 1))
(assert_trap (invoke "two-drop-b" (u32.const 1)) "handle index 1 used with the wrong type")

;; A parent gives its type to two children, and one child's handle goes to the other. Neither child
;; defines it, so that both get handles for borrows; a grandchild gets one too.
(component
  (type $R (resource (rep i32)))
  (core func $new (canon resource.new $R))
  (component $Seer
    (import "r" (type $R (sub resource)))
    (component $Inner
      (import "r" (type $R (sub resource)))
      (core func $drop (canon resource.drop $R))
      (core module $M
        (import "" "drop" (func $drop (param i32)))
        (func (export "see") (param i32) (result i32) (call $drop (local.get 0)) (local.get 0)))
      (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
      (func (export "see") (param "r" (borrow $R)) (result u32) (canon lift (core func $m "see"))))
    (instance $inner (instantiate $Inner (with "r" (type $R))))
    (core func $drop (canon resource.drop $R))
    (core module $M
      (import "" "drop" (func $drop (param i32)))
      (func (export "see") (param i32) (result i32) (call $drop (local.get 0)) (local.get 0))
      (func (export "same") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
    (func (export "see") (param "r" (borrow $R)) (result u32) (canon lift (core func $m "see")))
    (func (export "take") (param "r" (own $R)) (result u32) (canon lift (core func $m "same")))
    (export "inner-see" (func $inner "see")))
  (component $Owner
    (import "r" (type $R (sub resource)))
    (import "see" (func $see (param "r" (borrow $R)) (result u32)))
    (import "inner-see" (func $inner-see (param "r" (borrow $R)) (result u32)))
    (import "take" (func $take (param "r" (own $R)) (result u32)))
    (import "make" (func $make (result (own $R))))
    (core func $see' (canon lower (func $see)))
    (core func $inner-see' (canon lower (func $inner-see)))
    (core func $take' (canon lower (func $take)))
    (core func $make' (canon lower (func $make)))
    (func (export "make") (result u32) (canon lift (core func $make')))
    (func (export "see") (param "handle" u32) (result u32) (canon lift (core func $see')))
    (func (export "inner-see") (param "handle" u32) (result u32) (canon lift (core func $inner-see')))
    (func (export "take") (param "handle" u32) (result u32) (canon lift (core func $take'))))
  ;; A third child makes the handles, from a type that it shares with nobody, so that no call goes from a
  ;; child to its parent, at which wasmtime 48 would trap.
  (component $Maker
    (type $R' (resource (rep i32)))
    (core func $new (canon resource.new $R'))
    (export $R "r" (type $R'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 1000))))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $R)) (canon lift (core func $m "make"))))
  (instance $maker (instantiate $Maker))
  (alias export $maker "r" (type $S))
  (instance $seer (instantiate $Seer (with "r" (type $S))))
  (instance $owner (instantiate $Owner (with "r" (type $S)) (with "see" (func $seer "see"))
    (with "inner-see" (func $seer "inner-see")) (with "take" (func $seer "take")) (with "make" (func $maker "make"))))
  (export "make" (func $owner "make"))
  (export "see" (func $owner "see"))
  (export "inner-see" (func $owner "inner-see"))
  (export "take" (func $owner "take")))
(assert_return (invoke "make") (u32.const 1))
(assert_return (invoke "make") (u32.const 2))
(assert_return (invoke "take" (u32.const 1)) (u32.const 1))
;; In the child's table there is an own at 1; in the grandchild's there is nothing.
(assert_return (invoke "see" (u32.const 2)) (u32.const 2))
(assert_return (invoke "inner-see" (u32.const 2)) (u32.const 1))

;; The parent's own type comes back from its child under another name, and is still its own: for a borrow
;; of it the parent gets the representation, where the child gets a handle.
;; Wasmtime 48 traps at calls between a parent and its child.
(component definition $Back
  (type $R (resource (rep i32)))
  (core func $new (canon resource.new $R))
  (core func $drop (canon resource.drop $R))
  (component $Child
    (import "r" (type $R (sub resource)))
    (export $S "s" (type $R))
    (core func $drop (canon resource.drop $R))
    (core module $M
      (import "" "drop" (func $drop (param i32)))
      (func (export "see") (param i32) (result i32) (call $drop (local.get 0)) (local.get 0)))
    (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
    (func (export "see") (param "r" (borrow $S)) (result u32) (canon lift (core func $m "see"))))
  (instance $child (instantiate $Child (with "r" (type $R))))
  (alias export $child "s" (type $S))
  (core module $M (func (export "same") (param i32) (result i32) (local.get 0)))
  (core instance $m (instantiate $M))
  (func $look (param "r" (borrow $S)) (result u32) (canon lift (core func $m "same")))
  (core func $look' (canon lower (func $look)))
  (core func $see (canon lower (func $child "see")))
  (func (export "new") (param "rep" u32) (result u32) (canon lift (core func $new)))
  (func (export "look") (param "handle" u32) (result u32) (canon lift (core func $look')))
  (func (export "see") (param "handle" u32) (result u32) (canon lift (core func $see))))
(component instance $back $Back)
(assert_return (invoke "new" (u32.const 77)) (u32.const 1))
(assert_return (invoke "new" (u32.const 78)) (u32.const 2))
(assert_return (invoke "see" (u32.const 2)) (u32.const 1))
(assert_return (invoke "look" (u32.const 2)) (u32.const 78))
