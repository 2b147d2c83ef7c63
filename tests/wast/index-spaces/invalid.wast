;; Indices that are out of range or of another sort, in each place that has one, and aliases of what is
;; not there. A component that has all of it right stands at the top.
;; Explainer.md "Index Spaces", "Alias Definitions"; Binary.md, the validation notes of each section.

;; Every sort used once, by number.
(component
  (core module
    (memory (export "m") 1)
    (func (export "r") (param i32 i32 i32 i32) (result i32) (i32.const 0))
    (func (export "p") (param i32))
    (table (export "t") 1 funcref)
    (global (export "g") i32 (i32.const 1))
    (tag (export "e"))
    (data (i32.const 0) "\08\00\00\00\02\00\00\00ok")
    (func (export "f") (result i32) (i32.const 0)))
  (core instance (instantiate 0))
  (alias core export 0 "m" (core memory))
  (alias core export 0 "t" (core table))
  (alias core export 0 "g" (core global))
  (alias core export 0 "e" (core tag))
  (alias core export 0 "f" (core func))
  (alias core export 0 "r" (core func))
  (alias core export 0 "p" (core func))
  (core instance (export "m" (memory 0)) (export "t" (table 0)) (export "g" (global 0)) (export "e" (tag 0)) (export "f" (func 0)))
  (type (func (result string)))
  (func (type 0) (canon lift (core func 0) (memory (core memory 0)) (realloc (core func 1)) (post-return (core func 2))))
  (instance (export "f" (func 0)))
  (component (import "i" (instance (export "f" (func (result string))))) (export "i" (instance 0)))
  (instance (instantiate 0 (with "i" (instance 0))))
  (alias export 1 "i" (instance))
  (alias export 2 "f" (func))
  (export "f" (func 1)))
(assert_return (invoke "f") (str.const "ok"))

;; Aliases of a core instance's exports: no such instance, no such export, another sort.
(assert_invalid (component (alias core export 0 "f" (core func))) "unknown core instance")
(assert_invalid (component
  (core module $m (func (export "f"))) (core instance (instantiate $m))
  (alias core export 0 "g" (core func))) "no export named")
(assert_invalid (component
  (core module $m (func (export "f"))) (core instance (instantiate $m))
  (alias core export 0 "f" (core memory))) "not a memory")
(assert_invalid (component
  (core module $m (memory (export "f") 1)) (core instance (instantiate $m))
  (alias core export 0 "f" (core func))) "not a func")
(assert_invalid (component
  (core module $m (memory (export "f") 1)) (core instance (instantiate $m))
  (alias core export 0 "f" (core table))) "not a table")
(assert_invalid (component
  (core module $m (table (export "f") 1 funcref)) (core instance (instantiate $m))
  (alias core export 0 "f" (core global))) "not a global")
(assert_invalid (component
  (core module $m (func (export "f"))) (core instance (instantiate $m))
  (alias core export 0 "f" (core tag))) "not a tag")

;; Core instances of exports.
(assert_invalid (component (core instance (export "f" (func 0)))) "unknown function")
(assert_invalid (component (core instance (export "f" (memory 0)))) "unknown memory")
(assert_invalid (component (core instance (export "f" (table 0)))) "unknown table")
(assert_invalid (component (core instance (export "f" (global 0)))) "unknown global")
(assert_invalid (component (core instance (export "f" (tag 0)))) "unknown tag")
(assert_invalid (component
  (core module $m (func (export "f"))) (core instance (instantiate $m))
  (alias core export 0 "f" (core func))
  (core instance (export "f" (func 0)) (export "f" (func 0)))) "defined twice")

;; Aliases of a component instance's exports.
(assert_invalid (component (alias export 0 "f" (func))) "unknown instance")
(assert_invalid (component
  (instance $i)
  (alias export $i "f" (func))) "no export named")
(assert_invalid (component
  (import "i" (instance $i (export "f" (func))))
  (alias export $i "f" (instance))) "is not a instance")
(assert_invalid (component
  (import "i" (instance $i (export "f" (instance))))
  (alias export $i "f" (func))) "is not a func")
(assert_invalid (component
  (import "i" (instance $i (export "f" (func))))
  (alias export $i "f" (component))) "is not a component")
(assert_invalid (component
  (import "i" (instance $i (export "f" (func))))
  (alias export $i "f" (core module))) "is not a module")
(assert_invalid (component
  (import "i" (instance $i (export "f" (func))))
  (alias export $i "f" (type))) "is not a type")

;; Outer aliases: too many components up, an index that is not there, and one that is not there yet.
(component definition
  (core module $m)
  (component (alias outer 1 0 (core module)) (core instance (instantiate 0))))
(assert_invalid (component
  (core module $m)
  (component (alias outer 2 0 (core module)))) "invalid outer alias count")
(assert_invalid (component
  (core module $m)
  (component (alias outer 1 1 (core module)))) "unknown module")
(assert_invalid (component
  (component (alias outer 1 0 (core module)))
  (core module $m)) "unknown module")
(assert_invalid (component
  (component (alias outer 1 0 (component)))) "unknown component")
(assert_invalid (component
  (component (alias outer 1 0 (type)))) "unknown type")
(assert_invalid (component
  (component (alias outer 1 0 (core type)))) "unknown type")
;; An outer alias of a resource type would make the type of an instance known to a component.
(assert_invalid (component
  (type $r (resource (rep i32)))
  (component (alias outer 1 $r (type)))) "refers to resources not defined in the current component")
(assert_invalid (component
  (import "r" (type $r (sub resource)))
  (type $h (own $r))
  (component (alias outer 1 $h (type)))) "refers to resources not defined in the current component")

;; Canonical definitions.
(assert_invalid (component
  (type $t (func))
  (func (type $t) (canon lift (core func 0)))) "unknown function")
(assert_invalid (component
  (core module $m (func (export "f"))) (core instance $i (instantiate $m))
  (func (type 0) (canon lift (core func $i "f")))) "unknown type")
(assert_invalid (component
  (core module $m (func (export "f"))) (core instance $i (instantiate $m))
  (type $t u32)
  (func (type $t) (canon lift (core func $i "f")))) "not a function type")
(assert_invalid (component
  (core module $m (func (export "f") (param i64))) (core instance $i (instantiate $m))
  (func (param "n" u32) (canon lift (core func $i "f")))) "lowered parameter types")
(assert_invalid (component
  (core module $m (func (export "f") (result i64))) (core instance $i (instantiate $m))
  (func (result u32) (canon lift (core func $i "f")))) "lowered result types")
(assert_invalid (component (core func (canon lower (func 0)))) "unknown function")
(assert_invalid (component
  (import "f" (func $f (param "s" string)))
  (core func (canon lower (func $f)))) "option `memory` is required")
(assert_invalid (component
  (import "f" (func $f (param "s" string)))
  (core func (canon lower (func $f) (memory (core memory 0))))) "unknown memory")
(assert_invalid (component
  (import "f" (func $f (result string)))
  (core module $m (memory (export "m") 1)) (core instance $i (instantiate $m))
  (core func (canon lower (func $f) (memory (core memory $i "m"))))) "option `realloc` is required")
(assert_invalid (component
  (import "f" (func $f (result string)))
  (core module $m (memory (export "m") 1)) (core instance $i (instantiate $m))
  (core func (canon lower (func $f) (memory (core memory $i "m")) (realloc (core func 0))))) "unknown function")
(assert_invalid (component
  (import "f" (func $f (result string)))
  (core module $m (memory (export "m") 1) (func (export "r") (param i32) (result i32) (i32.const 0)))
  (core instance $i (instantiate $m))
  (core func (canon lower (func $f) (memory (core memory $i "m")) (realloc (core func $i "r"))))) "core function with an incorrect signature")
(assert_invalid (component
  (core module $m (func (export "f") (result i32) (i32.const 0)) (func (export "p") (param i64)))
  (core instance $i (instantiate $m))
  (func (result u32) (canon lift (core func $i "f") (post-return (core func $i "p"))))) "incorrect signature")
(assert_invalid (component
  (import "f" (func $f))
  (core module $m (func (export "p"))) (core instance $i (instantiate $m))
  (core func (canon lower (func $f) (post-return (core func $i "p"))))) "cannot specify post-return")
(assert_invalid (component
  (import "f" (func $f (param "s" string)))
  (core module $m (memory (export "m") 1)) (core instance $i (instantiate $m))
  (core func (canon lower (func $f) (memory (core memory $i "m")) string-encoding=utf8 string-encoding=utf16))) "conflicts")
(assert_invalid (component (core func (canon resource.new 0))) "unknown type")
(assert_invalid (component
  (type $t u32)
  (core func (canon resource.new $t))) "not a resource type")
;; The representation is its own component's only.
(assert_invalid (component
  (import "r" (type $r (sub resource)))
  (core func (canon resource.rep $r))) "not a local resource")
(assert_invalid (component
  (import "r" (type $r (sub resource)))
  (core func (canon resource.new $r))) "not a local resource")
(component definition
  (import "r" (type $r (sub resource)))
  (core func (canon resource.drop $r)))

;; Types.
(assert_invalid (component (type (list 0))) "unknown type")
(assert_invalid (component (type (own 0))) "unknown type")
(assert_invalid (component (type $t u32) (type (borrow $t))) "not a resource type")
(assert_invalid (component (type (func (result 1))) (type u32)) "unknown type")
(assert_invalid (component (type $f (func)) (type (list $f))) "not a defined type")
(assert_invalid (component (type (record (field "a" u8) (field "A" u8)))) "conflicts with previous")
(assert_invalid (component (type (record))) "at least one field")
(assert_invalid (component (type (enum))) "at least one")
(assert_invalid (component (type (flags))) "at least one")
(assert_invalid (component (type (variant))) "at least one case")
(assert_invalid (component (type (enum "a" "b" "A"))) "conflicts with previous")
(assert_invalid (component (type (func (param "a" u8) (param "a" u8)))) "conflicts with previous")

;; Exports and instances of exports.
(assert_invalid (component (export "f" (func 0))) "unknown function")
(assert_invalid (component (export "i" (instance 0))) "unknown instance")
(assert_invalid (component (export "c" (component 0))) "unknown component")
(assert_invalid (component (export "m" (core module 0))) "unknown module")
(assert_invalid (component (export "t" (type 0))) "unknown type")
(assert_invalid (component (instance (export "f" (func 0)))) "unknown function")
(assert_invalid (component (instance (export "i" (instance 0)))) "unknown instance")
;; An export counts: the index after it is there, the one after that is not.
(component
  (core module $m (func (export "f") (result i32) (i32.const 5))) (core instance $i (instantiate $m))
  (func (result u32) (canon lift (core func $i "f")))
  (export "a" (func 0))
  (export "b" (func 1)))
(assert_return (invoke "b") (u32.const 5))
(assert_invalid (component
  (core module $m (func (export "f") (result i32) (i32.const 5))) (core instance $i (instantiate $m))
  (func (result u32) (canon lift (core func $i "f")))
  (export "a" (func 0))
  (export "b" (func 2))) "unknown function")

;; In a core module.
(assert_invalid (component (core module (func (call 1)))) "unknown function")
(assert_invalid (component (core module (func (drop (global.get 0))))) "unknown global")
(assert_invalid (component (core module (func (drop (i32.load (i32.const 0)))))) "unknown memory")
(assert_invalid (component (core module (func (drop (table.get 0 (i32.const 0)))))) "unknown table")
(assert_invalid (component (core module (func (throw 0)))) "unknown tag")
(assert_invalid (component (core module (import "a" "b" (func (type 0))))) "unknown type")
(assert_invalid (component (core module (func (result i32)))) "type mismatch")
(assert_invalid (component (core module (func (export "a")) (func (export "a")))) "duplicate export name")
(assert_invalid (component (core module (start 0))) "unknown function")
(assert_invalid (component (core module (func (param i32)) (start 0))) "invalid start function type")
