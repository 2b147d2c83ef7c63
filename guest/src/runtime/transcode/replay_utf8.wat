
  ;; `store_string_to_utf8` writes ASCII before it reallocates; `store_string_copy` does not reallocate.
  (func $transcode (export "transcode") (param $src i32) (param $code-units i32) (result {T})
    (local $end i32) (local $at i32)
    (local.set $end (i32.add (local.get $src) (local.get $code-units)))
    (local.set $at (local.get $src))
    (block $ascii
      (br_if $ascii (i64.lt_s (call $second (local.get $src)) (i64.const 0)))
      (loop $next
        (br_if $ascii (i32.eq (local.get $at) (local.get $end)))
        (br_if $ascii (i32.ge_u (i32.load8_u $from (local.get $at)) (i32.const 0x80)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (call $replay
      (local.get $src)
      (local.get $end)
      (i64.extend_i32_u (i32.sub (local.get $at) (local.get $src)))
      (i64.const 1)))
