
  ;; Which function it was shows in what has become of the string: Latin-1 is what all of them can end in,
  ;; with alignment 1 only `store_probably_utf16_to_latin1_or_utf16`; UTF-16 after a second call is
  ;; `store_string_to_latin1_or_utf16`.
  (func $transcode (export "transcode")
    (param $src i32) (param $tagged-code-units i32) (result {T})
    (local $code-units i64) (local $end i32)
    (local.set $code-units
      (call $source-number (i32.and (local.get $tagged-code-units) (i32.const 0x7fffffff))))
    (global.set $length (call $destination-address (local.get $code-units)))
    (if (i32.ge_s (local.get $tagged-code-units) (i32.const 0))
      (then
        (local.set $end (call $end (local.get $src) (local.get $code-units)))
        (if (call $narrowed (local.get $src) (local.get $code-units))
          (then
            (return
              (call $replay-narrowing
                (local.get $src) (local.get $end) (local.get $code-units)))))
        (return
          (call $replay
            (local.get $src) (local.get $end) (local.get $code-units) (i64.const 2)))))
    (global.set $length ({T}.or (global.get $length) ({T}.const {T.tag})))
    (local.set $end
      (call $end (local.get $src) (i64.shl (local.get $code-units) (i64.const 1))))
    (if (i64.lt_s (call $second (local.get $src)) (i64.const 0))
      (then
        (return
          (call $replay (local.get $src) (local.get $end) (i64.const 0) (i64.const 2)))))
    (call $replay-widening (local.get $src) (local.get $end)))

  ;; Whether the block had room for UTF-16 and then for Latin-1 alone, with alignment 1.
  (func $narrowed (param $src i32) (param $code-units i64) (result i32)
    (if (i64.lt_s (call $second (local.get $src)) (i64.const 0))
      (then (return (i32.const 0))))
    (i32.and
      (i64.eq (call $later-alignment (local.get $src)) (i64.const 1))
      (i32.and
        (i64.eq (call $second (local.get $src)) (local.get $code-units))
        (i64.eq
          (call $first (local.get $src))
          (i64.shl (local.get $code-units) (i64.const 1))))))

  ;; UTF-16 first, narrowed in place.
  (func $replay-narrowing (param $src i32) (param $end i32) (param $code-units i64) (result {T})
    (local $ptr {T})
    (local.set $ptr (call $allocate (i64.const 2) (call $first (local.get $src))))
    (drop (call $latin1-to-utf16 (local.get $src) (local.get $end) (local.get $ptr)))
    (call $narrow (local.get $ptr) (call $destination-address (local.get $code-units)))
    (call $second-call (local.get $src) (local.get $ptr) (local.get $code-units)))

  ;; Latin-1 as far as it goes, then room for UTF-16, to which that is widened in place.
  (func $replay-widening (param $src i32) (param $end i32) (result {T})
    (local $ptr {T}) (local $size i64) (local $room {T}) (local $latin1 {T})
    (local.set $size (i64.extend_i32_u (i32.sub (local.get $end) (local.get $src))))
    (local.set $ptr (call $allocate (i64.const 2) (call $first (local.get $src))))
    (local.set $room
      (call $destination-address (call $least (call $first (local.get $src)) (local.get $size))))
    (block $wide
      (loop $next
        (br_if $wide ({T}.eq (local.get $latin1) (local.get $room)))
        (br_if $wide (i32.eq (call $unit (local.get $src) (local.get $latin1)) (local.get $end)))
        (br_if $wide (i32.load8_u $from offset=1 (call $unit (local.get $src) (local.get $latin1))))
        (i32.store8 $to
          ({T}.add (local.get $ptr) (local.get $latin1))
          (i32.load8_u $from (call $unit (local.get $src) (local.get $latin1))))
        (local.set $latin1 ({T}.add (local.get $latin1) ({T}.const 1)))
        (br $next)))
    (local.set $ptr (call $second-call (local.get $src) (local.get $ptr) (local.get $size)))
    (call $widen (local.get $ptr) (local.get $latin1))
    (drop
      (call $copy
        (call $unit (local.get $src) (local.get $latin1))
        (local.get $end)
        ({T}.add (local.get $ptr) ({T}.shl (local.get $latin1) ({T}.const 1)))))
    (call $shrink (local.get $src) (local.get $ptr) (local.get $size)))

  ;; Where code unit number n of the source is.
  (func $unit (param $src i32) (param $n {T}) (result i32)
    (i32.add
      (local.get $src)
      (i32.wrap_i64 (i64.shl (call $destination-number (local.get $n)) (i64.const 1)))))
