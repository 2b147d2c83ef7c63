;; Lists in lists, with strings, in tuples and in options. The caller's bytes lie at 0x400, so that the
;; pointers in them are 0x400 and up. The callee's allocator gives out from 0x1000: the outer list first,
;; then what is in it, element after element, each at the next multiple of 16.
;; CanonicalABI.md, "Loading" (load_list, load_string) and "Storing" (store_list, store_string).

(component definition $lists
  ;; A memory, an allocator that fills what it gives out with the byte ee, and bytes as text.
  (core module $lib
    (memory (export "memory") 1)
    (global $top (export "top") (mut i32) (i32.const 4096))
    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32)
      (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
      (global.set $top (i32.add (local.get $at) (local.get $size)))
      (memory.fill (local.get $at) (i32.const 0xee) (local.get $size))
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
    (func (export "write") (param $at i32) (param $size i32) (result i32)
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
    (func $digit (param $to i32) (param $digit i32)
      (i32.store8 (local.get $to) (i32.add (i32.add (local.get $digit) (i32.const 0x30))
        (i32.mul (i32.gt_u (local.get $digit) (i32.const 9)) (i32.const 39))))))
  ;; Puts the bytes that a text stands for at 1024 and passes them on as so many elements.
  (core module $call
    (import "lib" "read" (func $read (param i32 i32 i32)))
    (import "" "take" (func $take (param i32 i32 i32)))
    (func (export "call") (param $elements i32) (param $text i32) (param $length i32) (result i32)
      (call $read (local.get $text) (local.get $length) (i32.const 1024))
      (call $take (i32.const 1024) (local.get $elements) (i32.const 0x7ff0))
      (i32.const 0x7ff0)))
  (component $taker
    (core instance $lib (instantiate $lib))
    ;; What it is given: all that realloc has given out, as text. Each piece starts at a multiple of 16.
    (core module $take
      (import "lib" "top" (global $top (mut i32)))
      (import "lib" "write" (func $write (param i32 i32) (result i32)))
      (func (export "take") (param $at i32) (param $elements i32) (result i32)
        (call $write (i32.const 4096) (i32.sub (global.get $top) (i32.const 4096)))))
    (core instance $take (instantiate $take (with "lib" (instance $lib))))
    (func (export "lists") (param "v" (list (list u16))) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "strings") (param "v" (list string)) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "pairs") (param "v" (list (tuple u8 string))) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "options") (param "v" (list (option (list u64)))) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "deep") (param "v" (list (list (list bool)))) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc")))))
  (component $caller
    (import "taker" (instance $taker
      (export "lists" (func (param "v" (list (list u16))) (result string)))
      (export "strings" (func (param "v" (list string)) (result string)))
      (export "pairs" (func (param "v" (list (tuple u8 string))) (result string)))
      (export "options" (func (param "v" (list (option (list u64)))) (result string)))
      (export "deep" (func (param "v" (list (list (list bool)))) (result string)))))
    (core instance $lib (instantiate $lib))
    (core func $lists' (canon lower (func $taker "lists") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $lists
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $lists'))))))
    (func (export "lists") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $lists "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $strings'
      (canon lower (func $taker "strings") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $strings
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $strings'))))))
    (func (export "strings") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $strings "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $pairs' (canon lower (func $taker "pairs") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $pairs
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $pairs'))))))
    (func (export "pairs") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $pairs "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $options'
      (canon lower (func $taker "options") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $options
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $options'))))))
    (func (export "options") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $options "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $deep' (canon lower (func $taker "deep") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $deep
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $deep'))))))
    (func (export "deep") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $deep "call") (memory $lib "memory") (realloc (func $lib "realloc")))))
  (instance $taker (instantiate $taker))
  (instance $caller (instantiate $caller (with "taker" (instance $taker))))
  (export "lists" (func $caller "lists"))
  (export "strings" (func $caller "strings"))
  (export "pairs" (func $caller "pairs"))
  (export "options" (func $caller "options"))
  (export "deep" (func $caller "deep")))

;; Two lists: the first has three elements, the second none.
(component instance $i $lists)
(assert_return (invoke "lists" (u32.const 2) (str.const "10040000 03000000 20040000 00000000 01000200 0300"))
  (str.const "10100000 03000000 20100000 00000000 01000200 03000000 00000000 00000000"))
;; The first none, the second two.
(component instance $i $lists)
(assert_return (invoke "lists" (u32.const 2) (str.const "00000000 00000000 10040000 02000000 01000200"))
  (str.const "10100000 00000000 10100000 02000000 01000200"))
;; Twice the same bytes: two copies.
(component instance $i $lists)
(assert_return (invoke "lists" (u32.const 2) (str.const "10040000 02000000 10040000 01000000 01000200"))
  (str.const "10100000 02000000 20100000 01000000 01000200 00000000 00000000 00000000 0100"))
;; A list that is part of itself: its own pointer and length are read as numbers.
(component instance $i $lists)
(assert_return (invoke "lists" (u32.const 1) (str.const "00040000 04000000"))
  (str.const "10100000 04000000 00000000 00000000 00040000 04000000"))
;; No list at all.
(component instance $i $lists)
(assert_return (invoke "lists" (u32.const 0) (str.const "")) (str.const ""))
;; Strings of three and of no bytes; ee is what is between the fields of a tuple.
(component instance $i $lists)
(assert_return (invoke "strings" (u32.const 2) (str.const "10040000 03000000 10040000 00000000 e282ac"))
  (str.const "10100000 03000000 20100000 00000000 e282ac00 00000000 00000000 00000000"))
(component instance $i $lists)
(assert_return (invoke "pairs" (u32.const 2)
  (str.const "07cccccc 18040000 01000000 08cccccc 19040000 02000000 414243"))
  (str.const "07eeeeee 20100000 01000000 08eeeeee 30100000 02000000 00000000 00000000 41000000 00000000 00000000 00000000 4243"))
;; Nothing is asked for where there is no list; what lies in its place is not looked at.
(component instance $i $lists)
(assert_return (invoke "options" (u32.const 2)
  (str.const "00cccccc ffffffff ffffffff 01cccccc 18040000 01000000 01020304 05060708"))
  (str.const "00eeeeee eeeeeeee eeeeeeee 01eeeeee 20100000 01000000 00000000 00000000 01020304 05060708"))
;; Three deep, down to bools.
(component instance $i $lists)
(assert_return (invoke "deep" (u32.const 1)
  (str.const "08040000 02000000 18040000 03000000 1b040000 01000000 00ff02 80"))
  (str.const "10100000 02000000 00000000 00000000 20100000 03000000 30100000 01000000 00010100 00000000 00000000 00000000 01"))

;; Pointers and lengths inside are checked like those outside.
;; Not aligned, with and without elements; past the end of the memory; two bytes past it; a length of 2^32 bytes.
(component instance $i $lists)
(assert_trap (invoke "lists" (u32.const 1) (str.const "11040000 01000000")) "")
(component instance $i $lists)
(assert_trap (invoke "lists" (u32.const 1) (str.const "01000000 00000000")) "")
(component instance $i $lists)
(assert_trap (invoke "lists" (u32.const 1) (str.const "ffff0000 01000000")) "")
(component instance $i $lists)
(assert_trap (invoke "lists" (u32.const 1) (str.const "02000100 00000000")) "")
(component instance $i $lists)
(assert_trap (invoke "lists" (u32.const 1) (str.const "f0ff0000 09000000")) "")
(component instance $i $lists)
(assert_trap (invoke "lists" (u32.const 1) (str.const "00040000 00000080")) "")
(component instance $i $lists)
(assert_trap (invoke "lists" (u32.const 1) (str.const "feffffff 01000000")) "")
;; The neighbours: the last two bytes, none at the very end, an odd pointer to a string.
(component instance $i $lists)
(assert_return (invoke "lists" (u32.const 1) (str.const "f0ff0000 08000000"))
  (str.const "10100000 08000000 00000000 00000000 00000000 00000000 00000000 00000000"))
(component instance $i $lists)
(assert_return (invoke "lists" (u32.const 1) (str.const "feff0000 01000000"))
  (str.const "10100000 01000000 00000000 00000000 0000"))
(component instance $i $lists)
(assert_return (invoke "lists" (u32.const 1) (str.const "00000100 00000000"))
  (str.const "10100000 00000000 00000000 00000000"))
(component instance $i $lists)
(assert_return (invoke "strings" (u32.const 1) (str.const "09040000 01000000 4142"))
  (str.const "10100000 01000000 00000000 00000000 42"))
;; The second of two; a string that is not UTF-8; an option that is neither.
(component instance $i $lists)
(assert_trap (invoke "lists" (u32.const 2) (str.const "10040000 01000000 11040000 01000000 0100")) "")
(component instance $i $lists)
(assert_trap (invoke "strings" (u32.const 2) (str.const "10040000 01000000 10040000 02000000 41ff")) "")
(component instance $i $lists)
(assert_trap (invoke "pairs" (u32.const 1) (str.const "07cccccc 00000100 01000000")) "")
(component instance $i $lists)
(assert_trap (invoke "options" (u32.const 1) (str.const "02cccccc 10040000 00000000")) "")
(component instance $i $lists)
(assert_trap (invoke "options" (u32.const 1) (str.const "01cccccc 04040000 00000000")) "")
(component instance $i $lists)
(assert_trap (invoke "deep" (u32.const 1) (str.const "0a040000 00000000")) "")
