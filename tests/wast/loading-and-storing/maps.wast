;; Maps in memory: lists of pairs of key and value, with the pairs' alignment and padding.
;; CanonicalABI.md, "Despecialization".

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
    (func (export "u8-u32") (param "v" (map u8 u32)) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "u64-u8") (param "v" (map u64 u8)) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "string-u8") (param "v" (map string u8)) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "char-map") (param "v" (map char (map bool u16))) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "list-of-maps") (param "v" (list (map u8 u8))) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc")))))
  (component $caller
    (import "taker" (instance $taker
      (export "u8-u32" (func (param "v" (map u8 u32)) (result string)))
      (export "u64-u8" (func (param "v" (map u64 u8)) (result string)))
      (export "string-u8" (func (param "v" (map string u8)) (result string)))
      (export "char-map" (func (param "v" (map char (map bool u16))) (result string)))
      (export "list-of-maps" (func (param "v" (list (map u8 u8))) (result string)))))
    (core instance $lib (instantiate $lib))
    (core func $u8-u32' (canon lower (func $taker "u8-u32") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $u8-u32
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $u8-u32'))))))
    (func (export "u8-u32") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $u8-u32 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $u64-u8' (canon lower (func $taker "u64-u8") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $u64-u8
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $u64-u8'))))))
    (func (export "u64-u8") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $u64-u8 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $string-u8'
      (canon lower (func $taker "string-u8") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $string-u8
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $string-u8'))))))
    (func (export "string-u8") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $string-u8 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $char-map'
      (canon lower (func $taker "char-map") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $char-map
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $char-map'))))))
    (func (export "char-map") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $char-map "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $list-of-maps'
      (canon lower (func $taker "list-of-maps") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $list-of-maps
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $list-of-maps'))))))
    (func (export "list-of-maps") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $list-of-maps "call") (memory $lib "memory") (realloc (func $lib "realloc")))))
  (instance $taker (instantiate $taker))
  (instance $caller (instantiate $caller (with "taker" (instance $taker))))
  (export "u8-u32" (func $caller "u8-u32"))
  (export "u64-u8" (func $caller "u64-u8"))
  (export "string-u8" (func $caller "string-u8"))
  (export "char-map" (func $caller "char-map"))
  (export "list-of-maps" (func $caller "list-of-maps")))

;; Key, padding, value.
(component instance $i $lists)
(assert_return (invoke "u8-u32" (u32.const 2) (str.const "01cccccc 02030405 06cccccc 0708090a"))
  (str.const "01eeeeee 02030405 06eeeeee 0708090a"))
;; Padding behind the value.
(component instance $i $lists)
(assert_return (invoke "u64-u8" (u32.const 2)
  (str.const "01020304 05060708 09cccccc cccccccc 0a0b0c0d 0e0f1011 12cccccc cccccccc"))
  (str.const "01020304 05060708 09eeeeee eeeeeeee 0a0b0c0d 0e0f1011 12eeeeee eeeeeeee"))
;; A key twice: pairs are passed as they are, in their order.
(component instance $i $lists)
(assert_return (invoke "u8-u32" (u32.const 3) (str.const "02cccccc 01000000 01cccccc 02000000 02cccccc 03000000"))
  (str.const "02eeeeee 01000000 01eeeeee 02000000 02eeeeee 03000000"))
(component instance $i $lists)
(assert_return (invoke "u8-u32" (u32.const 0) (str.const "")) (str.const ""))
(component instance $i $lists)
(assert_return (invoke "string-u8" (u32.const 2)
  (str.const "18040000 01000000 07cccccc 19040000 02000000 08cccccc 416263"))
  (str.const "20100000 01000000 07eeeeee 30100000 02000000 08eeeeee 00000000 00000000 41000000 00000000 00000000 00000000 6263"))
(component instance $i $lists)
(assert_return (invoke "char-map" (u32.const 1) (str.const "ffff1000 0c040000 02000000 80cc0102 00cc0304"))
  (str.const "ffff1000 10100000 02000000 00000000 01ee0102 00ee0304"))
(component instance $i $lists)
(assert_return (invoke "list-of-maps" (u32.const 2) (str.const "10040000 02000000 14040000 01000000 01020304 0506"))
  (str.const "10100000 02000000 20100000 01000000 01020304 00000000 00000000 00000000 0506"))

;; Keys and values are checked as what they are, and pointers by the alignment of the pair.
(component instance $i $lists)
(assert_trap (invoke "char-map" (u32.const 1) (str.const "00001100 0c040000 00000000")) "")
(component instance $i $lists)
(assert_trap (invoke "char-map" (u32.const 1) (str.const "ffff1000 0d040000 00000000")) "")
(component instance $i $lists)
(assert_trap (invoke "char-map" (u32.const 1) (str.const "ffff1000 00000100 01000000")) "")
(component instance $i $lists)
(assert_return (invoke "char-map" (u32.const 1) (str.const "ffff1000 00000100 00000000"))
  (str.const "ffff1000 10100000 00000000 00000000"))
(component instance $i $lists)
(assert_trap (invoke "string-u8" (u32.const 1) (str.const "0c040000 02000000 07cccccc c328")) "")
(component instance $i $lists)
(assert_return (invoke "list-of-maps" (u32.const 1) (str.const "09040000 01000000 010203"))
  (str.const "10100000 01000000 00000000 00000000 0203"))
