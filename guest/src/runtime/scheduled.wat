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

  ;; The end of that. The handle is still there, because it is lent.
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
