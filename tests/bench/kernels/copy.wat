;; Copies 32 KiB, byte by byte.
(module
  (memory (export "memory") 2)
  (data (i32.const 0) "a few bytes to begin with")
  (func (export "run") (param $n i32) (result i64) (local $i i32)
    (loop $again
      (local.set $i (i32.const 0))
      (loop $next
        (i32.store8 offset=32768 (local.get $i)
          (i32.add (i32.load8_u (local.get $i)) (i32.load8_u offset=32768 (local.get $i))))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 32768))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.extend_i32_u (i32.load offset=32770 (i32.const 0)))))
