;; `context.get` alone is 0, `context.set` alone does nothing, and functions that come to neither are called
;; directly.
;;! call get()
;;! call set(5)
;;! call get()
;;! call add(1, 2)
;;! call other(3)
(component
  (component $reader
    (core func $get (canon context.get i32 1))
    (func (export "get") (result u32) (canon lift (core func $get))))
  (component $writer
    (core func $set (canon context.set i32 1))
    (func (export "set") (param "n" u32) (canon lift (core func $set))))
  ;; Only `counted` comes to its slot: by a reference in a table.
  (component $both
    (core func $get (canon context.get i32 0))
    (core func $set (canon context.set i32 0))
    (core module $m
      (import "" "get" (func $get (result i32)))
      (import "" "set" (func $set (param i32)))
      (type $get (func (result i32)))
      (table funcref (elem $count))
      (func $count (result i32)
        (call $set (i32.add (call $get) (i32.const 1)))
        (call $get))
      (func (export "counted") (result i32) (call_indirect (type $get) (i32.const 0)))
      (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
    (core instance $m (instantiate $m (with "" (instance (export "get" (func $get)) (export "set" (func $set))))))
    (func (export "counted") (result u32) (canon lift (core func $m "counted")))
    (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $m "add"))))
  (component $user
    (import "both" (instance $both
      (export "counted" (func (result u32)))
      (export "add" (func (param "a" u32) (param "b" u32) (result u32)))))
    (core func $counted (canon lower (func $both "counted")))
    (core func $add (canon lower (func $both "add")))
    (core module $m
      (import "" "counted" (func $counted (result i32)))
      (import "" "add" (func $add (param i32 i32) (result i32)))
      ;; 1 each time.
      (func (export "other") (param i32) (result i32)
        (call $add
          (call $add (i32.mul (i32.const 100) (call $counted)) (i32.mul (i32.const 10) (call $counted)))
          (local.get 0))))
    (core instance $m (instantiate $m (with "" (instance
      (export "counted" (func $counted)) (export "add" (func $add))))))
    (func (export "other") (param "n" u32) (result u32) (canon lift (core func $m "other"))))
  (instance $reader (instantiate $reader))
  (instance $writer (instantiate $writer))
  (instance $both (instantiate $both))
  (instance $user (instantiate $user (with "both" (instance $both))))
  (export "get" (func $reader "get"))
  (export "set" (func $writer "set"))
  (export "add" (func $both "add"))
  (export "other" (func $user "other")))
