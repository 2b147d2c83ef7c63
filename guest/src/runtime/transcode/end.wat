
  ;; The end of a string of so many bytes; traps if the memory ends before it.
  (func $end (param $src i32) (param $size i64) (result i32)
    (if (call $out-of-bounds (call $source-number (local.get $src)) (local.get $size) (call $source-size))
      (then (call $trap-string-out-of-bounds) (unreachable)))
    (i32.add (local.get $src) (i32.wrap_i64 (local.get $size))))
