
  ;; A string that the host has lowered into the runtime's memory, on its way to a guest in the same
  ;; encoding. What the host lowered it from, the bytes do not tell; which calls of `realloc` that took, the
  ;; header of its block does (`../handles.wat`). They are done again, with the guest's `realloc`; at each of
  ;; them the same bytes are in the guest's memory as if the host had lowered to there. A `store_` function
  ;; of the specification allocates, may then reallocate once for the worst case or to shrink, and may then
  ;; shrink: three calls at most, of which the last is for the string's own size.
  ;;
  ;; Nothing is checked of the string: it has been lowered, not yet lifted.

  ;; The size of the second call; negative if there was none, or if no block begins at src.
  (func $second (param $src i32) (result i64)
    (if (i32.or
          (i32.lt_u (local.get $src) (i32.const 16))
          (i32.and (local.get $src) (i32.const 15)))
      (then (return (i64.const -1))))
    ;; The block's signature.
    (if (i32.shr_u
          (i32.xor
            (i32.load $from (i32.sub (local.get $src) (i32.const 12)))
            (i32.xor (i32.sub (local.get $src) (i32.const 16)) (i32.const 0x6d656c64)))
          (i32.const 8))
      (then (return (i64.const -1))))
    (i64.sub
      (i64.and
        (i64.load32_u $from (i32.sub (local.get $src) (i32.const 4)))
        (i64.const 0x7fffffff))
      (i64.const 1)))

  ;; Of a block with a second call: the size of the first, and the alignment of the later ones.
  (func $first (param $src i32) (result i64)
    (i64.load32_u $from (i32.sub (local.get $src) (i32.const 8))))
  (func $later-alignment (param $src i32) (result i64)
    (i64.sub
      (i64.const 2)
      (i64.shr_u
        (i64.load32_u $from (i32.sub (local.get $src) (i32.const 4)))
        (i64.const 31))))

  ;; The lesser.
  (func $least (param $a i64) (param $b i64) (result i64)
    (select (local.get $a) (local.get $b) (i64.lt_u (local.get $a) (local.get $b))))

  ;; The second call. A host that is no component may have called `realloc` in another way: then there is
  ;; another call here, so that there is room for the string.
  (func $second-call (param $src i32) (param $ptr {T}) (param $size i64) (result {T})
    (local.set $ptr
      (call $reallocate
        (local.get $ptr)
        (call $first (local.get $src))
        (call $later-alignment (local.get $src))
        (call $second (local.get $src))))
    (if (i64.gt_u (local.get $size) (call $second (local.get $src)))
      (then (return (call $last-call (local.get $src) (local.get $ptr) (local.get $size)))))
    (local.get $ptr))

  ;; The third call.
  (func $last-call (param $src i32) (param $ptr {T}) (param $size i64) (result {T})
    (call $reallocate
      (local.get $ptr)
      (call $second (local.get $src))
      (call $later-alignment (local.get $src))
      (local.get $size)))

  ;; The third call, if it shrinks the block.
  (func $shrink (param $src i32) (param $ptr {T}) (param $size i64) (result {T})
    (if (i64.gt_u (call $second (local.get $src)) (local.get $size))
      (then (return (call $last-call (local.get $src) (local.get $ptr) (local.get $size)))))
    (local.get $ptr))

  ;; The bytes from src to end, of which `early` were written before the second call.
  (func $replay
    (param $src i32) (param $end i32) (param $early i64) (param $alignment i64)
    (result {T})
    (local $ptr {T}) (local $size i64) (local $rest i32)
    (local.set $size (i64.extend_i32_u (i32.sub (local.get $end) (local.get $src))))
    (if (i64.lt_s (call $second (local.get $src)) (i64.const 0))
      (then
        (local.set $ptr (call $allocate (local.get $alignment) (local.get $size)))
        (drop (call $copy (local.get $src) (local.get $end) (local.get $ptr)))
        (return (local.get $ptr))))
    (local.set $ptr (call $allocate (local.get $alignment) (call $first (local.get $src))))
    (local.set $early (call $least (local.get $early) (call $first (local.get $src))))
    (local.set $rest (i32.add (local.get $src) (i32.wrap_i64 (local.get $early))))
    (drop (call $copy (local.get $src) (local.get $rest) (local.get $ptr)))
    (local.set $ptr (call $second-call (local.get $src) (local.get $ptr) (local.get $size)))
    (drop
      (call $copy
        (local.get $rest)
        (local.get $end)
        ({T}.add (local.get $ptr) (call $destination-address (local.get $early)))))
    (call $shrink (local.get $src) (local.get $ptr) (local.get $size)))
