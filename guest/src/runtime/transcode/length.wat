
  ;; Set by `transcode`: the length of the result, `tagged_code_units`.
  (global $length (export "length") (mut {T}) ({T}.const 0))
