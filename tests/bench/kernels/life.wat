;; A generation of cells, 126 by 126 with dead ones around.
(module
  (memory (export "memory") 2)
  (func (export "run") (param $n i32) (result i64)
    (local $i i32) (local $from i32) (local $to i32) (local $around i32) (local $seed i32)
    (local.set $seed (i32.const 7))
    (loop $fill
      (local.set $seed (i32.add (i32.mul (local.get $seed) (i32.const 1664525)) (i32.const 1013904223)))
      (i32.store8 (local.get $i) (i32.shr_u (local.get $seed) (i32.const 31)))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16384))))
    (local.set $to (i32.const 16384))
    (loop $again
      (local.set $i (i32.const 129))
      (loop $next
        (local.set $around (i32.add (local.get $from) (local.get $i)))
        (local.set $around (i32.add
          (i32.add
            (i32.add (i32.load8_u (i32.sub (local.get $around) (i32.const 129)))
              (i32.load8_u (i32.sub (local.get $around) (i32.const 128))))
            (i32.add (i32.load8_u (i32.sub (local.get $around) (i32.const 127)))
              (i32.load8_u (i32.sub (local.get $around) (i32.const 1)))))
          (i32.add
            (i32.add (i32.load8_u offset=1 (local.get $around)) (i32.load8_u offset=127 (local.get $around)))
            (i32.add (i32.load8_u offset=128 (local.get $around)) (i32.load8_u offset=129 (local.get $around))))))
        (i32.store8 (i32.add (local.get $to) (local.get $i)) (i32.or
          (i32.eq (local.get $around) (i32.const 3))
          (i32.and (i32.eq (local.get $around) (i32.const 2))
            (i32.load8_u (i32.add (local.get $from) (local.get $i))))))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16255))))
      (local.set $from (local.get $to))
      (local.set $to (i32.sub (i32.const 16384) (local.get $to)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.extend_i32_u (i32.add (i32.load offset=8002 (local.get $from)) (i32.load offset=12345 (local.get $from))))))
