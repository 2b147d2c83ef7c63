;; Enums in memory, of 1, 2, 256 and 257 cases: a discriminant of one byte up to 256, of two from 257 on.
;; What is not a case is a trap. CanonicalABI.md, "Alignment" (discriminant_type) and "Loading"
;; (load_variant).

(component definition $lists
  (type $of-1 (enum "c0"))
  (type $of-2 (enum "c0" "c1"))
  (type $of-256 (enum
    "c0" "c1" "c2" "c3" "c4" "c5" "c6" "c7" "c8" "c9" "c10" "c11" "c12" "c13" "c14" "c15"
    "c16" "c17" "c18" "c19" "c20" "c21" "c22" "c23" "c24" "c25" "c26" "c27" "c28" "c29" "c30" "c31"
    "c32" "c33" "c34" "c35" "c36" "c37" "c38" "c39" "c40" "c41" "c42" "c43" "c44" "c45" "c46" "c47"
    "c48" "c49" "c50" "c51" "c52" "c53" "c54" "c55" "c56" "c57" "c58" "c59" "c60" "c61" "c62" "c63"
    "c64" "c65" "c66" "c67" "c68" "c69" "c70" "c71" "c72" "c73" "c74" "c75" "c76" "c77" "c78" "c79"
    "c80" "c81" "c82" "c83" "c84" "c85" "c86" "c87" "c88" "c89" "c90" "c91" "c92" "c93" "c94" "c95"
    "c96" "c97" "c98" "c99" "c100" "c101" "c102" "c103" "c104" "c105" "c106" "c107" "c108" "c109" "c110" "c111"
    "c112" "c113" "c114" "c115" "c116" "c117" "c118" "c119" "c120" "c121" "c122" "c123" "c124" "c125" "c126" "c127"
    "c128" "c129" "c130" "c131" "c132" "c133" "c134" "c135" "c136" "c137" "c138" "c139" "c140" "c141" "c142" "c143"
    "c144" "c145" "c146" "c147" "c148" "c149" "c150" "c151" "c152" "c153" "c154" "c155" "c156" "c157" "c158" "c159"
    "c160" "c161" "c162" "c163" "c164" "c165" "c166" "c167" "c168" "c169" "c170" "c171" "c172" "c173" "c174" "c175"
    "c176" "c177" "c178" "c179" "c180" "c181" "c182" "c183" "c184" "c185" "c186" "c187" "c188" "c189" "c190" "c191"
    "c192" "c193" "c194" "c195" "c196" "c197" "c198" "c199" "c200" "c201" "c202" "c203" "c204" "c205" "c206" "c207"
    "c208" "c209" "c210" "c211" "c212" "c213" "c214" "c215" "c216" "c217" "c218" "c219" "c220" "c221" "c222" "c223"
    "c224" "c225" "c226" "c227" "c228" "c229" "c230" "c231" "c232" "c233" "c234" "c235" "c236" "c237" "c238" "c239"
    "c240" "c241" "c242" "c243" "c244" "c245" "c246" "c247" "c248" "c249" "c250" "c251" "c252" "c253" "c254"
      "c255"))
  (type $of-257 (enum
    "c0" "c1" "c2" "c3" "c4" "c5" "c6" "c7" "c8" "c9" "c10" "c11" "c12" "c13" "c14" "c15"
    "c16" "c17" "c18" "c19" "c20" "c21" "c22" "c23" "c24" "c25" "c26" "c27" "c28" "c29" "c30" "c31"
    "c32" "c33" "c34" "c35" "c36" "c37" "c38" "c39" "c40" "c41" "c42" "c43" "c44" "c45" "c46" "c47"
    "c48" "c49" "c50" "c51" "c52" "c53" "c54" "c55" "c56" "c57" "c58" "c59" "c60" "c61" "c62" "c63"
    "c64" "c65" "c66" "c67" "c68" "c69" "c70" "c71" "c72" "c73" "c74" "c75" "c76" "c77" "c78" "c79"
    "c80" "c81" "c82" "c83" "c84" "c85" "c86" "c87" "c88" "c89" "c90" "c91" "c92" "c93" "c94" "c95"
    "c96" "c97" "c98" "c99" "c100" "c101" "c102" "c103" "c104" "c105" "c106" "c107" "c108" "c109" "c110" "c111"
    "c112" "c113" "c114" "c115" "c116" "c117" "c118" "c119" "c120" "c121" "c122" "c123" "c124" "c125" "c126" "c127"
    "c128" "c129" "c130" "c131" "c132" "c133" "c134" "c135" "c136" "c137" "c138" "c139" "c140" "c141" "c142" "c143"
    "c144" "c145" "c146" "c147" "c148" "c149" "c150" "c151" "c152" "c153" "c154" "c155" "c156" "c157" "c158" "c159"
    "c160" "c161" "c162" "c163" "c164" "c165" "c166" "c167" "c168" "c169" "c170" "c171" "c172" "c173" "c174" "c175"
    "c176" "c177" "c178" "c179" "c180" "c181" "c182" "c183" "c184" "c185" "c186" "c187" "c188" "c189" "c190" "c191"
    "c192" "c193" "c194" "c195" "c196" "c197" "c198" "c199" "c200" "c201" "c202" "c203" "c204" "c205" "c206" "c207"
    "c208" "c209" "c210" "c211" "c212" "c213" "c214" "c215" "c216" "c217" "c218" "c219" "c220" "c221" "c222" "c223"
    "c224" "c225" "c226" "c227" "c228" "c229" "c230" "c231" "c232" "c233" "c234" "c235" "c236" "c237" "c238" "c239"
    "c240" "c241" "c242" "c243" "c244" "c245" "c246" "c247" "c248" "c249" "c250" "c251" "c252" "c253" "c254" "c255"
    "c256"))
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
    (export $of-2' "of-2-type" (type $of-2))
    (export $of-256' "of-256-type" (type $of-256))
    (export $of-257' "of-257-type" (type $of-257))
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
    (func (export "of-2") (param "v" (list $of-2')) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "of-256") (param "v" (list $of-256')) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "of-257") (param "v" (list $of-257')) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (func (export "byte-first") (param "v" (list (tuple u8 $of-257' u8 $of-256'))) (result string)
      (canon lift (core func $take "take") (memory $lib "memory") (realloc (func $lib "realloc")))))
  (component $caller
    (import "taker" (instance $taker
      (export "of-1-type" (type $of-1' (eq $of-1)))
      (export "of-2-type" (type $of-2' (eq $of-2)))
      (export "of-256-type" (type $of-256' (eq $of-256)))
      (export "of-257-type" (type $of-257' (eq $of-257)))
      (export "of-1" (func (param "v" (list $of-1')) (result string)))
      (export "of-2" (func (param "v" (list $of-2')) (result string)))
      (export "of-256" (func (param "v" (list $of-256')) (result string)))
      (export "of-257" (func (param "v" (list $of-257')) (result string)))
      (export "byte-first" (func (param "v" (list (tuple u8 $of-257' u8 $of-256'))) (result string)))))
    (core instance $lib (instantiate $lib))
    (core func $of-1' (canon lower (func $taker "of-1") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $of-1
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $of-1'))))))
    (func (export "of-1") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $of-1 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $of-2' (canon lower (func $taker "of-2") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $of-2
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $of-2'))))))
    (func (export "of-2") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $of-2 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $of-256' (canon lower (func $taker "of-256") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $of-256
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $of-256'))))))
    (func (export "of-256") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $of-256 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $of-257' (canon lower (func $taker "of-257") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $of-257
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $of-257'))))))
    (func (export "of-257") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $of-257 "call") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core func $byte-first'
      (canon lower (func $taker "byte-first") (memory $lib "memory") (realloc (func $lib "realloc"))))
    (core instance $byte-first
      (instantiate $call (with "lib" (instance $lib)) (with "" (instance (export "take" (func $byte-first'))))))
    (func (export "byte-first") (param "elements" u32) (param "bytes" string) (result string)
      (canon lift (core func $byte-first "call") (memory $lib "memory") (realloc (func $lib "realloc")))))
  (instance $taker (instantiate $taker))
  (instance $caller (instantiate $caller (with "taker" (instance $taker))))
  (export "of-1" (func $caller "of-1"))
  (export "of-2" (func $caller "of-2"))
  (export "of-256" (func $caller "of-256"))
  (export "of-257" (func $caller "of-257"))
  (export "byte-first" (func $caller "byte-first")))

(component instance $i $lists)
(assert_return (invoke "of-1" (u32.const 2) (str.const "00 00")) (str.const "0000"))
(assert_return (invoke "of-2" (u32.const 3) (str.const "00 01 00")) (str.const "000100"))
;; With 256 cases, every byte is one.
(assert_return (invoke "of-256" (u32.const 3) (str.const "00 7f ff")) (str.const "007fff"))
;; With 257, the number takes two bytes: 256 is 0001.
(assert_return (invoke "of-257" (u32.const 3) (str.const "0000 ff00 0001")) (str.const "0000ff00 0001"))
;; Aligned to two.
(assert_return (invoke "byte-first" (u32.const 1) (str.const "01cc 0001 02 ff")) (str.const "01ee0001 02ff"))

;; One past the last case, and far past it.
(component instance $i $lists)
(assert_trap (invoke "of-1" (u32.const 1) (str.const "01")) "")
(component instance $i $lists)
(assert_trap (invoke "of-1" (u32.const 1) (str.const "ff")) "")
(component instance $i $lists)
(assert_trap (invoke "of-2" (u32.const 1) (str.const "02")) "")
(component instance $i $lists)
(assert_trap (invoke "of-2" (u32.const 1) (str.const "80")) "")
(component instance $i $lists)
(assert_trap (invoke "of-257" (u32.const 1) (str.const "0101")) "")
(component instance $i $lists)
(assert_trap (invoke "of-257" (u32.const 1) (str.const "ffff")) "")
(component instance $i $lists)
(assert_trap (invoke "byte-first" (u32.const 1) (str.const "01cc 0101 02 ff")) "")
;; Also behind one that is a case.
(component instance $i $lists)
(assert_trap (invoke "of-2" (u32.const 2) (str.const "01 02")) "")
(component instance $i $lists)
;; Only what belongs to the length is read.
(assert_return (invoke "of-2" (u32.const 1) (str.const "01 02")) (str.const "01"))
