;; Two components: a store, and a shop that reads the store's names to the host.
;; docs/ARCHITECTURE.md follows this file on its way through meld.
(component $app
  (import "log" (func $log (param "line" string)))

  (component $store
    (core module $code
      (memory (export "memory") 1)
      (data (i32.const 16) "fig\00date")
      (global $end (mut i32) (i32.const 1024))
      (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
        (global.get $end)
        (global.set $end (i32.add (global.get $end) (local.get $new))))
      (func (export "name-of") (param $item i32) (result i32)
        (i32.store (i32.const 0) (select (i32.const 20) (i32.const 16) (local.get $item)))
        (i32.store (i32.const 4) (select (i32.const 4) (i32.const 3) (local.get $item)))
        (i32.const 0))
      (func (export "count") (result i32) (i32.const 2)))
    (core instance $code (instantiate $code))
    (func (export "name-of") (param "item" u32) (result string)
      (canon lift (core func $code "name-of") (memory (core memory $code "memory")) (realloc (core func $code "realloc"))))
    (func (export "count") (result u32)
      (canon lift (core func $code "count"))))

  (component $shop
    (import "name-of" (func $name-of (param "item" u32) (result string)))
    (import "count" (func $count (result u32)))
    (import "log" (func $log (param "line" string)))
    (core module $memory
      (memory (export "memory") 1)
      (global $end (mut i32) (i32.const 1024))
      (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
        (global.get $end)
        (global.set $end (i32.add (global.get $end) (local.get $new)))))
    (core instance $memory (instantiate $memory))
    (core func $name-of (canon lower (func $name-of)
      (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
    (core func $count (canon lower (func $count)))
    (core func $log (canon lower (func $log) (memory (core memory $memory "memory"))))
    (core module $code
      (import "" "memory" (memory 1))
      (import "" "name-of" (func $name-of (param i32 i32)))
      (import "" "count" (func $count (result i32)))
      (import "" "log" (func $log (param i32 i32)))
      (func (export "show") (local $item i32)
        (loop $next
          (call $name-of (local.get $item) (i32.const 0))
          (call $log (i32.load (i32.const 0)) (i32.load (i32.const 4)))
          (local.set $item (i32.add (local.get $item) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $item) (call $count))))))
    (core instance $code (instantiate $code (with "" (instance
      (export "memory" (memory $memory "memory"))
      (export "name-of" (func $name-of))
      (export "count" (func $count))
      (export "log" (func $log))))))
    (func (export "show") (canon lift (core func $code "show"))))

  (instance $store (instantiate $store))
  (instance $shop (instantiate $shop
    (with "name-of" (func $store "name-of"))
    (with "count" (func $store "count"))
    (with "log" (func $log))))
  (export "show" (func $shop "show")))
