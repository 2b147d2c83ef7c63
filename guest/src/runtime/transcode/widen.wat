
  ;; Latin-1 to UTF-16 in place, last character first.
  (func $widen (param $ptr {T}) (param $characters {T})
    (block $done
      (loop $next
        (br_if $done ({T}.eqz (local.get $characters)))
        (local.set $characters ({T}.sub (local.get $characters) ({T}.const 1)))
        (i32.store16 $to
          ({T}.add (local.get $ptr) ({T}.shl (local.get $characters) ({T}.const 1)))
          (i32.load8_u $to ({T}.add (local.get $ptr) (local.get $characters))))
        (br $next))))
