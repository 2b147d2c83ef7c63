
  ;; The whole string, Latin-1 to UTF-16. The result is the end of what was written.
  (func $latin1-to-utf16 (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (local $word i64)
    ;; 4 characters at a time, spread in two steps: 0000dcba, 00dc00ba, 0d0c0b0a (a digit is a byte).
    (block $look
      (loop $words
        (br_if $look
          ({F}.lt_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 4)))
        (local.set $word (i64.load32_u $from align=1 (local.get $src)))
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
    (block $done
      (loop $next
        (br_if $done ({F}.eq (local.get $src) (local.get $end)))
        (i32.store16 $to (local.get $dst) (i32.load8_u $from (local.get $src)))
        (local.set $src ({F}.add (local.get $src) ({F}.const 1)))
        (local.set $dst ({T}.add (local.get $dst) ({T}.const 2)))
        (br $next)))
    (local.get $dst))
