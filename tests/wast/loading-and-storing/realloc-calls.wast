;; The calls of realloc for lists, and for parameters that go through memory: what arrives is the text of all
;; calls, each with old pointer, old size, alignment and new size. Numbers are 32 bits, little-endian. The
;; allocator starts at 0x1000, each call at the next multiple of 16.
;; CanonicalABI.md, "Storing" (store_list_into_range) and "Lifting and Lowering Values" (lower_flat_values).

(component definition $lists
  ;; A memory, an allocator that moves what it is to change, and notes what it is asked for; bytes as text.
  (core module $lib
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 4096))
    (global $log (mut i32) (i32.const 0x2000))
    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32)
      (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
      (global.set $top (i32.add (local.get $at) (local.get $size)))
      (memory.copy (local.get $at) (local.get $old)
        (select (local.get $old-size) (local.get $size) (i32.lt_u (local.get $old-size) (local.get $size))))
      (call $note (local.get $old) (local.get $old-size))
      (call $note (local.get $align) (local.get $size))
      (local.get $at))
    ;; Stores the bytes that a text of hexadecimal digits stands for; blanks do not count.
    (func (export "read") (param $text i32) (param $length i32) (param $to i32)
      (local $end i32) (local $char i32) (local $half i32)
      (local.set $end (i32.add (local.get $text) (local.get $length)))
      (loop $next (if (i32.lt_u (local.get $text) (local.get $end)) (then
        (local.set $char (i32.load8_u (local.get $text)))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (if (i32.ne (local.get $char) (i32.const 0x20)) (then
          (i32.store8 (local.get $to) (i32.or
            (i32.shl (i32.load8_u (local.get $to)) (i32.const 4))
            (i32.add (i32.and (local.get $char) (i32.const 15))
              (i32.mul (i32.shr_u (local.get $char) (i32.const 6)) (i32.const 9)))))
          (local.set $to (i32.add (local.get $to) (local.get $half)))
          (local.set $half (i32.xor (local.get $half) (i32.const 1)))))
        (br $next)))))
    ;; The text for bytes, with a blank after each four; returns where its pointer and length are.
    (func $write (export "write") (param $at i32) (param $size i32) (result i32)
      (local $i i32) (local $to i32)
      (local.set $to (i32.const 0x8000))
      (loop $next (if (i32.lt_u (local.get $i) (local.get $size)) (then
        (if (i32.and (i32.ne (local.get $i) (i32.const 0)) (i32.eqz (i32.and (local.get $i) (i32.const 3)))) (then
          (i32.store8 (local.get $to) (i32.const 0x20))
          (local.set $to (i32.add (local.get $to) (i32.const 1)))))
        (call $digit (local.get $to) (i32.shr_u (i32.load8_u (local.get $at)) (i32.const 4)))
        (call $digit (i32.add (local.get $to) (i32.const 1)) (i32.and (i32.load8_u (local.get $at)) (i32.const 15)))
        (local.set $to (i32.add (local.get $to) (i32.const 2)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next))))
      (i32.store (i32.const 0x7ff8) (i32.const 0x8000))
      (i32.store (i32.const 0x7ffc) (i32.sub (local.get $to) (i32.const 0x8000)))
      (i32.const 0x7ff8))
    (func $note (param i32 i32)
      (i32.store (global.get $log) (local.get 0))
      (i32.store offset=4 (global.get $log) (local.get 1))
      (global.set $log (i32.add (global.get $log) (i32.const 8))))
    ;; From here on, realloc starts anew.
    (func $reset (export "reset")
      (global.set $log (i32.const 0x2000))
      (global.set $top (i32.const 4096)))
    ;; All calls so far, as text.
    (func (export "calls") (result i32)
      (local $end i32)
      (local.set $end (global.get $log))
      (call $reset)
      (call $write (i32.const 0x2000) (i32.sub (local.get $end) (i32.const 0x2000))))
    (func $digit (param $to i32) (param $digit i32)
      (i32.store8 (local.get $to) (i32.add (i32.add (local.get $digit) (i32.const 0x30))
        (i32.mul (i32.gt_u (local.get $digit) (i32.const 9)) (i32.const 39))))))
  (core module $callee
    (import "lib" "calls" (func $calls (result i32)))
    (func (export "take1") (param i32) (result i32) (call $calls))
    (func (export "take2") (param i32 i32) (result i32) (call $calls))
    (func (export "take3") (param i32 i32 i32) (result i32) (call $calls))
    (func (export "take6") (param i32 i32 i32 i32 i32 i32) (result i32) (call $calls)))
  ;; The value lies at 0x400, and is passed as it is there, loaded as far as it is flat.
  ;; The value's bytes are put at 0x400, and passed as the pointer to them, or as so many i32 that lie there.
  (core module $caller1
    (import "lib" "memory" (memory 1))
    (import "lib" "read" (func $read (param i32 i32 i32)))
    (import "" "take" (func $take (param i32 i32)))
    (func (export "take") (param $text i32) (param $length i32) (result i32)
      (call $read (local.get $text) (local.get $length) (i32.const 0x400))
      (call $take (i32.const 0x400) (i32.const 16))
      (i32.const 16)))
  (core module $caller2
    (import "lib" "memory" (memory 1))
    (import "lib" "read" (func $read (param i32 i32 i32)))
    (import "" "take" (func $take (param i32 i32 i32)))
    (func (export "take") (param $text i32) (param $length i32) (result i32)
      (call $read (local.get $text) (local.get $length) (i32.const 0x400))
      (call $take (i32.load (i32.const 0x400)) (i32.load (i32.const 0x404)) (i32.const 16))
      (i32.const 16)))
  (core module $caller3
    (import "lib" "memory" (memory 1))
    (import "lib" "read" (func $read (param i32 i32 i32)))
    (import "" "take" (func $take (param i32 i32 i32 i32)))
    (func (export "take") (param $text i32) (param $length i32) (result i32)
      (call $read (local.get $text) (local.get $length) (i32.const 0x400))
      (call $take (i32.load (i32.const 0x400)) (i32.load (i32.const 0x404)) (i32.load (i32.const 0x408))
        (i32.const 16))
      (i32.const 16)))
  (core module $caller6
    (import "lib" "memory" (memory 1))
    (import "lib" "read" (func $read (param i32 i32 i32)))
    (import "" "take" (func $take (param i32 i32 i32 i32 i32 i32 i32)))
    (func (export "take") (param $text i32) (param $length i32) (result i32)
      (call $read (local.get $text) (local.get $length) (i32.const 0x400))
      (call $take (i32.load (i32.const 0x400)) (i32.load (i32.const 0x404)) (i32.load (i32.const 0x408))
        (i32.load (i32.const 0x40c)) (i32.load (i32.const 0x410)) (i32.load (i32.const 0x414)) (i32.const 16))
      (i32.const 16)))
  (component $callee
    (core instance $lib (instantiate $lib))
    (core instance $m (instantiate $callee (with "lib" (instance $lib))))
    (func (export "list-u8") (param "v" (list u8)) (result string)
      (canon lift (core func $m "take2") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "list-u64") (param "v" (list u64)) (result string)
      (canon lift (core func $m "take2") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "list-tuple") (param "v" (list (tuple u8 u64 u8))) (result string)
      (canon lift (core func $m "take2") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "lists") (param "v" (list (list u16))) (result string)
      (canon lift (core func $m "take2") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "strings") (param "v" (list string)) (result string)
      (canon lift (core func $m "take2") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "option") (param "v" (option (list u32))) (result string)
      (canon lift (core func $m "take3") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "record") (param "v" (tuple (list u8) string (list u64))) (result string)
      (canon lift (core func $m "take6") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "long") (param "v" (tuple u64 u64 u64 u64 u64 u64 u64 u64 (list u32) string u64 u64 u64 u64 u8))
      (result string)
      (canon lift (core func $m "take1") (memory $lib "memory") (realloc (func $lib "realloc")))))
  (component $caller
    (import "callee" (instance $callee
      (export "list-u8" (func (param "v" (list u8)) (result string)))
      (export "list-u64" (func (param "v" (list u64)) (result string)))
      (export "list-tuple" (func (param "v" (list (tuple u8 u64 u8))) (result string)))
      (export "lists" (func (param "v" (list (list u16))) (result string)))
      (export "strings" (func (param "v" (list string)) (result string)))
      (export "option" (func (param "v" (option (list u32))) (result string)))
      (export "record" (func (param "v" (tuple (list u8) string (list u64))) (result string)))
      (export "long" (func (param "v" (tuple u64 u64 u64 u64 u64 u64 u64 u64 (list u32) string u64 u64 u64 u64 u8))
        (result string)))))
    (core instance $lib (instantiate $lib))
    (core func $list-u8'
      (canon lower (func $callee "list-u8") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $list-u8
      (instantiate $caller2 (with "lib" (instance $lib)) (with "" (instance (export "take" (func $list-u8'))))))
    (func (export "list-u8") (param "bytes" string) (result string)
      (canon lift (core func $list-u8 "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $list-u64'
      (canon lower (func $callee "list-u64") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $list-u64
      (instantiate $caller2 (with "lib" (instance $lib)) (with "" (instance (export "take" (func $list-u64'))))))
    (func (export "list-u64") (param "bytes" string) (result string)
      (canon lift (core func $list-u64 "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $list-tuple'
      (canon lower (func $callee "list-tuple") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $list-tuple
      (instantiate $caller2 (with "lib" (instance $lib)) (with "" (instance (export "take" (func $list-tuple'))))))
    (func (export "list-tuple") (param "bytes" string) (result string)
      (canon lift (core func $list-tuple "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $lists' (canon lower (func $callee "lists") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $lists
      (instantiate $caller2 (with "lib" (instance $lib)) (with "" (instance (export "take" (func $lists'))))))
    (func (export "lists") (param "bytes" string) (result string)
      (canon lift (core func $lists "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $strings'
      (canon lower (func $callee "strings") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $strings
      (instantiate $caller2 (with "lib" (instance $lib)) (with "" (instance (export "take" (func $strings'))))))
    (func (export "strings") (param "bytes" string) (result string)
      (canon lift (core func $strings "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $option' (canon lower (func $callee "option") (memory $lib "memory")
      (realloc (func $lib "realloc"))))
    (core instance $option
      (instantiate $caller3 (with "lib" (instance $lib)) (with "" (instance (export "take" (func $option'))))))
    (func (export "option") (param "bytes" string) (result string)
      (canon lift (core func $option "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $record' (canon lower (func $callee "record") (memory $lib "memory")
      (realloc (func $lib "realloc"))))
    (core instance $record
      (instantiate $caller6 (with "lib" (instance $lib)) (with "" (instance (export "take" (func $record'))))))
    (func (export "record") (param "bytes" string) (result string)
      (canon lift (core func $record "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $long' (canon lower (func $callee "long") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $long
      (instantiate $caller1 (with "lib" (instance $lib)) (with "" (instance (export "take" (func $long'))))))
    (func (export "long") (param "bytes" string) (result string)
      (canon lift (core func $long "take") (memory $lib "memory") (realloc (func $lib "realloc")))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "callee" (instance $callee))))
  (export "list-u8" (func $caller "list-u8"))
  (export "list-u64" (func $caller "list-u64"))
  (export "list-tuple" (func $caller "list-tuple"))
  (export "lists" (func $caller "lists"))
  (export "strings" (func $caller "strings"))
  (export "option" (func $caller "option"))
  (export "record" (func $caller "record"))
  (export "long" (func $caller "long")))

(component instance $i $lists)
;; One call for all elements, with the alignment of one; a call for no elements too.
(assert_return (invoke "list-u8" (str.const "00050000 05000000"))
  (str.const "00000000 00000000 01000000 05000000"))
(assert_return (invoke "list-u8" (str.const "00050000 00000000"))
  (str.const "00000000 00000000 01000000 00000000"))
(assert_return (invoke "list-u64" (str.const "00050000 03000000"))
  (str.const "00000000 00000000 08000000 18000000"))
(assert_return (invoke "list-u64" (str.const "00000000 00000000"))
  (str.const "00000000 00000000 08000000 00000000"))
(assert_return (invoke "list-tuple" (str.const "00050000 02000000"))
  (str.const "00000000 00000000 08000000 30000000"))
;; The outer list first, then each inner one, in order.
(assert_return (invoke "lists"
  (str.const "08040000 03000000 00050000 04000000 00050000 00000000 00050000 01000000"))
  (str.const "00000000 00000000 04000000 18000000 00000000 00000000 02000000 08000000 00000000 00000000 02000000 00000000 00000000 00000000 02000000 02000000"))
(assert_return (invoke "strings" (str.const "08040000 02000000 00050000 04000000 00050000 01000000"))
  (str.const "00000000 00000000 04000000 10000000 00000000 00000000 01000000 04000000 00000000 00000000 01000000 01000000"))
(assert_return (invoke "strings" (str.const "08040000 00000000"))
  (str.const "00000000 00000000 04000000 00000000"))
;; None for none.
(assert_return (invoke "option" (str.const "00000000 00050000 04000000"))
  (str.const ""))
(assert_return (invoke "option" (str.const "01000000 00050000 04000000"))
  (str.const "00000000 00000000 04000000 10000000"))
;; Field after field.
(assert_return (invoke "record" (str.const "00050000 03000000 00050000 02000000 00050000 01000000"))
  (str.const "00000000 00000000 01000000 03000000 00000000 00000000 01000000 02000000 00000000 00000000 08000000 08000000"))
;; Parameters in memory: first they themselves, 120 bytes, then what they point at.
(assert_return (invoke "long"
  (str.const "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00050000 02000000 00050000 03000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 07"))
  (str.const "00000000 00000000 08000000 78000000 00000000 00000000 04000000 08000000 00000000 00000000 01000000 03000000"))
