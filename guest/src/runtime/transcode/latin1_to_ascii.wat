
  ;; Latin-1 to ASCII, up to the first character that is not ASCII: sets `$rest`. The result is the end
  ;; of what was written.
  (func $latin1-to-ascii (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (local $unit i32) (local $word i64)
    (block $done
      (loop $next
        ;; 8 characters at a time.
        (block $look
          (loop $words
            (br_if $look
              ({F}.lt_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 8)))
            (local.set $word (i64.load $from align=1 (local.get $src)))
            (br_if $look
              (i64.ne
                (i64.and (local.get $word) (i64.const 0x8080808080808080))
                (i64.const 0)))
            (i64.store $to align=1 (local.get $dst) (local.get $word))
            (local.set $src ({F}.add (local.get $src) ({F}.const 8)))
            (local.set $dst ({T}.add (local.get $dst) ({T}.const 8)))
            (br $words)))
        (br_if $done ({F}.eq (local.get $src) (local.get $end)))
        (local.set $unit (i32.load8_u $from (local.get $src)))
        (br_if $done (i32.ge_u (local.get $unit) (i32.const 0x80)))
        (i32.store8 $to (local.get $dst) (local.get $unit))
        (local.set $src ({F}.add (local.get $src) ({F}.const 1)))
        (local.set $dst ({T}.add (local.get $dst) ({T}.const 1)))
        (br $next)))
    (global.set $rest (local.get $src))
    (local.get $dst))
