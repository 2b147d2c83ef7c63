;;! call a:b/c#f()
;;! call a:b/c#make(3)
;;! drop 0
;;! call a:b/c#f()
;; A start function makes and drops a resource with a destructor, which the component exports.
;; In an interface, so that WIT can tell it.
(component
  (core module $d
    (global $dropped (mut i32) (i32.const 0))
    (func (export "dtor") (param i32) (global.set $dropped (local.get 0)))
    (func (export "f") (result i32) (global.get $dropped)))
  (core instance $d (instantiate $d))
  (type $r (resource (rep i32) (dtor (core func $d "dtor"))))
  (core func $new (canon resource.new $r))
  (core func $drop (canon resource.drop $r))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func $go (call $drop (call $new (i32.const 9))))
    (start $go))
  (core instance (instantiate $m (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
  (func $make (param "rep" u32) (result (own $r)) (canon lift (core func $new)))
  (func $f (result u32) (canon lift (core func $d "f")))
  (component $c
    (import "r" (type $r (sub resource)))
    (import "make" (func $make (param "rep" u32) (result (own $r))))
    (import "f" (func $f (result u32)))
    (export $r' "r" (type $r))
    (export "make" (func $make) (func (param "rep" u32) (result (own $r'))))
    (export "f" (func $f)))
  (instance $c (instantiate $c (with "r" (type $r)) (with "make" (func $make)) (with "f" (func $f))))
  (export "a:b/c" (instance $c)))
