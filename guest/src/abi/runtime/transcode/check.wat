
  ;; {S} to {S}: traps unless it is well-formed, then copies it. The result is where it ends.
  (func ${S}-to-{S} (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (call $check-{S} (local.get $src) (local.get $end))
    (call $copy (local.get $src) (local.get $end) (local.get $dst)))

  (func $check-{S} (param $src {F}) (param $end {F})
    (block $done
      (loop $next
        ;; 8 bytes at a time as long as no code unit in them needs a closer look.
        (block $look
          (loop $words
            (br_if $look
              ({F}.lt_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 8)))
            (br_if $look
              (i64.ne
                (i64.and (i64.load $from align=1 (local.get $src)) (i64.const {ASCII}))
                (i64.const 0)))
            (local.set $src ({F}.add (local.get $src) ({F}.const 8)))
            (br $words)))
        (br_if $done ({F}.eq (local.get $src) (local.get $end)))
        (local.set $src
          ({F}.add
            (local.get $src)
            (call ${S}-width
              (call ${S}-code-point (local.get $src) (local.get $end)))))
        (br $next))))
