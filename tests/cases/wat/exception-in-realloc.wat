;; The caller's realloc throws while a result of the host is lowered: a trap, which nothing catches (in
;; wasmtime 48 it can be caught).
;;! spec get(1) = trap uncaught exception
;;! call get(0)
;;! call drop(1)
(component
  (import "r" (type $r (sub resource)))
  (import "get" (func $get (result (list (own $r)))))
  (component $caller
    (import "r" (type $r (sub resource)))
    (import "get" (func $get (result (list (own $r)))))
    (core module $lib
      (tag $t)
      (memory (export "memory") 1)
      (global $throws (mut i32) (i32.const 0))
      (func (export "set") (param i32) (global.set $throws (local.get 0)))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (if (global.get $throws) (then (throw $t)))
        (i32.const 64)))
    (core instance $lib (instantiate $lib))
    (core func $get' (canon lower (func $get) (memory (core memory $lib "memory")) (realloc (core func $lib "realloc"))))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "" "set" (func $set (param i32)))
      (import "" "get" (func $get (param i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "drop") (param i32) (call $drop (local.get 0)))
      (func (export "get") (param i32) (result i32)
        (call $set (local.get 0))
        (block $caught
          (try_table (catch_all $caught) (call $get (i32.const 0)))
          (return (i32.const 1)))
        (i32.const 2)))
    (core instance $i (instantiate $m (with "" (instance
      (export "set" (func $lib "set")) (export "get" (func $get')) (export "drop" (func $drop))))))
    (func (export "get") (param "n" u32) (result u32) (canon lift (core func $i "get")))
    (func (export "drop") (param "h" u32) (canon lift (core func $i "drop"))))
  ;; A second instance with handles, so that the tables are not the host's.
  (component $other
    (import "r" (type $r (sub resource)))
    (core func $drop (canon resource.drop $r))
    (func (export "drop") (param "h" u32) (canon lift (core func $drop))))
  (instance $c (instantiate $caller (with "r" (type $r)) (with "get" (func $get))))
  (instance $o (instantiate $other (with "r" (type $r))))
  (export "get" (func $c "get"))
  (export "drop" (func $c "drop"))
  (export "other" (func $o "drop")))
