
  ;; UTF-16 to one byte a character, up to the first one that is {LIMIT} or more: sets `$rest`. The
  ;; result is the end of what was written.
  (func $utf16-to-{NARROW} (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (local $unit i32) (local $word i64)
    (block $done
      (loop $next
        ;; 4 characters at a time, packed in two steps: 0d0c0b0a, 00dc00ba, 0000dcba (a digit is a byte).
        (block $look
          (loop $words
            (br_if $look
              ({F}.lt_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 8)))
            (local.set $word (i64.load $from align=2 (local.get $src)))
            (br_if $look
              (i64.ne (i64.and (local.get $word) (i64.const {OTHERS})) (i64.const 0)))
            (local.set $word
              (i64.and
                (i64.or (local.get $word) (i64.shr_u (local.get $word) (i64.const 8)))
                (i64.const 0x0000ffff0000ffff)))
            (i64.store32 $to align=1
              (local.get $dst)
              (i64.or (local.get $word) (i64.shr_u (local.get $word) (i64.const 16))))
            (local.set $src ({F}.add (local.get $src) ({F}.const 8)))
            (local.set $dst ({T}.add (local.get $dst) ({T}.const 4)))
            (br $words)))
        (br_if $done ({F}.eq (local.get $src) (local.get $end)))
        (local.set $unit (i32.load16_u $from (local.get $src)))
        (br_if $done (i32.ge_u (local.get $unit) (i32.const {LIMIT})))
        (i32.store8 $to (local.get $dst) (local.get $unit))
        (local.set $src ({F}.add (local.get $src) ({F}.const 2)))
        (local.set $dst ({T}.add (local.get $dst) ({T}.const 1)))
        (br $next)))
    (global.set $rest (local.get $src))
    (local.get $dst))
