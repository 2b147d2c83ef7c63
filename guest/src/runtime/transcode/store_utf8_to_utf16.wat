
  ;; `store_utf8_to_utf16`: makes room for the worst case, a code unit for each byte, and shrinks the
  ;; block to fit at the end.
  (func $store-utf8 (param $src {F}) (param $end {F}) (param $code-units i64) (result {T})
    (local $ptr {T}) (local $worst i64) (local $size i64)
    (local.set $worst (i64.mul (i64.const 2) (local.get $code-units)))
    (local.set $ptr (call $allocate (i64.const 2) (local.get $worst)))
    (local.set $size
      (call $destination-number
        ({T}.sub
          (call $utf8-to-utf16 (local.get $src) (local.get $end) (local.get $ptr))
          (local.get $ptr))))
    (if (i64.lt_u (local.get $size) (local.get $worst))
      (then
        (local.set $ptr
          (call $reallocate
            (local.get $ptr) (local.get $worst) (i64.const 2) (local.get $size)))))
    (global.set $length
      (call $destination-address (i64.shr_u (local.get $size) (i64.const 1))))
    (local.get $ptr))
