;; What is not valid about resources: built-ins on types that the component does not define, borrows in
;; results, destructors and post-returns of the wrong type. A valid component with all of it comes first.
;; CanonicalABI.md, "canon resource.new", "canon resource.rep", "canon lift"; Explainer.md, "Type Definitions".

(component
  (component $Leaf
    (core module $Dtor (func (export "dtor") (param i32)))
    (core instance $d (instantiate $Dtor))
    (type $R' (resource (rep i32) (dtor (core func $d "dtor"))))
    (core func $new (canon resource.new $R'))
    (core func $rep (canon resource.rep $R'))
    (core func $drop (canon resource.drop $R'))
    (export $R "r" (type $R'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 5)))
      (func (export "post") (param i32))
      (func (export "see") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $R)) (canon lift (core func $m "make") (post-return (core func $m "post"))))
    (func (export "see") (param "r" (borrow $R)) (result u32) (canon lift (core func $m "see"))))
  (component $User
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (result (own $R))))
    (import "see" (func $see (param "r" (borrow $R)) (result u32)))
    (core func $make' (canon lower (func $make)))
    (core func $see' (canon lower (func $see)))
    (core func $drop (canon resource.drop $R))
    (core module $M
      (import "" "make" (func $make (result i32)))
      (import "" "see" (func $see (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "run") (result i32)
        (local $h i32)
        (call $see (local.tee $h (call $make)))
        (call $drop (local.get $h))))
    (core instance $m (instantiate $M (with "" (instance
      (export "make" (func $make')) (export "see" (func $see')) (export "drop" (func $drop))))))
    (func (export "run") (result u32) (canon lift (core func $m "run"))))
  (instance $l (instantiate $Leaf))
  (instance $u (instantiate $User (with "r" (type $l "r")) (with "make" (func $l "make")) (with "see" (func $l "see"))))
  (export "run" (func $u "run")))
(assert_return (invoke "run") (u32.const 5))

;; Only the component that defines a resource may make one or see its representation: not one that imports
;; the type,
(assert_invalid (component
  (import "r" (type $R (sub resource)))
  (core func (canon resource.new $R))) "not a local resource")
(assert_invalid (component
  (import "r" (type $R (sub resource)))
  (core func (canon resource.rep $R))) "not a local resource")
;; not the parent of the one that does,
(assert_invalid (component
  (component $Child
    (type $R (resource (rep i32)))
    (export "r" (type $R)))
  (instance $c (instantiate $Child))
  (alias export $c "r" (type $R))
  (core func (canon resource.rep $R))) "not a local resource")
;; not a child of it, even one that gets its own parent's type.
(assert_invalid (component
  (type $R (resource (rep i32)))
  (component $Child
    (import "r" (type $R (sub resource)))
    (core func (canon resource.new $R)))
  (instance (instantiate $Child (with "r" (type $R))))) "not a local resource")
;; An outer alias does not carry a resource into a child either.
(assert_invalid (component $Outer
  (type $R (resource (rep i32)))
  (component $Child
    (alias outer $Outer $R (type $R))
    (core func (canon resource.drop $R)))) "refers to resources not defined in the current component")

;; The built-ins and handle types need a resource type.
(assert_invalid (component
  (type $T u32)
  (core func (canon resource.drop $T))) "not a resource type")
(assert_invalid (component
  (type $T (record (field "a" u32)))
  (type (own $T))) "not a resource type")
(assert_invalid (component
  (type $T string)
  (type (borrow $T))) "not a resource type")

;; A borrow is not a result, wherever in it.
(assert_invalid (component
  (import "r" (type $R (sub resource)))
  (import "f" (func (result (borrow $R)))))
  "function result cannot contain a `borrow` type")
(assert_invalid (component
  (import "r" (type $R (sub resource)))
  (import "f" (func (result (list (borrow $R))))))
  "function result cannot contain a `borrow` type")
(assert_invalid (component
  (import "r" (type $R (sub resource)))
  (import "f" (func (param "r" (borrow $R)) (result (option (tuple u8 (borrow $R)))))))
  "function result cannot contain a `borrow` type")

;; A destructor takes the representation and returns nothing.
(assert_invalid (component
  (core module $M (func (export "dtor") (param i64)))
  (core instance $m (instantiate $M))
  (type (resource (rep i32) (dtor (core func $m "dtor"))))) "wrong signature for a destructor")
(assert_invalid (component
  (core module $M (func (export "dtor") (param i32) (result i32) (local.get 0)))
  (core instance $m (instantiate $M))
  (type (resource (rep i32) (dtor (core func $m "dtor"))))) "wrong signature for a destructor")

;; A post-return takes the core results and returns nothing; it belongs to a lift.
(assert_invalid (component
  (core module $M (func (export "f") (result i32) (i32.const 0)) (func (export "post") (param i64)))
  (core instance $m (instantiate $M))
  (func (result u32) (canon lift (core func $m "f") (post-return (core func $m "post")))))
  "canonical option `post-return` uses a core function with an incorrect signature")
(assert_invalid (component
  (core module $M (func (export "f") (result i32) (i32.const 0)) (func (export "post")))
  (core instance $m (instantiate $M))
  (func (result u32) (canon lift (core func $m "f") (post-return (core func $m "post")))))
  "canonical option `post-return` uses a core function with an incorrect signature")
(assert_invalid (component
  (core module $M (func (export "f") (result i32) (i32.const 0)) (func (export "post") (param i32) (result i32) (i32.const 0)))
  (core instance $m (instantiate $M))
  (func (result u32) (canon lift (core func $m "f") (post-return (core func $m "post")))))
  "canonical option `post-return` uses a core function with an incorrect signature")
(assert_invalid (component
  (import "f" (func $f (result u32)))
  (core module $M (func (export "post") (param i32)))
  (core instance $m (instantiate $M))
  (core func (canon lower (func $f) (post-return (core func $m "post"))))) "canonical option `post-return` cannot be specified for lowerings")

;; A function that is exported names resources by what is exported.
(assert_invalid (component
  (type $R (resource (rep i32)))
  (core func $new (canon resource.new $R))
  (core module $M
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (result i32) (call $new (i32.const 5))))
  (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
  (func (export "make") (result (own $R)) (canon lift (core func $m "make")))) "func not valid to be used as export")
