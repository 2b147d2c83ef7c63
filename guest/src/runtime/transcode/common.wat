  ;; The head of every transcoder: both memories, the checks of addresses, and reallocation.
  ;;
  ;; A transcoder is put together from the files of this directory (`../transcoder.rs` says which);
  ;; `transcode` is `load_string_from_range` of the source followed by `store_string_into_range` of
  ;; the destination (CanonicalABI.md, "Loading" and "Storing"). Files that begin with `store_` are
  ;; the functions of the specification that have these names: the same calls of `realloc`, in the
  ;; same order, with the same arguments, and the same bytes in memory at each of them. The others
  ;; are loops over characters. Every trap is a `trap_if` of the specification, or its `trap()` for a
  ;; string that is not well-formed. The specification validates the whole string before it allocates;
  ;; here both happen in one pass. Where a string is not well-formed and `realloc` fails too, that is
  ;; another reason to trap; nothing else can tell, for a trap ends the instance.
  ;;
  ;; One difference: `store_string_into_range` of definitions.py tests the source's UTF-16 tag at the
  ;; bit that is the tag in the destination. Where one memory is 32-bit and the other 64-bit, that is
  ;; a slip; here it is the bit that `load_string_from_range` tests.
  ;;
  ;; Placeholders: {F} and {T} are the address types of source and destination, i32 or i64; sizes
  ;; and counts are i64 until they become addresses. An end may be 2^32, which is 0 as an i32: so
  ;; loops compare what is left, `end - src`, and never `src` with `end`. The placeholders with
  ;; `leaving` turn `may_leave` off while `realloc` runs, or are empty where nothing keeps that flag.

  (import "from" "memory" (memory $from {F} 0 {F.pagesize}))
  (import "to" "memory" (memory $to {T} 0 {T.pagesize}))
  (import "to" "realloc"
    (func $realloc
      (param $old {T}) (param $old-size {T}) (param $alignment {T}) (param $new-size {T})
      (result {T})))
  {import-may-leave}
  (import "trap" "string too long" (func $trap-string-too-long))
  (import "trap" "string not aligned" (func $trap-string-not-aligned))
  (import "trap" "string out of bounds" (func $trap-string-out-of-bounds))
  (import "trap" "string is not UTF-8" (func $trap-not-utf8))
  (import "trap" "string is not UTF-16" (func $trap-not-utf16))
  (import "trap" "result of realloc not aligned" (func $trap-realloc-not-aligned))
  (import "trap" "result of realloc out of bounds" (func $trap-realloc-out-of-bounds))

  ;; From an address or a count of the source to an i64, and back.
  (func $source-number (param $n {F}) (result i64)
    local.get $n {F.to-i64})
  (func $source-address (param $n i64) (result {F})
    local.get $n {F.from-i64})

  ;; The same for the destination.
  (func $destination-number (param $n {T}) (result i64)
    local.get $n {T.to-i64})
  (func $destination-address (param $n i64) (result {T})
    local.get $n {T.from-i64})

  ;; The size of each memory, in bytes.
  (func $source-size (result i64)
    (i64.shl (call $source-number (memory.size $from)) (i64.const {F.page-bits})))
  (func $destination-size (result i64)
    (i64.shl (call $destination-number (memory.size $to)) (i64.const {T.page-bits})))

  ;; Whether ptr + byte-length > size. The sum is not computed: it could overflow.
  (func $out-of-bounds (param $ptr i64) (param $byte-length i64) (param $size i64) (result i32)
    (if (i64.gt_u (local.get $ptr) (local.get $size))
      (then (return (i32.const 1))))
    (i64.gt_u (local.get $byte-length) (i64.sub (local.get $size) (local.get $ptr))))

  ;; Whether ptr is no multiple of alignment, a power of two.
  (func $not-aligned (param $ptr i64) (param $alignment i64) (result i32)
    (i64.ne
      (i64.and (local.get $ptr) (i64.sub (local.get $alignment) (i64.const 1)))
      (i64.const 0)))

  ;; The checks of `load_string_from_range`; the result is the string's end. The limit is
  ;; `MAX_STRING_BYTE_LENGTH`. The count is checked against it first, so that the product fits.
  (func $check-source
    (param $ptr {F}) (param $code-units i64) (param $unit-size i64) (param $alignment i64)
    (result {F})
    (local $byte-length i64)
    (if (i64.gt_u (local.get $code-units) (i64.const 0xfffffff))
      (then (call $trap-string-too-long) (unreachable)))
    (local.set $byte-length (i64.mul (local.get $code-units) (local.get $unit-size)))
    (if (i64.gt_u (local.get $byte-length) (i64.const 0xfffffff))
      (then (call $trap-string-too-long) (unreachable)))
    (if (call $not-aligned (call $source-number (local.get $ptr)) (local.get $alignment))
      (then (call $trap-string-not-aligned) (unreachable)))
    (if (call $out-of-bounds
          (call $source-number (local.get $ptr))
          (local.get $byte-length)
          (call $source-size))
      (then (call $trap-string-out-of-bounds) (unreachable)))
    ({F}.add (local.get $ptr) (call $source-address (local.get $byte-length))))

  ;; Calls the destination's `realloc` and checks the address that it returns.
  (func $reallocate
    (param $old {T}) (param $old-size i64) (param $alignment i64) (param $new-size i64)
    (result {T})
    (local $ptr {T})
    {forbid-leaving}
    (local.set $ptr
      (call $realloc
        (local.get $old)
        (call $destination-address (local.get $old-size))
        (call $destination-address (local.get $alignment))
        (call $destination-address (local.get $new-size))))
    {allow-leaving}
    (if (call $not-aligned (call $destination-number (local.get $ptr)) (local.get $alignment))
      (then (call $trap-realloc-not-aligned) (unreachable)))
    (if (call $out-of-bounds
          (call $destination-number (local.get $ptr))
          (local.get $new-size)
          (call $destination-size))
      (then (call $trap-realloc-out-of-bounds) (unreachable)))
    (local.get $ptr))

  ;; The same for a new block.
  (func $allocate (param $alignment i64) (param $size i64) (result {T})
    (call $reallocate
      ({T}.const 0) (i64.const 0) (local.get $alignment) (local.get $size)))
