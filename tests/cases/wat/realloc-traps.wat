;; What a realloc returns is checked: `set` says what it will be.
;;! call set(8)
;;! call list(2)
;;! fresh
;;! call set(65528)
;;! call list(2)
;;! fresh
;;! call set(65532)
;;! trap list(2)
;;! call set(10)
;;! trap list(1)
;;! call set(65536)
;;! call list(0)
;;! fresh
;;! call set(65540)
;;! trap list(0)
;;! call set(4294967292)
;;! trap list(2)
;;! call set(65530)
;;! call text(6)
;;! fresh
;;! call set(65531)
;;! trap text(6)
(component
  (component $leaf
    (core module $m
      (memory (export "memory") 1)
      (global $next (mut i32) (i32.const 0))
      (func (export "set") (param i32) (global.set $next (local.get 0)))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (global.get $next))
      (func (export "len") (param i32 i32) (result i32) (local.get 1)))
    (core instance $i (instantiate $m))
    (func (export "set") (param "p" u32) (canon lift (core func $i "set")))
    (func (export "list") (param "v" (list u32)) (result u32) (canon lift (core func $i "len")
      (memory $i "memory") (realloc (func $i "realloc"))))
    (func (export "text") (param "v" string) (result u32) (canon lift (core func $i "len")
      (memory $i "memory") (realloc (func $i "realloc")))))
  (component $caller
    (import "list" (func $list (param "v" (list u32)) (result u32)))
    (import "text" (func $text (param "v" string) (result u32)))
    (core module $lib (memory (export "memory") 1))
    (core instance $lib (instantiate $lib))
    (core func $list' (canon lower (func $list) (memory $lib "memory")))
    (core func $text' (canon lower (func $text) (memory $lib "memory")))
    (core module $m
      (import "" "list" (func $list (param i32 i32) (result i32)))
      (import "" "text" (func $text (param i32 i32) (result i32)))
      (func (export "list") (param i32) (result i32) (call $list (i32.const 0) (local.get 0)))
      (func (export "text") (param i32) (result i32) (call $text (i32.const 0) (local.get 0))))
    (core instance $m (instantiate $m (with "" (instance
      (export "list" (func $list')) (export "text" (func $text'))))))
    (func (export "list") (param "n" u32) (result u32) (canon lift (core func $m "list")))
    (func (export "text") (param "n" u32) (result u32) (canon lift (core func $m "text"))))
  (instance $l (instantiate $leaf))
  (instance $c (instantiate $caller (with "list" (func $l "list")) (with "text" (func $l "text"))))
  (export "set" (func $l "set"))
  (export "list" (func $c "list"))
  (export "text" (func $c "text")))
