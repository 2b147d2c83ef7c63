;; Counts how often each byte stands in 32 KiB of text.
(module
  (memory (export "memory") 2)
  (func (export "run") (param $n i32) (result i64) (local $i i32) (local $at i32)
    (loop $fill
      (i32.store8 offset=1024 (local.get $i) (i32.mul (local.get $i) (local.get $i)))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 32768))))
    (loop $again
      (local.set $i (i32.const 0))
      (loop $next
        (local.set $at (i32.shl (i32.load8_u offset=1024 (local.get $i)) (i32.const 2)))
        (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (i32.const 1)))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 32768))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.extend_i32_u (i32.load (i32.const 4)))))
