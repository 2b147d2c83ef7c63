
  ;; `load_string_from_range` for latin1+utf16: the highest bit of the count is the tag of UTF-16.
  (func $transcode (export "transcode")
    (param $ptr {F}) (param $tagged-code-units {F}) (result {T})
    (local $code-units i64)
    (local.set $code-units (call $source-number (local.get $tagged-code-units)))
    (if (i64.eqz (i64.and (local.get $code-units) (i64.const {F.tag})))
      (then
        (return
          (call $store-latin1
            (local.get $ptr)
            (call $check-source
              (local.get $ptr) (local.get $code-units) (i64.const 1) (i64.const 2))
            (local.get $code-units)))))
    (local.set $code-units (i64.xor (local.get $code-units) (i64.const {F.tag})))
    (call $store-utf16
      (local.get $ptr)
      (call $check-source
        (local.get $ptr) (local.get $code-units) (i64.const 2) (i64.const 2))
      (local.get $code-units)))
