
  ;; `store_string_to_latin1_or_utf16`: begins with Latin-1. At the first character that does not fit it
  ;; makes room for UTF-16's worst case, widens what is there and goes on in UTF-16. Shrinks the block to
  ;; fit at the end.
  (func $store-{S} (param $src {F}) (param $end {F}) (param $code-units i64) (result {T})
    (local $ptr {T}) (local $latin1 {T}) (local $worst i64) (local $size i64)
    (local.set $ptr (call $allocate (i64.const 2) (local.get $code-units)))
    (local.set $latin1
      ({T}.sub
        (call ${S}-to-latin1 (local.get $src) (local.get $end) (local.get $ptr))
        (local.get $ptr)))
    (if ({F}.eq (global.get $rest) (local.get $end))
      (then
        (local.set $size (call $destination-number (local.get $latin1)))
        (if (i64.lt_u (local.get $size) (local.get $code-units))
          (then
            (local.set $ptr
              (call $reallocate
                (local.get $ptr) (local.get $code-units) (i64.const 2) (local.get $size)))))
        (global.set $length (local.get $latin1))
        (return (local.get $ptr))))
    (local.set $worst (i64.mul (i64.const 2) (local.get $code-units)))
    (local.set $ptr
      (call $reallocate
        (local.get $ptr) (local.get $code-units) (i64.const 2) (local.get $worst)))
    (call $widen (local.get $ptr) (local.get $latin1))
    (local.set $size
      (call $destination-number
        ({T}.sub
          (call ${S}-to-utf16
            (global.get $rest)
            (local.get $end)
            ({T}.add (local.get $ptr) ({T}.shl (local.get $latin1) ({T}.const 1))))
          (local.get $ptr))))
    (if (i64.gt_u (local.get $worst) (local.get $size))
      (then
        (local.set $ptr
          (call $reallocate
            (local.get $ptr) (local.get $worst) (i64.const 2) (local.get $size)))))
    (global.set $length
      ({T}.or
        (call $destination-address (i64.shr_u (local.get $size) (i64.const 1)))
        ({T}.const {T.tag})))
    (local.get $ptr))
