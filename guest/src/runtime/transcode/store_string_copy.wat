
  ;; `store_string_copy`: the result has as many code units as the source.
  (func $store-{S} (param $src {F}) (param $end {F}) (param $code-units i64) (result {T})
    (local $ptr {T})
    (local.set $ptr
      (call $allocate
        (i64.const {ALIGNMENT})
        (i64.mul (i64.const {UNIT}) (local.get $code-units))))
    (drop (call ${S}-to-{D} (local.get $src) (local.get $end) (local.get $ptr)))
    (global.set $length (call $destination-address (local.get $code-units)))
    (local.get $ptr))
