;; Flags in memory, of 1, 8, 9, 16, 17 and 32 labels: one, two or four bytes. Bits without a label are
;; not read, and stored as 0.
;; CanonicalABI.md, "Element Size", "Loading" (load_flags) and "Storing" (store_flags).

(component definition $lists
  (type $of-1 (flags "f0"))
  (type $of-8 (flags "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7"))
  (type $of-9 (flags "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7" "f8"))
  (type $of-16 (flags
    "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7" "f8" "f9" "f10" "f11"
    "f12" "f13" "f14" "f15"))
  (type $of-17 (flags
    "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7" "f8" "f9" "f10" "f11"
    "f12" "f13" "f14" "f15" "f16"))
  (type $of-32 (flags
    "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7" "f8" "f9" "f10" "f11"
    "f12" "f13" "f14" "f15" "f16" "f17" "f18" "f19" "f20" "f21" "f22" "f23"
    "f24" "f25" "f26" "f27" "f28" "f29" "f30" "f31"))
  ;; A memory, an allocator that fills what it gives out with the byte ee, and bytes as text.
  (core module $lib
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 4096))
    ;; How many bytes were asked for last.
    (global $size (export "size") (mut i32) (i32.const 0))
    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32)
      (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
      (global.set $top (i32.add (local.get $at) (local.get $size)))
      (global.set $size (local.get $size))
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
    (export $of-1' "of-1-type" (type $of-1))
    (export $of-8' "of-8-type" (type $of-8))
    (export $of-9' "of-9-type" (type $of-9))
    (export $of-16' "of-16-type" (type $of-16))
    (export $of-17' "of-17-type" (type $of-17))
    (export $of-32' "of-32-type" (type $of-32))
    (core instance $lib (instantiate $lib))
    ;; What it is given: the bytes that realloc was asked for, as text.
    (core module $take
      (import "lib" "size" (global $size (mut i32)))
      (import "lib" "write" (func $write (param i32 i32) (result i32)))
      (func (export "take") (param $at i32) (param $elements i32) (result i32)
        (call $write (local.get $at) (global.get $size))))
    (core instance $take (instantiate $take (with "lib" (instance $lib))))
    (func (export "of-1") (param "v" (list $of-1')) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "of-8") (param "v" (list $of-8')) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "of-9") (param "v" (list $of-9')) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "of-16") (param "v" (list $of-16')) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "of-17") (param "v" (list $of-17')) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "of-32") (param "v" (list $of-32')) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "byte-first") (param "v" (list (tuple u8 $of-9' u8 $of-17'))) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc")))))
  (component $caller
    (import "taker" (instance $taker
      (export "of-1-type" (type $of-1' (eq $of-1)))
      (export "of-8-type" (type $of-8' (eq $of-8)))
      (export "of-9-type" (type $of-9' (eq $of-9)))
      (export "of-16-type" (type $of-16' (eq $of-16)))
      (export "of-17-type" (type $of-17' (eq $of-17)))
      (export "of-32-type" (type $of-32' (eq $of-32)))
      (export "of-1" (func (param "v" (list $of-1')) (result string)))
      (export "of-8" (func (param "v" (list $of-8')) (result string)))
      (export "of-9" (func (param "v" (list $of-9')) (result string)))
      (export "of-16" (func (param "v" (list $of-16')) (result string)))
      (export "of-17" (func (param "v" (list $of-17')) (result string)))
      (export "of-32" (func (param "v" (list $of-32')) (result string)))
      (export "byte-first" (func (param "v" (list (tuple u8 $of-9' u8 $of-17'))) (result string)))))
    (core instance $lib (instantiate $lib))
    (core func $of-1' (canon lower (func $taker "of-1") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $of-1
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $of-1'))))))
    (func (export "of-1") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $of-1 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $of-8' (canon lower (func $taker "of-8") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $of-8
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $of-8'))))))
    (func (export "of-8") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $of-8 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $of-9' (canon lower (func $taker "of-9") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $of-9
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $of-9'))))))
    (func (export "of-9") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $of-9 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $of-16' (canon lower (func $taker "of-16") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $of-16
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $of-16'))))))
    (func (export "of-16") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $of-16 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $of-17' (canon lower (func $taker "of-17") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $of-17
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $of-17'))))))
    (func (export "of-17") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $of-17 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $of-32' (canon lower (func $taker "of-32") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $of-32
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $of-32'))))))
    (func (export "of-32") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $of-32 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $byte-first'
      (canon lower (func $taker "byte-first") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $byte-first
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $byte-first'))))))
    (func (export "byte-first") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $byte-first "call") (memory $lib "memory") (realloc (func $lib "realloc")))))
  (instance $taker (instantiate $taker))
  (instance $caller (instantiate $caller (with "taker" (instance $taker))))
  (export "of-1" (func $caller "of-1"))
  (export "of-8" (func $caller "of-8"))
  (export "of-9" (func $caller "of-9"))
  (export "of-16" (func $caller "of-16"))
  (export "of-17" (func $caller "of-17"))
  (export "of-32" (func $caller "of-32"))
  (export "byte-first" (func $caller "byte-first")))

(component instance $i $lists)
;; As many as there are labels.
(assert_return (invoke "of-1" (u32.const 3) (str.const "00 01 ff")) (str.const "000101"))
(assert_return (invoke "of-8" (u32.const 3) (str.const "00 81 ff")) (str.const "0081ff"))
(assert_return (invoke "of-9" (u32.const 3) (str.const "0000 ffff 00fe")) (str.const "0000ff01 0000"))
(assert_return (invoke "of-16" (u32.const 3) (str.const "0180 ffff 0000")) (str.const "0180ffff 0000"))
(assert_return (invoke "of-17" (u32.const 3) (str.const "01000100 ffffffff 0000feff"))
  (str.const "01000100 ffff0100 00000000"))
(assert_return (invoke "of-32" (u32.const 2) (str.const "01000080 ffffffff")) (str.const "01000080 ffffffff"))
;; Aligned as an integer of that size.
(assert_return (invoke "byte-first" (u32.const 1) (str.const "01ccffff 02cccccc ffffffff"))
  (str.const "01eeff01 02eeeeee ffff0100"))

;; A bit without a label is no trap where it is the only one.
(assert_return (invoke "of-1" (u32.const 1) (str.const "fe")) (str.const "00"))
