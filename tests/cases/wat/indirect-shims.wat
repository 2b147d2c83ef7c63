;; The way of wit-component: imports go through a table that is filled when the memory is there.
;;! call f("fish")
;;! call f("")
(component
  (import "measure" (func $measure (param "s" string) (result u32)))
  (core module $shim
    (table (export "$imports") 1 1 funcref)
    (type $t (func (param i32 i32) (result i32)))
    (func (export "0") (param i32 i32) (result i32)
      (call_indirect (type $t) (local.get 0) (local.get 1) (i32.const 0))))
  (core module $fixups
    (import "" "0" (func $f (param i32 i32) (result i32)))
    (import "" "$imports" (table 1 1 funcref))
    (elem (i32.const 0) func $f))
  (core module $main
    (import "host" "measure" (func $measure (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
    (func (export "f") (param i32 i32) (result i32) (call $measure (local.get 0) (local.get 1))))
  (core instance $shim (instantiate $shim))
  (core instance $main (instantiate $main (with "host" (instance (export "measure" (func $shim "0"))))))
  (core func $measure' (canon lower (func $measure) (memory $main "memory")))
  (core instance (instantiate $fixups (with "" (instance
    (export "0" (func $measure'))
    (export "$imports" (table $shim "$imports"))))))
  (func (export "f") (param "s" string) (result u32) (canon lift (core func $main "f")
    (memory $main "memory") (realloc (func $main "realloc")))))
