
  ;; `load_string_from_range` for UTF-8.
  (func $transcode (export "transcode")
    (param $ptr {F}) (param $tagged-code-units {F}) (result {T})
    (local $code-units i64)
    (local.set $code-units (call $source-number (local.get $tagged-code-units)))
    (call $store-utf8
      (local.get $ptr)
      (call $check-source
        (local.get $ptr) (local.get $code-units) (i64.const 1) (i64.const 1))
      (local.get $code-units)))
