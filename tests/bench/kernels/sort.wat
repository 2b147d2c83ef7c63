;; Sorts 2,048 words, by Shell's way.
(module
  (memory (export "memory") 2)
  (func (export "run") (param $n i32) (result i64)
    (local $i i32) (local $j i32) (local $gap i32) (local $seed i32) (local $value i32)
    (local.set $seed (i32.const 1))
    (loop $again
      (local.set $i (i32.const 0))
      (loop $fill
        (local.set $seed (i32.add (i32.mul (local.get $seed) (i32.const 1664525)) (i32.const 1013904223)))
        (i32.store (local.get $i) (i32.shr_u (local.get $seed) (i32.const 8)))
        (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 8192))))
      (local.set $gap (i32.const 4096))
      (loop $shell
        (local.set $i (local.get $gap))
        (loop $next
          (local.set $value (i32.load (local.get $i)))
          (local.set $j (local.get $i))
          (block $placed (loop $move
            (br_if $placed (i32.lt_u (local.get $j) (local.get $gap)))
            (br_if $placed (i32.le_u (i32.load (i32.sub (local.get $j) (local.get $gap))) (local.get $value)))
            (i32.store (local.get $j) (i32.load (i32.sub (local.get $j) (local.get $gap))))
            (local.set $j (i32.sub (local.get $j) (local.get $gap)))
            (br $move)))
          (i32.store (local.get $j) (local.get $value))
          (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 8192))))
        (br_if $shell (i32.ge_u
          (local.tee $gap (i32.and (i32.shr_u (local.get $gap) (i32.const 1)) (i32.const 0xfffc))) (i32.const 4))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.extend_i32_u (i32.load (i32.const 4096)))))
