
  ;; Copies the bytes from src to end to dst; the result is where they end there.
  (func $copy (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (local $size i64)
    (local.set $size (call $source-number ({F}.sub (local.get $end) (local.get $src))))
    local.get $dst
    local.get $src
    local.get $size {N.from-i64} ;; the narrower of both address types
    memory.copy $to $from
    ({T}.add (local.get $dst) (call $destination-address (local.get $size))))
