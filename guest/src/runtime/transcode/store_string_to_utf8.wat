
  ;; `store_string_to_utf8`: begins with ASCII. At the first other character it makes room for the worst
  ;; case, {WORST} bytes for each code unit. Shrinks the block to fit at the end.
  (func $store-{S} (param $src {F}) (param $end {F}) (param $code-units i64) (result {T})
    (local $ptr {T}) (local $ascii {T}) (local $worst i64) (local $size i64)
    (local.set $ptr (call $allocate (i64.const 1) (local.get $code-units)))
    (local.set $ascii
      ({T}.sub
        (call ${S}-to-ascii (local.get $src) (local.get $end) (local.get $ptr))
        (local.get $ptr)))
    (if ({F}.eq (global.get $rest) (local.get $end))
      (then
        (global.set $length (call $destination-address (local.get $code-units)))
        (return (local.get $ptr))))
    (local.set $worst (i64.mul (i64.const {WORST}) (local.get $code-units)))
    (local.set $ptr
      (call $reallocate
        (local.get $ptr) (local.get $code-units) (i64.const 1) (local.get $worst)))
    (local.set $size
      (call $destination-number
        ({T}.sub
          (call ${S}-to-utf8
            (global.get $rest)
            (local.get $end)
            ({T}.add (local.get $ptr) (local.get $ascii)))
          (local.get $ptr))))
    (if (i64.gt_u (local.get $worst) (local.get $size))
      (then
        (local.set $ptr
          (call $reallocate
            (local.get $ptr) (local.get $worst) (i64.const 1) (local.get $size)))))
    (global.set $length (call $destination-address (local.get $size)))
    (local.get $ptr))

  ;; The whole string, {S} to UTF-8. The result is the end of what was written.
  (func ${S}-to-utf8 (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (local $code-point i32)
    (block $done
      (loop $next
        (br_if $done ({F}.eq (local.get $src) (local.get $end)))
        (local.set $code-point (call ${S}-code-point (local.get $src) (local.get $end)))
        (if (i32.lt_u (local.get $code-point) (i32.const 0x80))
          (then
            (local.set $dst
              (call ${S}-to-ascii (local.get $src) (local.get $end) (local.get $dst)))
            (local.set $src (global.get $rest)))
          (else
            (local.set $dst (call $put-utf8 (local.get $dst) (local.get $code-point)))
            (local.set $src
              ({F}.add (local.get $src) (call ${S}-width (local.get $code-point))))))
        (br $next)))
    (local.get $dst))
