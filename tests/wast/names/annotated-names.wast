;; Names with `[constructor]`, `[method]` and `[static]`, called between components and validated: the
;; resource that they name, the types that they must have, and how they clash.
;; Explainer.md "Import and Export Definitions", "Name Uniqueness"; Binary.md likewise.

;; A counter with all four sorts of functions, one component that uses it, and one that exports it again
;; under another name of the resource (so that the annotated names change as well).
(component
  (component $counter
    (core module $state
      (global $made (mut i32) (i32.const 0))
      (global $freed (mut i32) (i32.const 0))
      (memory (export "memory") 1)
      (func (export "dtor") (param i32) (global.set $freed (i32.add (global.get $freed) (i32.const 1))))
      (func (export "new") (param i32) (result i32)
        (global.set $made (i32.add (global.get $made) (i32.const 4)))
        (i32.store (global.get $made) (local.get 0))
        (global.get $made))
      (func (export "add") (param i32 i32) (result i32)
        (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (local.get 1)))
        (i32.load (local.get 0)))
      (func (export "living") (result i32) (i32.sub (i32.div_u (global.get $made) (i32.const 4)) (global.get $freed))))
    (core instance $s (instantiate $state))
    (type $r' (resource (rep i32) (dtor (core func $s "dtor"))))
    (core func $new (canon resource.new $r'))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "handle" (func $handle (param i32) (result i32)))
      (func (export "new") (param i32) (result i32) (call $handle (call $new (local.get 0)))))
    (core instance $m (instantiate $m (with "" (instance
      (export "new" (func $s "new")) (export "handle" (func $new))))))
    (export $r "step-counter" (type $r'))
    (func (export "[constructor]step-counter") (param "from" u32) (result (own $r)) (canon lift (core func $m "new")))
    (func (export "[method]step-counter.add") (param "self" (borrow $r)) (param "n" u32) (result u32)
      (canon lift (core func $s "add")))
    (func (export "[static]step-counter.living") (result u32) (canon lift (core func $s "living")))
    ;; a function that is not annotated, of a name that would clash without the resource's in front of it
    (func (export "all-living") (result u32) (canon lift (core func $s "living"))))
  (component $renames
    (import "i" (instance $i
      (export "step-counter" (type $r (sub resource)))
      (export "[constructor]step-counter" (func (param "from" u32) (result (own $r))))
      (export "[method]step-counter.add" (func (param "self" (borrow $r)) (param "n" u32) (result u32)))
      (export "[static]step-counter.living" (func (result u32)))))
    (alias export $i "step-counter" (type $r))
    (export $t "T2" (type $r))
    (export "[constructor]T2" (func $i "[constructor]step-counter") (func (param "from" u32) (result (own $t))))
    (export "[method]T2.plus" (func $i "[method]step-counter.add")
      (func (param "self" (borrow $t)) (param "n" u32) (result u32)))
    (export "[static]T2.living" (func $i "[static]step-counter.living")))
  (component $user
    (import "T2" (type $t (sub resource)))
    (import "[constructor]T2" (func $new (param "from" u32) (result (own $t))))
    (import "[method]T2.plus" (func $plus (param "self" (borrow $t)) (param "n" u32) (result u32)))
    (import "[static]T2.living" (func $living (result u32)))
    (core func $new' (canon lower (func $new)))
    (core func $plus' (canon lower (func $plus)))
    (core func $living' (canon lower (func $living)))
    (core func $drop (canon resource.drop $t))
    (core module $m
      (import "T2" "new" (func $new (param i32) (result i32)))
      (import "T2" "plus" (func $plus (param i32 i32) (result i32)))
      (import "T2" "living" (func $living (result i32)))
      (import "T2" "drop" (func $drop (param i32)))
      (func (export "run") (param i32) (result i32) (local $a i32) (local $b i32) (local $n i32)
        (local.set $a (call $new (local.get 0)))
        (local.set $b (call $new (i32.const 1000)))
        (drop (call $plus (local.get $a) (i32.const 1)))
        (drop (call $plus (local.get $b) (i32.const 1)))
        (local.set $n (call $plus (local.get $a) (i32.const 10)))
        (call $drop (local.get $b))
        ;; what the first one counted, and one that is left
        (i32.add (i32.mul (local.get $n) (i32.const 10)) (call $living))))
    (core instance $m (instantiate $m (with "T2" (instance
      (export "new" (func $new')) (export "plus" (func $plus'))
      (export "living" (func $living')) (export "drop" (func $drop))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $m "run"))))
  (instance $c (instantiate $counter))
  (instance $r (instantiate $renames (with "i" (instance $c))))
  (instance $u (instantiate $user
    (with "T2" (type $r "T2")) (with "[constructor]T2" (func $r "[constructor]T2"))
    (with "[method]T2.plus" (func $r "[method]T2.plus")) (with "[static]T2.living" (func $r "[static]T2.living"))))
  (export "run" (func $u "run"))
  (export "living" (func $c "all-living"))
  (export "api:pkg/renamed@0.1.0" (instance $r))
  (export $t "T3" (type $r "T2"))
  (export "[static]T3.living" (func $r "[static]T2.living"))
  (export "[constructor]T3" (func $r "[constructor]T2") (func (param "from" u32) (result (own $t)))))
(assert_return (invoke "run" (u32.const 5)) (u32.const 161))
(assert_return (invoke "living") (u32.const 1))
(assert_return (invoke "run" (u32.const 50)) (u32.const 612))
(assert_return (invoke "[static]T3.living") (u32.const 2))

;; A constructor may return a result of it.
(component
  (component $c
    (type $r' (resource (rep i32)))
    (core func $new (canon resource.new $r'))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (memory (export "memory") 1)
      ;; ok for even numbers, an error for odd ones
      (func (export "new") (param i32) (result i32)
        (i32.store8 (i32.const 0) (i32.and (local.get 0) (i32.const 1)))
        (if (i32.and (local.get 0) (i32.const 1))
          (then (i32.store (i32.const 4) (i32.const 404)))
          (else (i32.store (i32.const 4) (call $new (local.get 0)))))
        (i32.const 0))
      (func (export "get") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $m (with "" (instance (export "new" (func $new))))))
    (export $r "r" (type $r'))
    (func (export "[constructor]r") (param "n" u32) (result (result (own $r) (error u32)))
      (canon lift (core func $m "new") (memory (core memory $m "memory"))))
    (func (export "[method]r.get") (param "self" (borrow $r)) (result u32) (canon lift (core func $m "get"))))
  (component $user
    (import "c" (instance $c
      (export "r" (type $r (sub resource)))
      (export "[constructor]r" (func (param "n" u32) (result (result (own $r) (error u32)))))
      (export "[method]r.get" (func (param "self" (borrow $r)) (result u32)))))
    (core module $memory (memory (export "memory") 1))
    (core instance $memory (instantiate $memory))
    (core func $new (canon lower (func $c "[constructor]r") (memory (core memory $memory "memory"))))
    (core func $get (canon lower (func $c "[method]r.get")))
    (core module $m
      (import "" "memory" (memory 1))
      (import "" "new" (func $new (param i32 i32)))
      (import "" "get" (func $get (param i32) (result i32)))
      (func (export "run") (param i32) (result i32)
        (call $new (local.get 0) (i32.const 16))
        (if (result i32) (i32.load8_u (i32.const 16))
          (then (i32.load (i32.const 20)))
          (else (call $get (i32.load (i32.const 20)))))))
    (core instance $m (instantiate $m (with "" (instance
      (export "memory" (memory $memory "memory")) (export "new" (func $new)) (export "get" (func $get))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $m "run"))))
  (instance $c (instantiate $c))
  (instance $u (instantiate $user (with "c" (instance $c))))
  (export "run" (func $u "run")))
(assert_return (invoke "run" (u32.const 8)) (u32.const 8))
(assert_return (invoke "run" (u32.const 9)) (u32.const 404))

;; What an annotation demands.
(assert_invalid (component (import "[constructor]r" (func))) "should return one value")
(assert_invalid (component
  (import "r" (type $r (sub resource))) (import "[constructor]r" (func (result u32)))) "should return")
(assert_invalid (component
  (import "r" (type $r (sub resource))) (import "[constructor]r" (func (result (borrow $r))))) "borrow")
(assert_invalid (component
  (import "r" (type $r (sub resource))) (import "[constructor]q" (func (result (own $r))))) "does not match expected resource name")
(assert_invalid (component
  (import "[constructor]r" (instance))) "is not a func")
(assert_invalid (component
  (import "r" (type $r (sub resource))) (import "[method]r.f" (func))) "at least one argument")
(assert_invalid (component
  (import "r" (type $r (sub resource))) (import "[method]r.f" (func (param "me" (borrow $r))))) "called `self`")
(assert_invalid (component
  (import "r" (type $r (sub resource))) (import "[method]r.f" (func (param "self" (own $r))))) "borrow")
(assert_invalid (component
  (import "r" (type $r (sub resource))) (import "[method]q.f" (func (param "self" (borrow $r))))) "does not match expected resource name")
(assert_invalid (component
  (import "r" (type $r (sub resource)))
  (import "q" (type $q (sub resource)))
  (import "[method]r.f" (func (param "self" (borrow $q))))) "does not match expected resource name")
(assert_invalid (component (import "[static]r.f" (func))) "not known in this context")
;; the resource comes first
(assert_invalid (component (import "[static]r.f" (func)) (import "r" (type (sub resource)))) "not known in this context")
;; a type that is no resource
(assert_invalid (component (type u32) (import "r" (type (eq 0))) (import "[static]r.f" (func))) "not known in this context")
;; a resource that is imported does not name an export
(assert_invalid (component
  (import "r" (type $r (sub resource))) (import "f" (func $f (param "self" (borrow $r))))
  (export "[method]r.f" (func $f))) "does not have a name in this context")
;; parts that are missing, too many, or no labels
(assert_invalid (component (import "[method]r" (func))) "failed to find `.`")
(assert_invalid (component (import "[static]r" (func))) "failed to find `.`")
(assert_invalid (component (import "[method]r.a.b" (func))) "not in kebab case")
(assert_invalid (component (import "[static].f" (func))) "not in kebab case")
(assert_invalid (component (import "[static]r." (func))) "not in kebab case")
(assert_invalid (component (import "[constructor]" (func))) "not in kebab case")
(assert_invalid (component (import "[constructor]aB" (func))) "not in kebab case")
(assert_invalid (component (import "[other]r" (func))) "not in kebab case")
(assert_invalid (component (import "[Method]r.f" (func))) "not in kebab case")
(assert_invalid (component (import "[async]f" (func))) "not in kebab case")

;; Uniqueness: the annotation does not tell apart, `[constructor]` excepted.
(component
  (component
    (import "r" (type $r (sub resource)))
    (import "[constructor]r" (func (result (own $r))))
    (import "[method]r.f" (func (param "self" (borrow $r))))
    (import "[static]r.g" (func))
    (import "f" (func))))
(assert_invalid (component
  (import "r" (type $r (sub resource)))
  (import "[method]r.f" (func (param "self" (borrow $r)))) (import "[static]r.f" (func))) "conflicts with previous name")
(assert_invalid (component
  (import "r" (type $r (sub resource)))
  (import "[constructor]r" (func (result (own $r)))) (import "[constructor]r" (func (result (own $r))))) "conflicts with previous name")
(assert_invalid (component
  (import "r" (type $r (sub resource))) (import "[static]r.r" (func))) "conflicts with previous name")
(assert_invalid (component
  (import "r" (type $r (sub resource)))
  (import "[method]r.r" (func (param "self" (borrow $r))))) "conflicts with previous name")
