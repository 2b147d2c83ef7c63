;; Active segments of a later instance write into an earlier one's memory and table, after its start.
;;! call seen()
;;! call now()
;;! call element()
(component
  (core module $first
    (memory (export "memory") 1)
    (table (export "table") 2 funcref)
    (data (i32.const 4) "first")
    (elem (i32.const 0) $one)
    (global $seen (mut i32) (i32.const 0))
    (type $t (func (result i32)))
    (func $one (result i32) (i32.const 1))
    (func $start
      (global.set $seen (i32.add
        (i32.mul (i32.load8_u (i32.const 4)) (i32.const 10))
        (call_indirect (type $t) (i32.const 0)))))
    (start $start)
    (func (export "seen") (result i32) (global.get $seen))
    (func (export "element") (result i32) (call_indirect (type $t) (i32.const 0))))
  (core module $second
    (import "a" "memory" (memory 1))
    (import "a" "table" (table 2 funcref))
    (data (i32.const 4) "second")
    (elem (i32.const 0) $two)
    (func $two (result i32) (i32.const 2))
    (func (export "now") (result i32) (i32.load8_u (i32.const 4))))
  (core instance $a (instantiate $first))
  (core instance $b (instantiate $second (with "a" (instance $a))))
  (func (export "seen") (result u32) (canon lift (core func $a "seen")))
  (func (export "now") (result u32) (canon lift (core func $b "now")))
  (func (export "element") (result u32) (canon lift (core func $a "element"))))
