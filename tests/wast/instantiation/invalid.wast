;; Instantiations that validation refuses, and instances that are fitting beside them: missing, wrong and
;; mismatched arguments, of core modules and of components.
;; Explainer.md "Instance Definitions", "Type Checking"; Binary.md "Instance Definitions".

;; Core: what is imported must be given, by module and by name, in its sort and its type.
(component
  (core module $m (import "a" "f" (func $f (param i32) (result i32)))
    (func (export "g") (result i32) (call $f (i32.const 4))))
  (core module $a (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
  (core instance $a (instantiate $a))
  ;; arguments that nothing imports are allowed
  (core instance $m (instantiate $m (with "b" (instance $a)) (with "a" (instance $a))))
  (func (export "g") (result u32) (canon lift (core func $m "g"))))
(assert_return (invoke "g") (u32.const 5))
(assert_invalid (component
  (core module $m (import "a" "f" (func)))
  (core instance (instantiate $m))) "missing module instantiation argument")
(assert_invalid (component
  (core module $m (import "a" "f" (func)))
  (core module $a (func (export "g")))
  (core instance $a (instantiate $a))
  (core instance (instantiate $m (with "a" (instance $a))))) "does not export an item named")
(assert_invalid (component
  (core module $m (import "a" "f" (func)))
  (core module $a (func (export "f")))
  (core instance $a (instantiate $a))
  (core instance (instantiate $m (with "a" (instance $a)) (with "a" (instance $a))))) "duplicate")
(assert_invalid (component
  (core module $m (import "a" "f" (func)))
  (core module $a (func (export "f") (param i32)))
  (core instance $a (instantiate $a))
  (core instance (instantiate $m (with "a" (instance $a))))) "type mismatch")
(assert_invalid (component
  (core module $m (import "a" "f" (func)))
  (core module $a (global (export "f") i32 (i32.const 0)))
  (core instance $a (instantiate $a))
  (core instance (instantiate $m (with "a" (instance $a))))) "expected func, found global")
(assert_invalid (component
  (core module $m (import "a" "g" (global (mut i32))))
  (core module $a (global (export "g") i32 (i32.const 0)))
  (core instance $a (instantiate $a))
  (core instance (instantiate $m (with "a" (instance $a))))) "mutability")
(assert_invalid (component
  (core module $m (import "a" "m" (memory 2)))
  (core module $a (memory (export "m") 1))
  (core instance $a (instantiate $a))
  (core instance (instantiate $m (with "a" (instance $a))))) "limits")
(assert_invalid (component
  (core module $m (import "a" "m" (memory 1)))
  (core module $a (memory (export "m") i64 1))
  (core instance $a (instantiate $a))
  (core instance (instantiate $m (with "a" (instance $a))))) "index type")
(assert_invalid (component
  (core module $m (import "a" "t" (table 1 2 funcref)))
  (core module $a (table (export "t") 1 3 funcref))
  (core instance $a (instantiate $a))
  (core instance (instantiate $m (with "a" (instance $a))))) "limits")
(assert_invalid (component
  (core module $m (import "a" "t" (table 1 funcref)))
  (core module $a (table (export "t") 1 externref))
  (core instance $a (instantiate $a))
  (core instance (instantiate $m (with "a" (instance $a))))) "type mismatch")
(assert_invalid (component
  (core module $m (import "a" "t" (tag (param i32))))
  (core module $a (tag (export "t") (param i64)))
  (core instance $a (instantiate $a))
  (core instance (instantiate $m (with "a" (instance $a))))) "type mismatch")
;; A core instance is instantiated from a core module only, and only ones that are there.
(assert_invalid (component (core instance (instantiate 0))) "unknown module")
(assert_invalid (component
  (core module $m (import "a" "f" (func)))
  (core instance (instantiate $m (with "a" (instance 0))))) "unknown core instance")
;; Instances cannot come before what they are made of.
(assert_invalid (component
  (core instance (instantiate 0))
  (core module)) "unknown module")

;; Components: likewise, with subtyping.
(component
  (component $c
    (import "i" (instance $i (export "f" (func (result u32)))))
    (export "f" (func $i "f")))
  (core module $m (func (export "f") (result i32) (i32.const 6)))
  (core instance $m (instantiate $m))
  (func $f (result u32) (canon lift (core func $m "f")))
  ;; more exports than are asked for are allowed, and so are more arguments
  (instance $i (export "f" (func $f)) (export "more" (func $f)))
  (instance $c (instantiate $c (with "i" (instance $i)) (with "j" (instance $i))))
  (export "f" (func $c "f")))
(assert_return (invoke "f") (u32.const 6))
(assert_invalid (component
  (component $c (import "f" (func)))
  (instance (instantiate $c))) "missing import named")
(assert_invalid (component
  (component $c (import "f" (func)))
  (core module $m (func (export "f")))
  (core instance $m (instantiate $m))
  (func $f (canon lift (core func $m "f")))
  (instance (instantiate $c (with "f" (func $f)) (with "f" (func $f))))) "duplicate")
(assert_invalid (component
  (component $c (import "f" (func)))
  (instance $i)
  (instance (instantiate $c (with "f" (instance $i))))) "expected func, found instance")
(assert_invalid (component
  (component $c (import "i" (instance (export "f" (func)))))
  (instance $i)
  (instance (instantiate $c (with "i" (instance $i))))) "missing expected export")
(assert_invalid (component
  (component $c (import "f" (func (param "a" u32))))
  (core module $m (func (export "f") (param i32)))
  (core instance $m (instantiate $m))
  (func $f (param "b" u32) (canon lift (core func $m "f")))
  (instance (instantiate $c (with "f" (func $f))))) "mismatched")
(assert_invalid (component
  (component $c (import "f" (func (result u32))))
  (core module $m (func (export "f") (result i32) (i32.const 0)))
  (core instance $m (instantiate $m))
  (func $f (result s32) (canon lift (core func $m "f")))
  (instance (instantiate $c (with "f" (func $f))))) "type mismatch")
(assert_invalid (component
  (component $c (import "f" (func (result u32))))
  (core module $m (func (export "f")))
  (core instance $m (instantiate $m))
  (func $f (canon lift (core func $m "f")))
  (instance (instantiate $c (with "f" (func $f))))) "mismatched")
(assert_invalid (component
  (component $c (import "t" (type (sub resource))))
  (type $t (record (field "a" u32)))
  (instance (instantiate $c (with "t" (type $t))))) "expected resource")
(assert_invalid (component
  (component $c (type $r (record (field "a" u32))) (import "t" (type (eq $r))))
  (type $t (record (field "a" u64)))
  (instance (instantiate $c (with "t" (type $t))))) "type mismatch")
;; A resource type that another instance of a component made is another type.
(assert_invalid (component
  (component $r (type $r (resource (rep i32))) (export "r" (type $r)))
  (component $c
    (import "r" (type $r (sub resource)))
    (import "t" (type (eq $r))))
  (instance $a (instantiate $r))
  (instance $b (instantiate $r))
  (instance (instantiate $c (with "r" (type $a "r")) (with "t" (type $b "r"))))) "resource types are not the same")
(component definition
  (component $r (type $r (resource (rep i32))) (export "r" (type $r)))
  (component $c
    (import "r" (type $r (sub resource)))
    (import "t" (type (eq $r))))
  (instance $a (instantiate $r))
  (instance $b (instantiate $r))
  (instance (instantiate $c (with "r" (type $a "r")) (with "t" (type $a "r")))))
(assert_invalid (component (instance (instantiate 0))) "unknown component")
(assert_invalid (component
  (component $c (import "f" (func)))
  (instance (instantiate $c (with "f" (func 0))))) "unknown function")
;; A component cannot be instantiated inside itself: it is not there yet.
(assert_invalid (component $c (instance (instantiate 0)) (component)) "unknown component")
