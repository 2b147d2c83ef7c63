
  ;; After `transcode`: the tagged code units of the result.
  (global $length (export "length") (mut {T}) ({T}.const 0))
