;; Follows a linked list of 4,096 nodes, in an order that no cache foresees, and counts what it meets.
(module
  (memory (export "memory") 2)
  (func (export "run") (param $n i32) (result i64) (local $i i32) (local $at i32) (local $sum i32)
    (loop $link
      (i32.store (i32.shl (local.get $i) (i32.const 4))
        (i32.shl (i32.and (i32.add (i32.mul (local.get $i) (i32.const 1365)) (i32.const 1)) (i32.const 4095))
          (i32.const 4)))
      (br_if $link (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4096))))
    (loop $again
      (local.set $i (i32.const 4096))
      (loop $next
        (i32.store offset=8 (local.get $at) (i32.add (i32.load offset=8 (local.get $at)) (i32.const 1)))
        (local.set $sum (i32.add (local.get $sum) (i32.load offset=8 (local.get $at))))
        (local.set $at (i32.load (local.get $at)))
        (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.extend_i32_u (local.get $sum))))
