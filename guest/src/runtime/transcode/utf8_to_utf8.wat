
  ;; `load_string_from_range` and `store_string_copy` for UTF-8, in one function: most strings are
  ;; short, and a call costs as much as copying 16 bytes. ASCII is validated and copied in one pass.
  (func $transcode (export "transcode") (param $src {F}) (param $code-units {F}) (result {T})
    (local $size i64) (local $at i64) (local $room i64)
    (local $end {F}) (local $result {T}) (local $dst {T})
    (local $a i64) (local $b i64) (local $c i64) (local $d i64)
    local.get $code-units {F.to-i64}
    local.set $size
    (if (i64.gt_u (local.get $size) (i64.const 0xfffffff))
      (then (call $trap-string-too-long) (unreachable)))
    local.get $src {F.to-i64}
    local.set $at
    memory.size $from {F.to-i64}
    i64.const {F.page-bits}
    i64.shl
    local.set $room
    (if {F.out-of-bounds}
      (then (call $trap-string-out-of-bounds) (unreachable)))
    (local.set $end ({F}.add (local.get $src) (local.get $code-units)))

    {forbid-leaving}
    ({T}.const 0)
    ({T}.const 0)
    ({T}.const 1)
    local.get $size {T.from-i64}
    call $realloc
    local.tee $result
    local.tee $dst
    {T.to-i64}
    local.set $at
    {allow-leaving}
    memory.size $to {T.to-i64}
    i64.const {T.page-bits}
    i64.shl
    local.set $room
    (if {T.out-of-bounds}
      (then (call $trap-realloc-out-of-bounds) (unreachable)))

    (block $odd
      ;; Tail: one overlapping 8-byte store, or a 4-byte one if the string has fewer than 8 bytes.
      (if (i64.gt_u (local.get $size) (i64.const 16))
        (then
          (loop $blocks
            (if ({F}.ge_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 32))
              (then
                (br_if $odd
                  (i64.ne
                    (i64.and
                      (i64.or
                        (i64.or
                          (local.tee $a (i64.load $from align=1 (local.get $src)))
                          (local.tee $b (i64.load $from offset=8 align=1 (local.get $src))))
                        (i64.or
                          (local.tee $c (i64.load $from offset=16 align=1 (local.get $src)))
                          (local.tee $d (i64.load $from offset=24 align=1 (local.get $src)))))
                      (i64.const 0x8080808080808080))
                    (i64.const 0)))
                (i64.store $to align=1 (local.get $dst) (local.get $a))
                (i64.store $to offset=8 align=1 (local.get $dst) (local.get $b))
                (i64.store $to offset=16 align=1 (local.get $dst) (local.get $c))
                (i64.store $to offset=24 align=1 (local.get $dst) (local.get $d))
                (local.set $src ({F}.add (local.get $src) ({F}.const 32)))
                (local.set $dst ({T}.add (local.get $dst) ({T}.const 32)))
                (br $blocks))))
          (loop $words
            (if ({F}.gt_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 8))
              (then
                (br_if $odd
                  (i64.ne
                    (i64.and
                      (local.tee $a (i64.load $from align=1 (local.get $src)))
                      (i64.const 0x8080808080808080))
                    (i64.const 0)))
                (i64.store $to align=1 (local.get $dst) (local.get $a))
                (local.set $src ({F}.add (local.get $src) ({F}.const 8)))
                (local.set $dst ({T}.add (local.get $dst) ({T}.const 8)))
                (br $words))))
          (br_if $odd
            (i64.ne
              (i64.and
                (local.tee $a (i64.load $from align=1 ({F}.sub (local.get $end) ({F}.const 8))))
                (i64.const 0x8080808080808080))
              (i64.const 0)))
          (i64.sub (local.get $size) (i64.const 8)) {T.from-i64}
          local.get $result
          {T}.add
          local.get $a
          i64.store $to align=1
          (return (local.get $result))))
      (if (i64.ge_u (local.get $size) (i64.const 8))
        (then
          (br_if $odd
            (i64.ne
              (i64.and
                (i64.or
                  (local.tee $a (i64.load $from align=1 (local.get $src)))
                  (local.tee $b (i64.load $from align=1 ({F}.sub (local.get $end) ({F}.const 8)))))
                (i64.const 0x8080808080808080))
              (i64.const 0)))
          (i64.store $to align=1 (local.get $dst) (local.get $a))
          (i64.sub (local.get $size) (i64.const 8)) {T.from-i64}
          local.get $result
          {T}.add
          local.get $b
          i64.store $to align=1
          (return (local.get $result))))
      (if (i64.ge_u (local.get $size) (i64.const 4))
        (then
          (br_if $odd
            (i64.ne
              (i64.and
                (i64.or
                  (local.tee $a (i64.load32_u $from align=1 (local.get $src)))
                  (local.tee $b
                    (i64.load32_u $from align=1 ({F}.sub (local.get $end) ({F}.const 4)))))
                (i64.const 0x80808080))
              (i64.const 0)))
          (i64.store32 $to align=1 (local.get $dst) (local.get $a))
          (i64.sub (local.get $size) (i64.const 4)) {T.from-i64}
          local.get $result
          {T}.add
          local.get $b
          i64.store32 $to align=1
          (return (local.get $result))))
      (loop $bytes
        (if ({F}.ne (local.get $src) (local.get $end))
          (then
            (br_if $odd
              (i64.ge_u (local.tee $a (i64.load8_u $from (local.get $src))) (i64.const 0x80)))
            (i64.store8 $to (local.get $dst) (local.get $a))
            (local.set $src ({F}.add (local.get $src) ({F}.const 1)))
            (local.set $dst ({T}.add (local.get $dst) ({T}.const 1)))
            (br $bytes))))
      (return (local.get $result)))

    ;; Slow path: there is something other than ASCII from src on.
    (call $check-utf8 (local.get $src) (local.get $end))
    (drop (call $copy (local.get $src) (local.get $end) (local.get $dst)))
    (local.get $result))

  ;; Traps unless the bytes are well-formed UTF-8: the shortest form, complete, at most U+10FFFF, and
  ;; no surrogate (The Unicode Standard, table 3-7).
  (func $check-utf8 (param $src {F}) (param $end {F})
    (local $char i32) (local $bits i32)
    (block $done
      (loop $next
        ;; Fast path: 8 bytes at a time while they are ASCII.
        (block $look
          (loop $words
            (br_if $look
              ({F}.lt_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 8)))
            (br_if $look
              (i64.ne
                (i64.and (i64.load $from align=1 (local.get $src)) (i64.const 0x8080808080808080))
                (i64.const 0)))
            (local.set $src ({F}.add (local.get $src) ({F}.const 8)))
            (br $words)))
        (loop $char
          (br_if $done ({F}.eq (local.get $src) (local.get $end)))
          ;; The next 4 bytes, little-endian; those past the end are 0, which is no continuation byte.
          (local.set $char
            (if (result i32) ({F}.ge_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 4))
              (then (i32.load $from align=1 (local.get $src)))
              (else (call $last-bytes (local.get $src) (local.get $end)))))
          (if (i32.eqz (i32.and (local.get $char) (i32.const 0x80)))
            (then
              (local.set $src ({F}.add (local.get $src) ({F}.const 1)))
              (br $next)))
          ;; 110xxxxx 10xxxxxx
          (if (i32.eq (i32.and (local.get $char) (i32.const 0xc0e0)) (i32.const 0x80c0))
            (then
              ;; Overlong: below U+0080.
              (if (i32.eqz (i32.and (local.get $char) (i32.const 0x1e)))
                (then (call $trap-not-utf8) (unreachable)))
              (local.set $src ({F}.add (local.get $src) ({F}.const 2)))
              (br $char)))
          ;; 1110xxxx 10xxxxxx 10xxxxxx
          (if (i32.eq (i32.and (local.get $char) (i32.const 0xc0c0f0)) (i32.const 0x8080e0))
            (then
              ;; Overlong, below U+0800, or a surrogate, U+D800 to U+DFFF.
              (local.set $bits (i32.and (local.get $char) (i32.const 0x200f)))
              (if (i32.or
                    (i32.eqz (local.get $bits))
                    (i32.eq (local.get $bits) (i32.const 0x200d)))
                (then (call $trap-not-utf8) (unreachable)))
              (local.set $src ({F}.add (local.get $src) ({F}.const 3)))
              (br $char)))
          ;; 11110xxx 10xxxxxx 10xxxxxx 10xxxxxx
          (if (i32.ne (i32.and (local.get $char) (i32.const 0xc0c0c0f8)) (i32.const 0x808080f0))
            (then (call $trap-not-utf8) (unreachable)))
          ;; The highest 5 bits of the code point, from U+10000 to U+10FFFF: 1 to 16.
          (local.set $bits
            (i32.or
              (i32.shl (i32.and (local.get $char) (i32.const 7)) (i32.const 2))
              (i32.and (i32.shr_u (local.get $char) (i32.const 12)) (i32.const 3))))
          (if (i32.gt_u (i32.sub (local.get $bits) (i32.const 1)) (i32.const 15))
            (then (call $trap-not-utf8) (unreachable)))
          (local.set $src ({F}.add (local.get $src) ({F}.const 4)))
          (br $char)))))

  ;; The last 1 to 3 bytes before the end, little-endian.
  (func $last-bytes (param $src {F}) (param $end {F}) (result i32)
    (local $bytes i32) (local $shift i32)
    (loop $next
      (local.set $bytes
        (i32.or
          (local.get $bytes)
          (i32.shl (i32.load8_u $from (local.get $src)) (local.get $shift))))
      (local.set $shift (i32.add (local.get $shift) (i32.const 8)))
      (local.set $src ({F}.add (local.get $src) ({F}.const 1)))
      (br_if $next ({F}.ne (local.get $src) (local.get $end))))
    (local.get $bytes))
