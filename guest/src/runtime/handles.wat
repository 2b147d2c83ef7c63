;; The handle runtime: the handle tables of all component instances, the borrow scopes of calls in
;; progress, and the memory in which values lie on their way across the outer boundary.
;;
;; Behaviour is that of CanonicalABI.md ("Table State", "Resource State", `lift_own`, `lift_borrow`,
;; `lower_own`, `lower_borrow`, `canon resource.new`, `.rep` and `.drop`). Every trap below is a
;; `trap_if` there, or memory that cannot grow; `trap.rs` lists the reasons.
;;
;; Words used:
;;   table   a handle table: one for each component instance with handles. It is named by the address
;;           of its descriptor
;;   type    the number of a resource type, below 2^30
;;   rep     a resource's representation: any 32 bits; nothing here looks into it
;;   handle  an index into one table
;;   scope   the borrow scope of a call in progress
;;   frame   a scope that is an offset into the stack, which may move
;;
;; Memory:
;;   0x00  never used, so that no pointer is 0; with the scheduler, at 0x08 an event of the host's
;;   0x10  for k = 4..31, at 4k: the first free block of 2^k bytes, or 0
;;   0x80  the table descriptors, 32 bytes each
;;         {HEAP} and up: blocks
;;
;; Placeholders, filled in when the module is made: {HEAP} is 0x80 + 32 * the number of tables;
;; {PAGES} is how many pages that needs. Those in small letters are pieces of text (`mod.rs`).
(module $handles
  (import "trap" "unknown handle index" (func $trap-unknown-handle))
  (import "trap" "handle of another resource type" (func $trap-other-resource-type))
  (import "trap" "handle is lent" (func $trap-handle-is-lent))
  (import "trap" "handle is a borrow" (func $trap-handle-is-borrowed))
  (import "trap" "borrow handles still remain" (func $trap-borrows-remain))
  (import "trap" "handle table is full" (func $trap-table-is-full))
  (import "trap" "out of memory" (func $trap-out-of-memory))
  (import "trap" "misuse of the runtime's memory" (func $trap-runtime-misused))

  (memory (export "memory") {PAGES})

  ;; ---------------------------------------------------------------------------------------------
  ;; Blocks: 2^k bytes at multiples of 16. A block that is given back is only used again for the same
  ;; k. Tables and the stack double when they grow, so the blocks that they leave behind are together
  ;; smaller than the one in use.

  ;; Where the memory that was never used begins.
  (global $fresh (mut i32) (i32.const {HEAP}))

  ;; A block of 2^k bytes, k from 4 to 31. What is in it is undefined.
  (func $take (param $k i32) (result i32)
    (local $list i32) (local $block i32)
    (local.set $list (i32.shl (local.get $k) (i32.const 2)))
    (local.set $block (i32.load (local.get $list)))
    (if (i32.eqz (local.get $block))
      (then (return (call $take-fresh (i32.shl (i32.const 1) (local.get $k))))))
    (i32.store (local.get $list) (i32.load (local.get $block))) ;; the list's next block
    (local.get $block))

  ;; Cuts a block off the memory that was never used, growing it as needed.
  (func $take-fresh (param $size i32) (result i32)
    (local $block i32) (local $end i32) (local $missing i32)
    (local.set $block (global.get $fresh))
    (local.set $end (i32.add (local.get $block) (local.get $size)))
    (if (i32.lt_u (local.get $end) (local.get $block))
      (then (call $trap-out-of-memory) (unreachable))) ;; past 4 GiB
    ;; Pages up to `end`, less those that are there.
    (local.set $missing
      (i32.sub
        (i32.add (i32.shr_u (i32.sub (local.get $end) (i32.const 1)) (i32.const 16)) (i32.const 1))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then
        (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1))
          (then (call $trap-out-of-memory) (unreachable)))))
    (global.set $fresh (local.get $end))
    (local.get $block))

  ;; Gives a block of 2^k bytes back.
  (func $give (param $block i32) (param $k i32)
    (local $list i32)
    (local.set $list (i32.shl (local.get $k) (i32.const 2)))
    (i32.store (local.get $block) (i32.load (local.get $list)))
    (i32.store (local.get $list) (local.get $block)))

  ;; The least k with size <= 2^k. `size` is neither 0 nor above 2^31.
  (func $log2 (param $size i32) (result i32)
    (i32.sub (i32.const 32) (i32.clz (i32.sub (local.get $size) (i32.const 1)))))

  ;; A block of `new` bytes that begins with the `old` bytes of `block`, which is given back. Both
  ;; sizes are powers of two; `old` is 0 where there is no block yet.
  (func $move (param $block i32) (param $old i32) (param $new i32) (result i32)
    (local $moved i32)
    (local.set $moved (call $take (call $log2 (local.get $new))))
    (if (local.get $old)
      (then
        (memory.copy (local.get $moved) (local.get $block) (local.get $old))
        (call $give (local.get $block) (call $log2 (local.get $old)))))
    (local.get $moved))

  ;; ---------------------------------------------------------------------------------------------
  ;; Handle tables. A descriptor (of zeros, as long as there has been no handle):
  ;;   +0x00  array     the block of entries
  ;;   +0x04  length    how many entries have ever been used, with entry 0, which never is
  ;;   +0x08  capacity  how many entries fit into the block
  ;;   +0x0c  free      the index of the last removed entry, the head of the free list, or 0
  ;;   +0x10  borrows   `num_borrows` of the one call of the instance in progress (see below)
  ;; An entry:
  ;;   +0x0   rep
  ;;   +0x4   meta      4 * type + kind: 0 free (and type 0), 1 own, 2 borrow, 3 borrow of which `rep`
  ;;                    is itself a borrow handle in the host's table
  ;;   +0x8   lends     `num_lends`
  ;;   +0xc   scope     of a borrow: its scope; of a free entry: the next free index, or 0
  ;;
  ;; So one comparison of `meta` checks that the handle exists, its type and its kind. A function for
  ;; any kind takes the `meta` of kind 0.
  ;;
  ;; This is the hot path of every handle, and engines do not inline calls: these functions call another
  ;; one only in rare cases. They are also inlined into adapters (`adapter/inline.rs`), so they use no
  ;; globals and do not return early. What they share are pieces of text: `entry` is `Table.get` without
  ;; the check for a free entry, `address` the same without any check; `refuse` calls the function that
  ;; finds out why to trap; `add` and `remove` are `Table.add` and `Table.remove`.

  ;; Traps, for the reason that the specification's checks come to first: those of `Table.get`, of
  ;; `lift_own`, `lift_borrow`, `canon resource.rep` and `canon resource.drop`, of which at least one fails.
  (func $refuse (export "refuse") (param $descriptor i32) (param $meta i32) (param $handle i32)
    (local $entry i32) (local $found i32)
    (block $unknown
      (br_if $unknown
        (i32.ge_u (local.get $handle) (i32.load offset=4 (local.get $descriptor))))
      {address}
      (local.set $found (i32.load offset=4 (local.get $entry)))
      ;; A free entry.
      (br_if $unknown (i32.eqz (local.get $found)))
      (if (i32.ne
            (i32.shr_u (local.get $found) (i32.const 2))
            (i32.shr_u (local.get $meta) (i32.const 2)))
        (then (call $trap-other-resource-type) (unreachable)))
      (if (i32.load offset=8 (local.get $entry))
        (then (call $trap-handle-is-lent) (unreachable)))
      (call $trap-handle-is-borrowed)
      (unreachable))
    (call $trap-unknown-handle)
    (unreachable))

  ;; A new entry at the table's end: its index.
  (func $extend (export "extend") (param $descriptor i32) (result i32)
    (local $handle i32)
    (if (i32.eq
          (i32.load offset=4 (local.get $descriptor))
          (i32.load offset=8 (local.get $descriptor)))
      (then (call $grow-table (local.get $descriptor))))
    (local.set $handle (i32.load offset=4 (local.get $descriptor)))
    (i32.store offset=4 (local.get $descriptor) (i32.add (local.get $handle) (i32.const 1)))
    ;; No entry is free after this one.
    (i32.store offset=12
      (i32.add
        (i32.load (local.get $descriptor))
        (i32.shl (local.get $handle) (i32.const 4)))
      (i32.const 0))
    (local.get $handle))

  ;; Makes room for twice as many entries, or for the first 8. `Table.MAX_LENGTH` is 2^28 - 1; here the
  ;; limit is lower: a block has at most 2^31 bytes, which are 2^27 entries.
  (func $grow-table (param $descriptor i32)
    (local $old i32) (local $new i32)
    (local.set $old (i32.load offset=8 (local.get $descriptor)))
    (if (i32.ge_u (local.get $old) (i32.const 0x8000000))
      (then (call $trap-table-is-full) (unreachable)))
    (local.set $new (i32.shl (local.get $old) (i32.const 1)))
    (if (i32.eqz (local.get $old))
      (then (local.set $new (i32.const 8))))
    (i32.store (local.get $descriptor)
      (call $move
        (i32.load (local.get $descriptor))
        (i32.shl (local.get $old) (i32.const 4))
        (i32.shl (local.get $new) (i32.const 4))))
    (i32.store offset=8 (local.get $descriptor) (local.get $new))
    (if (i32.eqz (local.get $old))
      (then
        ;; Entry 0 has kind 0, so that no handle is 0, and is not in the free list.
        (i32.store offset=4 (i32.load (local.get $descriptor)) (i32.const 0))
        (i32.store offset=4 (local.get $descriptor) (i32.const 1)))))

  ;; `lower_own`, `canon resource.new`: a handle that owns `rep`.
  (func $new (export "new")
    (param $descriptor i32) (param $meta i32) (param $rep i32) (result i32)
    (local $handle i32) (local $entry i32)
    {add}
    (i64.store (local.get $entry)
      (i64.or
        (i64.shl (i64.extend_i32_u (local.get $meta)) (i64.const 32))
        (i64.extend_i32_u (local.get $rep))))
    (i64.store offset=8 (local.get $entry) (i64.const 0))
    (local.get $handle))

  ;; `lower_borrow`: a handle that the call of `scope` has to drop before it returns.
  (func $borrow (export "borrow")
    (param $descriptor i32) (param $meta i32) (param $rep i32) (param $scope i32) (result i32)
    (local $handle i32) (local $entry i32)
    {add}
    (i32.store (local.get $entry) (local.get $rep))
    (i32.store offset=4 (local.get $entry) (local.get $meta))
    (i32.store offset=8 (local.get $entry) (i32.const 0))
    (i32.store offset=12 (local.get $entry) (local.get $scope))
    (local.set $entry {cell})
    (i32.store (local.get $entry) (i32.add (i32.load (local.get $entry)) (i32.const 1)))
    (local.get $handle))

  ;; `canon resource.rep`, and `lift_borrow` where nobody can look at `num_lends`: the representation
  ;; of an own or borrow handle.
  (func $rep (export "rep")
    (param $descriptor i32) (param $meta i32) (param $handle i32) (result i32)
    (local $entry i32)
    (block $found
      (block $refused
        {entry}
        ;; The type cancels out; what is left, the kind, must be 1, 2 or 3.
        (br_if $found
          (i32.le_u
            (i32.sub
              (i32.xor (i32.load offset=4 (local.get $entry)) (local.get $meta))
              (i32.const 1))
            (i32.const 2))))
      {refuse})
    (i32.load (local.get $entry)))

  ;; `lift_own`: takes an own handle out of the table. Traps if a call in progress borrows from it.
  (func $lift-own (export "lift-own")
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
    {remove}
    (i32.load (local.get $entry)))

  ;; `canon resource.drop` without the destructor's call. The result is 2^32 + rep if the caller has to
  ;; destroy `rep` (the handle owned it, or it is a borrow handle in the host's table), else 0.
  (func $drop (export "drop")
    (param $descriptor i32) (param $meta i32) (param $handle i32) (result i64)
    (local $entry i32) (local $kind i32) (local $scope i32)
    (block $found
      (block $refused
        {entry}
        (local.set $kind (i32.xor (i32.load offset=4 (local.get $entry)) (local.get $meta)))
        (br_if $found
          (i32.eqz
            (i32.or
              (i32.gt_u (i32.sub (local.get $kind) (i32.const 1)) (i32.const 2))
              (i32.load offset=8 (local.get $entry))))))
      {refuse})
    (if (i32.ne (local.get $kind) (i32.const 1))
      (then
        (local.set $scope (i32.load offset=12 (local.get $entry)))
        (local.set $scope {cell})
        (i32.store (local.get $scope) (i32.sub (i32.load (local.get $scope)) (i32.const 1)))))
    {remove}
    (if (result i64) (i32.eq (local.get $kind) (i32.const 2))
      (then (i64.const 0))
      (else
        (i64.or (i64.const 0x100000000) (i64.extend_i32_u (i32.load (local.get $entry)))))))

  ;; ---------------------------------------------------------------------------------------------
  ;; Scopes of borrows. The piece of text `cell` is the address of the `num_borrows` of `$scope`.
  ;;
  ;; Where some instance can be called while a call of it is in progress, a scope is a frame (below).
  ;; Nearly always the plan proves that none can. Then each instance has one call in progress at most,
  ;; and a scope is the address of `borrows` in the callee's descriptor. The caller's code does not run
  ;; meanwhile, so it cannot drop what it lends: lenders are noted, in a frame, only for calls that take
  ;; the same resource type as a borrow and as an owner, and so could give away what they lend.

  ;; `Task.return_`: the callee has returned. Traps if it still has a borrow handle of this call.
  (func $task-return (export "task-return") (param $scope i32)
    (if (i32.load {cell})
      (then (call $trap-borrows-remain) (unreachable))))

  ;; The stack of frames, one for each call in progress that needs one. A frame is its cell and, above
  ;; it, the call's lenders, 8 bytes each.
  ;;   cell    +0  `num_borrows` of the callee's task   +4  unused
  ;;   lender  +0  descriptor                           +4  handle, in the caller's table
  ;; A lender is named by table and handle, not by the entry's address: entries move when a table grows.
  ;; The handle stays the lender's, because a handle that is lent cannot be removed.

  (global $stack (mut i32) (i32.const 0))          ;; the block, once there is one
  (global $stack-capacity (mut i32) (i32.const 0)) ;; its size in bytes
  (global $top (mut i32) (i32.const 0))            ;; the offset of the first free byte in it

  ;; Pushes two words; the result is their offset.
  (func $push (param $first i32) (param $second i32) (result i32)
    (local $offset i32) (local $address i32)
    (local.set $offset (global.get $top))
    (if (i32.eq (local.get $offset) (global.get $stack-capacity))
      (then (call $grow-stack)))
    (local.set $address (i32.add (global.get $stack) (local.get $offset)))
    (i32.store (local.get $address) (local.get $first))
    (i32.store offset=4 (local.get $address) (local.get $second))
    (global.set $top (i32.add (local.get $offset) (i32.const 8)))
    (local.get $offset))

  ;; Makes room for twice as much, or for 256 bytes.
  (func $grow-stack
    (local $size i32)
    (local.set $size (i32.shl (global.get $stack-capacity) (i32.const 1)))
    (if (i32.eqz (global.get $stack-capacity))
      (then (local.set $size (i32.const 0x100))))
    (if (i32.eqz (local.get $size))
      (then (call $trap-out-of-memory) (unreachable))) ;; past 4 GiB
    (global.set $stack
      (call $move (global.get $stack) (global.get $stack-capacity) (local.get $size)))
    (global.set $stack-capacity (local.get $size)))

  ;; A new frame, for a call whose parameters are about to be lifted.
  (func $call-enter (export "call-enter") (result i32)
    (call $push (i32.const 0) (i32.const 0)))

  ;; `lift_borrow`: the representation of an own or borrow handle, which is lent until the newest frame
  ;; ends.
  (func $lift-borrow (export "lift-borrow")
    (param $descriptor i32) (param $meta i32) (param $handle i32) (result i32)
    (local $entry i32)
    (block $found
      (block $refused
        {entry}
        (br_if $found
          (i32.le_u
            (i32.sub
              (i32.xor (i32.load offset=4 (local.get $entry)) (local.get $meta))
              (i32.const 1))
            (i32.const 2))))
      {refuse})
    (i32.store offset=8 (local.get $entry)
      (i32.add (i32.load offset=8 (local.get $entry)) (i32.const 1)))
    (drop (call $push (local.get $descriptor) (local.get $handle)))
    (i32.load (local.get $entry)))

  ;; `Subtask.deliver_resolve`: the call is over. Gives back what was lent to it; pops its frame, and any
  ;; above it.
  (func $call-exit (export "call-exit") (param $frame i32)
    (local $lender i32) (local $first i32) (local $descriptor i32) (local $handle i32) (local $entry i32)
    (local.set $first (i32.add (global.get $stack) (i32.add (local.get $frame) (i32.const 8))))
    (local.set $lender (i32.add (global.get $stack) (global.get $top)))
    (block $done
      (loop $next
        (br_if $done (i32.le_u (local.get $lender) (local.get $first)))
        (local.set $lender (i32.sub (local.get $lender) (i32.const 8)))
        (local.set $descriptor (i32.load (local.get $lender)))
        (local.set $handle (i32.load offset=4 (local.get $lender)))
        {address}
        (i32.store offset=8 (local.get $entry)
          (i32.sub (i32.load offset=8 (local.get $entry)) (i32.const 1)))
        (br $next)))
    (global.set $top (local.get $frame)))

  {scheduled}

  ;; ---------------------------------------------------------------------------------------------
  ;; Memory for values that cross the outer boundary. Each allocation is a block with a header of 16
  ;; bytes, and the blocks in use form a chain, the newest first:
  ;;   +0x0  the next older block, or 0
  ;;   +0x4  k, a byte: the block has 2^k bytes; and the block's signature, 3 bytes: its own address, less
  ;;         the last byte, exclusive-or 0x6d656c
  ;;   +0x8  the size that was asked for
  ;;   +0xc  1 more than the size that the first `realloc` of it asked for, or 0; bit 31: with alignment 1
  ;;
  ;; The last two are for strings that the host lowers (`transcode/replay.wat`); a block that takes the
  ;; place of another takes them over.
  ;;
  ;; Nothing is freed one by one. `mark` names the newest block; `release` frees all that are newer.
  ;; Since calls nest, that is exactly what one call allocated, provided that
  ;; - around a call of a host function, the adapter marks before it allocates and releases that mark
  ;;   when it has read the results;
  ;; - an exported function releases mark 0, in its post-return or, without one, at its end: that is
  ;;   everything. What the host allocated before the call is among it. No other call can have blocks
  ;;   then: the host may not call an export while another one is running ("Component Instance
  ;;   State": the root cannot be entered), and what that export had called is over.

  ;; The newest block in use, or 0.
  (global $newest (mut i32) (i32.const 0))

  ;; The newest block in use, or 0: what `release` will stop at.
  (func $mark (export "mark") (result i32)
    (global.get $newest))

  ;; Frees what was allocated since `mark`.
  (func $release (export "release") (param $mark i32)
    (local $block i32)
    (block $done
      (loop $next
        (local.set $block (global.get $newest))
        (br_if $done (i32.eq (local.get $block) (local.get $mark)))
        (if (i32.eqz (local.get $block))
          (then (call $trap-runtime-misused) (unreachable))) ;; not a mark, or released before
        (global.set $newest (i32.load (local.get $block)))
        (call $give (local.get $block) (i32.load8_u offset=4 (local.get $block)))
        (br $next))))

  ;; `size` bytes at a multiple of 16, until a release. The address is in bounds and not 0, for 0 bytes
  ;; too. Traps if the memory cannot grow.
  (func $alloc (export "alloc") (param $size i32) (result i32)
    (local $block i32) (local $k i32)
    (if (i32.gt_u (local.get $size) (i32.const 0x7ffffff0))
      (then (call $trap-out-of-memory) (unreachable))) ;; with its header more than 2^31 bytes
    (local.set $k (call $log2 (i32.add (local.get $size) (i32.const 16))))
    (local.set $block (call $take (local.get $k)))
    (i32.store (local.get $block) (global.get $newest))
    (i32.store offset=4 (local.get $block)
      (i32.or
        (local.get $k)
        (i32.and
          (i32.xor (local.get $block) (i32.const 0x6d656c64))
          (i32.const 0xffffff00))))
    (i32.store offset=8 (local.get $block) (local.get $size))
    (i32.store offset=12 (local.get $block) (i32.const 0))
    (global.set $newest (local.get $block))
    (i32.add (local.get $block) (i32.const 16)))

  ;; The `realloc` of the Canonical ABI. A block that is too small is left to `release`.
  (func $realloc (export "realloc")
    (param $old i32) (param $old-size i32) (param $align i32) (param $new-size i32) (result i32)
    (local $new i32) (local $room i32)
    (if (i32.gt_u (local.get $align) (i32.const 16))
      (then (call $trap-runtime-misused) (unreachable)))
    (if (i32.eqz (local.get $old))
      (then (return (call $alloc (local.get $new-size)))))
    (if (i32.eqz (i32.load (i32.sub (local.get $old) (i32.const 4))))
      (then
        (i32.store (i32.sub (local.get $old) (i32.const 4))
          (i32.or
            (i32.and
              (i32.add (local.get $new-size) (i32.const 1))
              (i32.const 0x7fffffff))
            (i32.shl (i32.eq (local.get $align) (i32.const 1)) (i32.const 31))))))
    ;; What fits into the block: 2^k less the header.
    (local.set $room
      (i32.sub
        (i32.shl
          (i32.const 1)
          (i32.load8_u offset=4 (i32.sub (local.get $old) (i32.const 16))))
        (i32.const 16)))
    (if (i32.le_u (local.get $new-size) (local.get $room))
      (then (return (local.get $old))))
    (local.set $new (call $alloc (local.get $new-size)))
    (i64.store
      (i32.sub (local.get $new) (i32.const 8))
      (i64.load (i32.sub (local.get $old) (i32.const 8))))
    (memory.copy (local.get $new) (local.get $old) (local.get $old-size))
    (local.get $new))
)
