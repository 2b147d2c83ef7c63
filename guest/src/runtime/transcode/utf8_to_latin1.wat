
  ;; UTF-8 to Latin-1, up to the first character above U+00FF: sets `$rest`. The result is the end of
  ;; what was written.
  (func $utf8-to-latin1 (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (local $code-point i32) (local $word i64)
    (block $done
      (loop $next
        ;; ASCII, 8 characters at a time.
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
        (local.set $code-point (call $utf8-code-point (local.get $src) (local.get $end)))
        (br_if $done (i32.ge_u (local.get $code-point) (i32.const 0x100)))
        (i32.store8 $to (local.get $dst) (local.get $code-point))
        (local.set $src
          ({F}.add (local.get $src) (call $utf8-width (local.get $code-point))))
        (local.set $dst ({T}.add (local.get $dst) ({T}.const 1)))
        (br $next)))
    (global.set $rest (local.get $src))
    (local.get $dst))
