;; Something for each optimisation: a call that needs no adapter, a list of bytes, checks that cannot fire,
;; a handle, an import shim, and code that nothing reaches.
;;! call run(3)
;;! call run(65000)
;;! trap run(65537)
(component
  (component $leaf
    (type $number (resource (rep i32)))
    (core func $new (canon resource.new $number))
    (core func $rep (canon resource.rep $number))
    (core func $drop (canon resource.drop $number))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "rep" (func $rep (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 16))
      (func (export "double") (param i32) (result i32)
        (local $handle i32)
        (local.set $handle (call $new (local.get 0)))
        (i32.mul (call $rep (local.get $handle)) (i32.const 2))
        (call $drop (local.get $handle)))
      (func (export "last") (param $at i32) (param $count i32) (result i32)
        (i32.load8_u (i32.add (local.get $at) (i32.sub (local.get $count) (i32.const 1))))))
    (core instance $i (instantiate $m (with "" (instance
      (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
    (func (export "double") (param "n" u32) (result u32) (canon lift (core func $i "double")))
    (func (export "last") (param "bytes" (list u8)) (result u32)
      (canon lift (core func $i "last") (memory $i "memory") (realloc (func $i "realloc")))))
  (component $caller
    (import "double" (func $double (param "n" u32) (result u32)))
    (import "last" (func $last (param "bytes" (list u8)) (result u32)))
    (core module $shim
      (table (export "$imports") 1 1 funcref)
      (type $t (func (param i32 i32) (result i32)))
      (func (export "0") (type $t)
        (call_indirect (type $t) (local.get 0) (local.get 1) (i32.const 0))))
    (core module $main
      (import "" "double" (func $double (param i32) (result i32)))
      (import "" "last" (func $last (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 32) "bytes")
      (func $unused (drop (call $double (i32.const 1))))
      (func (export "run") (param $count i32) (result i32)
        (i32.add
          (call $double (local.get $count))
          (call $last (i32.const 32) (local.get $count)))))
    (core module $fixup
      (import "" "0" (func $f (param i32 i32) (result i32)))
      (import "" "$imports" (table 1 1 funcref))
      (elem (i32.const 0) func $f))
    (core instance $shim (instantiate $shim))
    (core func $double' (canon lower (func $double)))
    (core instance $main (instantiate $main (with "" (instance
      (export "double" (func $double'))
      (export "last" (func $shim "0"))))))
    (core func $last' (canon lower (func $last) (memory $main "memory")))
    (core instance (instantiate $fixup (with "" (instance
      (export "0" (func $last'))
      (export "$imports" (table $shim "$imports"))))))
    (func (export "run") (param "count" u32) (result u32) (canon lift (core func $main "run"))))
  (instance $l (instantiate $leaf))
  (instance $c (instantiate $caller
    (with "double" (func $l "double"))
    (with "last" (func $l "last"))))
  (export "run" (func $c "run")))
