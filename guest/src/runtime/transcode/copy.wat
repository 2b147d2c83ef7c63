
  ;; Copies the bytes from src to end to dst; the result is the end of the copy.
  (func $copy (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (local $size i64)
    (local.set $size (call $source-number ({F}.sub (local.get $end) (local.get $src))))
    local.get $dst
    local.get $src
    local.get $size {N.from-i64} ;; a copy's size has the narrower address type
    memory.copy $to $from
    ({T}.add (local.get $dst) (call $destination-address (local.get $size))))
