;; CRC-32 of 16 KiB, by a table.
(module
  (memory (export "memory") 2)
  (func (export "run") (param $n i32) (result i64) (local $i i32) (local $j i32) (local $crc i32)
    (loop $entry
      (local.set $crc (local.get $i))
      (local.set $j (i32.const 8))
      (loop $bit
        (local.set $crc (i32.xor (i32.shr_u (local.get $crc) (i32.const 1))
          (i32.and (i32.sub (i32.const 0) (i32.and (local.get $crc) (i32.const 1))) (i32.const 0xedb88320))))
        (br_if $bit (local.tee $j (i32.sub (local.get $j) (i32.const 1)))))
      (i32.store (i32.shl (local.get $i) (i32.const 2)) (local.get $crc))
      (br_if $entry (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 256))))
    (loop $again
      (local.set $i (i32.const 0))
      (loop $next
        (local.set $crc (i32.xor (i32.shr_u (local.get $crc) (i32.const 8))
          (i32.load (i32.shl
            (i32.and (i32.xor (local.get $crc) (i32.load8_u offset=1024 (local.get $i))) (i32.const 255))
            (i32.const 2)))))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16384))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.extend_i32_u (local.get $crc))))
