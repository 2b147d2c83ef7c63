;; Adds up 16,384 words.
(module
  (memory (export "memory") 2)
  (func (export "run") (param $n i32) (result i64) (local $i i32) (local $sum i32)
    (loop $again
      (local.set $i (i32.const 0))
      (loop $next
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $i))))
        (i32.store (local.get $i) (i32.add (local.get $i) (local.get $n)))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 65536))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.extend_i32_u (local.get $sum))))
