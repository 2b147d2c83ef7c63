;; A resource that an inner component defines, the middle one uses and the root exports.
;;! call api#make(5)
;;! call api#value(#0)
;;! call api#make(7)
;;! drop 0
;;! call api#dropped()
;;! drop 1
;;! call api#dropped()
;;! spec api#make(5) = #0
;;! spec api#add(#0, 7) = #1
;;! spec api#value(#0) = 5
;;! spec api#value(#1) = 12
;;! spec api#dropped() = 0
(component
  (component $middle
    (component $inner
      (core module $d
        (global $n (mut i32) (i32.const 0))
        (func (export "dtor") (param i32) (global.set $n (i32.add (global.get $n) (local.get 0))))
        (func (export "dropped") (result i32) (global.get $n)))
      (core instance $d (instantiate $d))
      (type $r (resource (rep i32) (dtor (func $d "dtor"))))
      (core func $new (canon resource.new $r))
      (core module $m
        (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "value") (param i32) (result i32) (local.get 0)))
      (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
      (export $r2 "r" (type $r))
      (func (export "make") (param "n" u32) (result (own $r2)) (canon lift (core func $i "make")))
      (func (export "value") (param "r" (borrow $r2)) (result u32) (canon lift (core func $i "value")))
      (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))
    (instance $i (instantiate $inner))
    (alias export $i "r" (type $r))
    (core func $make (canon lower (func $i "make")))
    (core func $value (canon lower (func $i "value")))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "value" (func $value (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "add") (param i32 i32) (result i32) (local $n i32)
        (local.set $n (call $value (local.get 0)))
        (call $drop (local.get 0))
        (call $make (i32.add (local.get $n) (local.get 1)))))
    (core instance $m (instantiate $m (with "" (instance
      (export "make" (func $make)) (export "value" (func $value)) (export "drop" (func $drop))))))
    (export $r2 "r" (type $r))
    (export "make" (func $i "make") (func (param "n" u32) (result (own $r2))))
    (export "value" (func $i "value") (func (param "r" (borrow $r2)) (result u32)))
    (export "dropped" (func $i "dropped"))
    (func (export "add") (param "r" (borrow $r2)) (param "n" u32) (result (own $r2))
      (canon lift (core func $m "add"))))
  (instance $m (instantiate $middle))
  (export "api" (instance $m)))
