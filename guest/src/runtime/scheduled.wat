;; A part of the handle runtime (`handles.wat`, which has the words), for the scheduler (`scheduler/`), whose objects
;; have indices in the same tables. A *cell* is a scope of its own, for a call that may go on after its caller: its
;; address plus 1.

  ;; `Table.get`, for any type: the entry's `meta` and, below it, what is its representation.
  (func $entry (export "entry") (param $descriptor i32) (param $handle i32) (result i64)
    (local $entry i32)
    (block $found
      (block $refused
        {entry}
        (br_if $found (i32.load offset=4 (local.get $entry))))
      (call $trap-unknown-handle)
      (unreachable))
    (i64.load (local.get $entry)))

  ;; `lift_borrow` for a call that notes its lenders itself: the representation of a handle that is lent once
  ;; more.
  (func $lend (export "lend")
    (param $descriptor i32) (param $meta i32) (param $handle i32) (result i32)
    (local $rep i32) (local $entry i32)
    (local.set $rep (call $rep (local.get $descriptor) (local.get $meta) (local.get $handle)))
    {address}
    (i32.store offset=8 (local.get $entry)
      (i32.add (i32.load offset=8 (local.get $entry)) (i32.const 1)))
    (local.get $rep))

  ;; `lift_own` of a handle that stays in the table until it is known that it is taken: the representation. It is
  ;; lent until then.
  (func $reserve (export "reserve")
    (param $descriptor i32) (param $meta i32) (param $handle i32) (result i32)
    (local $entry i32)
    (block $found
      (block $refused
        {entry}
        (br_if $found
          (i32.eqz
            (i32.or
              (i32.ne (i32.load offset=4 (local.get $entry)) (local.get $meta))
              (i32.load offset=8 (local.get $entry))))))
      {refuse})
    (i32.store offset=8 (local.get $entry) (i32.const 1))
    (i32.load (local.get $entry)))

  ;; The end of `lend` or `reserve`. The handle is still there, because it is lent.
  (func $give-back (export "give-back") (param $descriptor i32) (param $handle i32)
    (local $entry i32)
    {address}
    (i32.store offset=8 (local.get $entry)
      (i32.sub (i32.load offset=8 (local.get $entry)) (i32.const 1))))

  ;; A cell.
  (func $new-scope (export "new-scope") (result i32)
    (local $cell i32)
    (local.set $cell (call $take (i32.const 4)))
    (i32.store (local.get $cell) (i32.const 0))
    (i32.or (local.get $cell) (i32.const 1)))

  (func $drop-scope (export "drop-scope") (param $scope i32)
    (call $give (i32.and (local.get $scope) (i32.const -2)) (i32.const 4)))

  ;; The blocks of the runtime's memory (`$alloc`) are in use for longer than one call where calls are async:
  ;; - what is carried to the host is a chain of blocks of its own, until the host has read it: `detach`,
  ;;   `free-chain`
  ;; - what the host lowers is in blocks that are in no chain: `host-realloc`. Whoever lifts a value of it gives
  ;;   the blocks back one by one: `free`

  ;; Takes the blocks that are newer than `mark` out of the chain: the newest of them, or 0.
  (func $detach (export "detach") (param $mark i32) (result i32)
    (local $first i32) (local $last i32)
    (local.set $first (global.get $newest))
    (if (i32.eq (local.get $first) (local.get $mark))
      (then (return (i32.const 0))))
    (local.set $last (local.get $first))
    (loop $next
      (if (i32.eqz (local.get $last))
        (then (call $trap-runtime-misused) (unreachable)))
      (if (i32.ne (i32.load (local.get $last)) (local.get $mark))
        (then
          (local.set $last (i32.load (local.get $last)))
          (br $next))))
    (i32.store (local.get $last) (i32.const 0))
    (global.set $newest (local.get $mark))
    (local.get $first))

  ;; Frees what `detach` has taken out.
  (func $free-chain (export "free-chain") (param $block i32)
    (local $older i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $block)))
        (local.set $older (i32.load (local.get $block)))
        (call $give (local.get $block) (i32.load8_u offset=4 (local.get $block)))
        (local.set $block (local.get $older))
        (br $next))))

  ;; The `realloc` for what the host lowers.
  (func $host-realloc (export "host-realloc")
    (param $old i32) (param $old-size i32) (param $align i32) (param $new-size i32) (result i32)
    (local $new i32)
    (local.set $new
      (call $realloc (local.get $old) (local.get $old-size) (local.get $align) (local.get $new-size)))
    ;; A new block is the newest of the chain.
    (if (i32.eq (global.get $newest) (i32.sub (local.get $new) (i32.const 16)))
      (then
        (global.set $newest (i32.load (global.get $newest)))
        (call $free (local.get $old))))
    (local.get $new))

  ;; Frees the block that begins at this address, if one does: of no bytes there need not be one.
  (func $free (export "free") (param $address i32)
    (local $block i32)
    (if (i32.or
          (i32.lt_u (local.get $address) (i32.const 16))
          (i32.and (local.get $address) (i32.const 15)))
      (then (return)))
    (local.set $block (i32.sub (local.get $address) (i32.const 16)))
    (if (i32.shr_u
          (i32.xor
            (i32.load offset=4 (local.get $block))
            (i32.xor (local.get $block) (i32.const 0x6d656c64)))
          (i32.const 8))
      (then (return)))
    (call $give (local.get $block) (i32.load8_u offset=4 (local.get $block)))
    (i32.store offset=4 (local.get $block) (i32.const 0)))

  ;; What the host has stored of an event at address 8: two words.
  (func (export "event") (result i64)
    (i64.load (i32.const 8)))
