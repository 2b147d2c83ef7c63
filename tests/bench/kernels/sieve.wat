;; Counts the primes below 32,768.
(module
  (memory (export "memory") 2)
  (func (export "run") (param $n i32) (result i64) (local $i i32) (local $j i32) (local $count i32)
    (loop $again
      (local.set $i (i32.const 0))
      (loop $clear
        (i64.store (local.get $i) (i64.const 0))
        (br_if $clear (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 32768))))
      (local.set $i (i32.const 2))
      (loop $next
        (if (i32.eqz (i32.load8_u (local.get $i))) (then
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (local.set $j (i32.shl (local.get $i) (i32.const 1)))
          (block $done (loop $strike
            (br_if $done (i32.ge_u (local.get $j) (i32.const 32768)))
            (i32.store8 (local.get $j) (i32.const 1))
            (local.set $j (i32.add (local.get $j) (local.get $i)))
            (br $strike)))))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 32768))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.extend_i32_u (local.get $count))))
