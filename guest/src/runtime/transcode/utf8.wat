
  ;; The code point that begins at src, before end. Traps unless it is well-formed UTF-8: the
  ;; shortest form, complete, at most U+10FFFF, and no surrogate.
  (func $utf8-code-point (param $src {F}) (param $end {F}) (result i32)
    (local $first i32) (local $second i32) (local $third i32) (local $fourth i32)
    (local $code-point i32) (local $left {F})
    (local.set $first (i32.load8_u $from (local.get $src)))
    (if (i32.lt_u (local.get $first) (i32.const 0x80))
      (then (return (local.get $first))))
    (local.set $left ({F}.sub (local.get $end) (local.get $src)))
    ;; Flipping the highest bit of a continuation byte, 10xxxxxx, leaves its payload, below 0x40. Any
    ;; other byte becomes 0x40 or more, so one comparison of them all or-ed together finds it.

    ;; Up to 0xbf it is a continuation byte; 0xc0 and 0xc1 would be overlong.
    (if (i32.lt_u (local.get $first) (i32.const 0xc2))
      (then (call $trap-not-utf8) (unreachable)))
    (if (i32.lt_u (local.get $first) (i32.const 0xe0))
      (then
        (if ({F}.lt_u (local.get $left) ({F}.const 2))
          (then (call $trap-not-utf8) (unreachable)))
        (local.set $second
          (i32.xor (i32.load8_u $from offset=1 (local.get $src)) (i32.const 0x80)))
        (if (i32.ge_u (local.get $second) (i32.const 0x40))
          (then (call $trap-not-utf8) (unreachable)))
        (return
          (i32.or
            (i32.shl (i32.and (local.get $first) (i32.const 0x1f)) (i32.const 6))
            (local.get $second)))))

    (if ({F}.lt_u (local.get $left) ({F}.const 3))
      (then (call $trap-not-utf8) (unreachable)))
    (local.set $second
      (i32.xor (i32.load8_u $from offset=1 (local.get $src)) (i32.const 0x80)))
    (local.set $third
      (i32.xor (i32.load8_u $from offset=2 (local.get $src)) (i32.const 0x80)))
    (if (i32.ge_u (i32.or (local.get $second) (local.get $third)) (i32.const 0x40))
      (then (call $trap-not-utf8) (unreachable)))
    (local.set $code-point
      (i32.or
        (i32.shl (local.get $second) (i32.const 6))
        (local.get $third)))
    (if (i32.lt_u (local.get $first) (i32.const 0xf0))
      (then
        (local.set $code-point
          (i32.or
            (i32.shl (i32.and (local.get $first) (i32.const 0x0f)) (i32.const 12))
            (local.get $code-point)))
        (if (i32.lt_u (local.get $code-point) (i32.const 0x800))
          (then (call $trap-not-utf8) (unreachable)))
        (if (i32.eq (i32.and (local.get $code-point) (i32.const 0xf800)) (i32.const 0xd800))
          (then (call $trap-not-utf8) (unreachable)))
        (return (local.get $code-point))))

    (if (i32.gt_u (local.get $first) (i32.const 0xf4))
      (then (call $trap-not-utf8) (unreachable)))
    (if ({F}.lt_u (local.get $left) ({F}.const 4))
      (then (call $trap-not-utf8) (unreachable)))
    (local.set $fourth
      (i32.xor (i32.load8_u $from offset=3 (local.get $src)) (i32.const 0x80)))
    (if (i32.ge_u (local.get $fourth) (i32.const 0x40))
      (then (call $trap-not-utf8) (unreachable)))
    (local.set $code-point
      (i32.or
        (i32.shl (i32.and (local.get $first) (i32.const 0x07)) (i32.const 18))
        (i32.or
          (i32.shl (local.get $code-point) (i32.const 6))
          (local.get $fourth))))
    ;; From U+10000 to U+10FFFF.
    (if (i32.ge_u
          (i32.sub (local.get $code-point) (i32.const 0x10000))
          (i32.const 0x100000))
      (then (call $trap-not-utf8) (unreachable)))
    (local.get $code-point))

  ;; How many bytes a code point has.
  (func $utf8-width (param $code-point i32) (result {F})
    (if (i32.lt_u (local.get $code-point) (i32.const 0x80))
      (then (return ({F}.const 1))))
    (if (i32.lt_u (local.get $code-point) (i32.const 0x800))
      (then (return ({F}.const 2))))
    (if (i32.lt_u (local.get $code-point) (i32.const 0x10000))
      (then (return ({F}.const 3))))
    ({F}.const 4))
