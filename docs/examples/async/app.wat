;; Imports the async function that square.wat exports, and exports one that calls it for all numbers up to one at once,
;; and adds up what comes back.
(component
  (import "square" (func $square async (param "n" u32) (result u32)))
  (core module $libc (memory (export "memory") 1))
  (core instance $libc (instantiate $libc))
  (core module $m
    (import "" "memory" (memory 1))
    (import "" "square" (func $square (param i32 i32) (result i32)))
    (import "" "set.new" (func $set.new (result i32)))
    (import "" "set.drop" (func $set.drop (param i32)))
    (import "" "join" (func $join (param i32 i32)))
    (import "" "subtask.drop" (func $subtask.drop (param i32)))
    (import "" "task.return" (func $task.return (param i32)))
    ;; the set that the calls are in, how many of them are not over, and how many there are; one `sum` at a time
    (global $set (mut i32) (i32.const 0))
    (global $left (mut i32) (i32.const 0))
    (global $count (mut i32) (i32.const 0))
    (func (export "sum") (param $count i32) (result i32) (local $n i32) (local $subtask i32)
      (if (i32.gt_u (local.get $count) (i32.const 1000)) (then (unreachable)))
      (global.set $set (call $set.new))
      (global.set $count (local.get $count))
      (loop $next
        (if (i32.lt_u (local.get $n) (local.get $count)) (then
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          ;; its result is to lie at 4 * n
          (local.set $subtask (call $square (local.get $n) (i32.shl (local.get $n) (i32.const 2))))
          ;; 2: it has returned already
          (if (i32.ne (local.get $subtask) (i32.const 2)) (then
            (call $join (i32.shr_u (local.get $subtask) (i32.const 4)) (global.get $set))
            (global.set $left (i32.add (global.get $left) (i32.const 1)))))
          (br $next))))
      (call $done-or-wait))
    (func (export "sum-on") (param $event i32) (param $index i32) (param $payload i32) (result i32)
      ;; SUBTASK, and 2: it has returned
      (if (i32.and (i32.eq (local.get $event) (i32.const 1)) (i32.eq (local.get $payload) (i32.const 2))) (then
        (call $subtask.drop (local.get $index))
        (global.set $left (i32.sub (global.get $left) (i32.const 1)))))
      (call $done-or-wait))
    (func $done-or-wait (result i32) (local $n i32) (local $sum i32)
      (if (global.get $left) (then
        (return (i32.or (i32.const 2) (i32.shl (global.get $set) (i32.const 4)))))) ;; WAIT
      (call $set.drop (global.get $set))
      (loop $next
        (if (i32.lt_u (local.get $n) (global.get $count)) (then
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (local.set $sum (i32.add (local.get $sum) (i32.load (i32.shl (local.get $n) (i32.const 2)))))
          (br $next))))
      (call $task.return (local.get $sum))
      (i32.const 0))) ;; EXIT
  (core func $square (canon lower (func $square) async (memory (core memory $libc "memory"))))
  (core func $set.new (canon waitable-set.new))
  (core func $set.drop (canon waitable-set.drop))
  (core func $join (canon waitable.join))
  (core func $subtask.drop (canon subtask.drop))
  (core func $task.return (canon task.return (result u32)))
  (core instance $i (instantiate $m (with "" (instance
    (export "memory" (memory $libc "memory"))
    (export "square" (func $square))
    (export "set.new" (func $set.new))
    (export "set.drop" (func $set.drop))
    (export "join" (func $join))
    (export "subtask.drop" (func $subtask.drop))
    (export "task.return" (func $task.return))))))
  (func (export "sum") async (param "count" u32) (result u32)
    (canon lift (core func $i "sum") async (callback (core func $i "sum-on")))))
