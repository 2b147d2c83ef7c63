
  ;; UTF-16 to Latin-1 in place, first character first.
  (func $narrow (param $ptr {T}) (param $characters {T})
    (local $done {T})
    (block $end
      (loop $next
        (br_if $end ({T}.eq (local.get $done) (local.get $characters)))
        (i32.store8 $to
          ({T}.add (local.get $ptr) (local.get $done))
          (i32.load8_u $to
            ({T}.add (local.get $ptr) ({T}.shl (local.get $done) ({T}.const 1)))))
        (local.set $done ({T}.add (local.get $done) ({T}.const 1)))
        (br $next))))
