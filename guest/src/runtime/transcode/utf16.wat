
  ;; The code point that begins at src, before end. Traps at a surrogate without its partner.
  (func $utf16-code-point (param $src {F}) (param $end {F}) (result i32)
    (local $unit i32) (local $low i32)
    (local.set $unit (i32.load16_u $from (local.get $src)))
    (if (i32.ne (i32.and (local.get $unit) (i32.const 0xf800)) (i32.const 0xd800))
      (then (return (local.get $unit))))
    (if (i32.ge_u (local.get $unit) (i32.const 0xdc00))
      (then (call $trap-not-utf16) (unreachable)))
    (if ({F}.lt_u ({F}.sub (local.get $end) (local.get $src)) ({F}.const 4))
      (then (call $trap-not-utf16) (unreachable)))
    (local.set $low (i32.load16_u $from offset=2 (local.get $src)))
    (if (i32.ne (i32.and (local.get $low) (i32.const 0xfc00)) (i32.const 0xdc00))
      (then (call $trap-not-utf16) (unreachable)))
    (i32.add
      (i32.const 0x10000)
      (i32.or
        (i32.shl (i32.and (local.get $unit) (i32.const 0x3ff)) (i32.const 10))
        (i32.and (local.get $low) (i32.const 0x3ff)))))

  ;; How many bytes a code point has.
  (func $utf16-width (param $code-point i32) (result {F})
    (if (i32.lt_u (local.get $code-point) (i32.const 0x10000))
      (then (return ({F}.const 2))))
    ({F}.const 4))
