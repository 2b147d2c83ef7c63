
  ;; UTF-16 of a string in latin1+utf16 on its way through the runtime's memory: it stays UTF-16, with its
  ;; tag, so that whoever lifts it from there lifts what was lowered to there.
  (func $store-utf16 (param $src {F}) (param $end {F}) (param $code-units i64) (result {T})
    (local $ptr {T})
    (local.set $ptr (call $allocate (i64.const 2) (i64.mul (i64.const 2) (local.get $code-units))))
    (drop (call $utf16-to-utf16 (local.get $src) (local.get $end) (local.get $ptr)))
    (global.set $length
      ({T}.or (call $destination-address (local.get $code-units)) ({T}.const {T.tag})))
    (local.get $ptr))
