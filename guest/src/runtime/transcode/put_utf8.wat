
  ;; Writes a code point as UTF-8; the result is the address after it.
  (func $put-utf8 (param $dst {T}) (param $code-point i32) (result {T})
    (if (i32.lt_u (local.get $code-point) (i32.const 0x80))
      (then
        (i32.store8 $to (local.get $dst) (local.get $code-point))
        (return ({T}.add (local.get $dst) ({T}.const 1)))))
    (if (i32.lt_u (local.get $code-point) (i32.const 0x800))
      (then
        (i32.store8 $to
          (local.get $dst)
          (i32.or (i32.const 0xc0) (i32.shr_u (local.get $code-point) (i32.const 6))))
        (i32.store8 $to offset=1
          (local.get $dst) (call $continuation (local.get $code-point)))
        (return ({T}.add (local.get $dst) ({T}.const 2)))))
    (if (i32.lt_u (local.get $code-point) (i32.const 0x10000))
      (then
        (i32.store8 $to
          (local.get $dst)
          (i32.or (i32.const 0xe0) (i32.shr_u (local.get $code-point) (i32.const 12))))
        (i32.store8 $to offset=1
          (local.get $dst)
          (call $continuation (i32.shr_u (local.get $code-point) (i32.const 6))))
        (i32.store8 $to offset=2
          (local.get $dst) (call $continuation (local.get $code-point)))
        (return ({T}.add (local.get $dst) ({T}.const 3)))))
    (i32.store8 $to
      (local.get $dst)
      (i32.or (i32.const 0xf0) (i32.shr_u (local.get $code-point) (i32.const 18))))
    (i32.store8 $to offset=1
      (local.get $dst)
      (call $continuation (i32.shr_u (local.get $code-point) (i32.const 12))))
    (i32.store8 $to offset=2
      (local.get $dst)
      (call $continuation (i32.shr_u (local.get $code-point) (i32.const 6))))
    (i32.store8 $to offset=3
      (local.get $dst) (call $continuation (local.get $code-point)))
    ({T}.add (local.get $dst) ({T}.const 4)))

  ;; A continuation byte, 10xxxxxx, of the lowest 6 bits of `bits`.
  (func $continuation (param $bits i32) (result i32)
    (i32.or (i32.const 0x80) (i32.and (local.get $bits) (i32.const 0x3f))))
