
  ;; `store_utf8_to_utf16` writes all before it shrinks; `store_string_copy` does not reallocate.
  (func $transcode (export "transcode") (param $src i32) (param $code-units i32) (result {T})
    (local $size i64)
    (global.set $length (call $destination-address (call $source-number (local.get $code-units))))
    (local.set $size (i64.shl (call $source-number (local.get $code-units)) (i64.const 1)))
    (call $replay
      (local.get $src)
      (call $end (local.get $src) (local.get $size))
      (local.get $size)
      (i64.const 2)))
