;; A hash table with 4,096 places: 2,048 keys are put in and looked up.
(module
  (memory (export "memory") 2)
  (func $place (param $key i32) (result i32) (local $at i32)
    (local.set $at (i32.and (i32.mul (local.get $key) (i32.const 0x9e3779b1)) (i32.const 0x7ff8)))
    (block $found (loop $probe
      (br_if $found (i32.eqz (i32.load (local.get $at))))
      (br_if $found (i32.eq (i32.load (local.get $at)) (local.get $key)))
      (local.set $at (i32.and (i32.add (local.get $at) (i32.const 8)) (i32.const 0x7ff8)))
      (br $probe)))
    (local.get $at))
  (func (export "run") (param $n i32) (result i64) (local $i i32) (local $at i32) (local $sum i32)
    (loop $again
      (local.set $i (i32.const 0))
      (loop $clear
        (i64.store (local.get $i) (i64.const 0))
        (br_if $clear (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 32768))))
      (local.set $i (i32.const 2048))
      (loop $put
        (local.set $at (call $place (i32.mul (local.get $i) (i32.const 7))))
        (i32.store (local.get $at) (i32.mul (local.get $i) (i32.const 7)))
        (i32.store offset=4 (local.get $at) (local.get $i))
        (br_if $put (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (local.set $i (i32.const 2048))
      (loop $look
        (local.set $at (call $place (i32.mul (local.get $i) (i32.const 7))))
        (local.set $sum (i32.add (local.get $sum) (i32.load offset=4 (local.get $at))))
        (br_if $look (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.extend_i32_u (local.get $sum))))
