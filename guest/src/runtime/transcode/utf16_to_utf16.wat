
  ;; UTF-16 to UTF-16: traps unless it is well-formed, then copies it. The result is the end of the copy.
  (func $utf16-to-utf16 (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (call $check-utf16 (local.get $src) (local.get $end))
    (call $copy (local.get $src) (local.get $end) (local.get $dst)))

  (func $check-utf16 (param $src {F}) (param $end {F})
    (block $done
      (loop $next
        ;; Fast path: 8 bytes at a time while all of their code units are ASCII.
        (block $look
          (loop $words
            (br_if $look
              ({F}.lt_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 8)))
            (br_if $look
              (i64.ne
                (i64.and (i64.load $from align=1 (local.get $src)) (i64.const 0xff80ff80ff80ff80))
                (i64.const 0)))
            (local.set $src ({F}.add (local.get $src) ({F}.const 8)))
            (br $words)))
        (br_if $done ({F}.eq (local.get $src) (local.get $end)))
        (local.set $src
          ({F}.add
            (local.get $src)
            (call $utf16-width
              (call $utf16-code-point (local.get $src) (local.get $end)))))
        (br $next))))
