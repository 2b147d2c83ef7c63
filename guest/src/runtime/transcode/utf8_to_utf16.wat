
  ;; The whole string, UTF-8 to UTF-16. The result is the end of what was written.
  (func $utf8-to-utf16 (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (local $code-point i32) (local $word i64)
    (block $done
      (loop $next
        ;; ASCII, 4 characters at a time, spread in two steps: 0000dcba, 00dc00ba, 0d0c0b0a (a digit is a
        ;; byte).
        (block $look
          (loop $words
            (br_if $look
              ({F}.lt_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 4)))
            (local.set $word (i64.load32_u $from align=1 (local.get $src)))
            (br_if $look
              (i64.ne (i64.and (local.get $word) (i64.const 0x80808080)) (i64.const 0)))
            (local.set $word
              (i64.and
                (i64.or (local.get $word) (i64.shl (local.get $word) (i64.const 16)))
                (i64.const 0x0000ffff0000ffff)))
            (local.set $word
              (i64.and
                (i64.or (local.get $word) (i64.shl (local.get $word) (i64.const 8)))
                (i64.const 0x00ff00ff00ff00ff)))
            (i64.store $to align=2 (local.get $dst) (local.get $word))
            (local.set $src ({F}.add (local.get $src) ({F}.const 4)))
            (local.set $dst ({T}.add (local.get $dst) ({T}.const 8)))
            (br $words)))
        (br_if $done ({F}.eq (local.get $src) (local.get $end)))
        (local.set $code-point (call $utf8-code-point (local.get $src) (local.get $end)))
        (local.set $src
          ({F}.add (local.get $src) (call $utf8-width (local.get $code-point))))
        (local.set $dst (call $put-utf16 (local.get $dst) (local.get $code-point)))
        (br $next)))
    (local.get $dst))

  ;; Writes a code point as UTF-16; the result is the address after it.
  (func $put-utf16 (param $dst {T}) (param $code-point i32) (result {T})
    (if (i32.lt_u (local.get $code-point) (i32.const 0x10000))
      (then
        (i32.store16 $to (local.get $dst) (local.get $code-point))
        (return ({T}.add (local.get $dst) ({T}.const 2)))))
    ;; A surrogate pair: of the code point less 0x10000, the upper 10 bits, then the lower 10.
    (local.set $code-point (i32.sub (local.get $code-point) (i32.const 0x10000)))
    (i32.store16 $to
      (local.get $dst)
      (i32.or (i32.const 0xd800) (i32.shr_u (local.get $code-point) (i32.const 10))))
    (i32.store16 $to offset=2
      (local.get $dst)
      (i32.or (i32.const 0xdc00) (i32.and (local.get $code-point) (i32.const 0x3ff))))
    ({T}.add (local.get $dst) ({T}.const 4)))
