
  ;; `store_probably_utf16_to_latin1_or_utf16`: copies UTF-16; narrows it if all of it turns out to be
  ;; Latin-1.
  (func $store-utf16 (param $src {F}) (param $end {F}) (param $code-units i64) (result {T})
    (local $ptr {T}) (local $size i64)
    (local.set $size (i64.mul (i64.const 2) (local.get $code-units)))
    (local.set $ptr (call $allocate (i64.const 2) (local.get $size)))
    (if (call $any-above-latin1
          (local.get $ptr)
          (call $utf16-to-utf16 (local.get $src) (local.get $end) (local.get $ptr)))
      (then
        (global.set $length
          ({T}.or
            (call $destination-address (local.get $code-units))
            ({T}.const {T.tag})))
        (return (local.get $ptr))))
    (call $narrow (local.get $ptr) (call $destination-address (local.get $code-units)))
    (global.set $length (call $destination-address (local.get $code-units)))
    ;; This `realloc` has alignment 1, as the specification has it for the narrowed string.
    (call $reallocate
      (local.get $ptr) (local.get $size) (i64.const 1) (local.get $code-units)))

  ;; Whether a code unit from ptr to end, in the destination, is no Latin-1: above 0xff.
  (func $any-above-latin1 (param $ptr {T}) (param $end {T}) (result i32)
    (block $look
      (loop $words
        (br_if $look ({T}.lt_u ({T}.sub (local.get $end) (local.get $ptr)) ({T}.const 8)))
        (if (i64.ne
              (i64.and
                (i64.load $to align=2 (local.get $ptr))
                (i64.const 0xff00ff00ff00ff00))
              (i64.const 0))
          (then (return (i32.const 1))))
        (local.set $ptr ({T}.add (local.get $ptr) ({T}.const 8)))
        (br $words)))
    (block $done
      (loop $next
        (br_if $done ({T}.eq (local.get $ptr) (local.get $end)))
        (if (i32.load8_u $to offset=1 (local.get $ptr))
          (then (return (i32.const 1))))
        (local.set $ptr ({T}.add (local.get $ptr) ({T}.const 2)))
        (br $next)))
    (i32.const 0))
