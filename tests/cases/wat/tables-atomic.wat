;; Something uses one of the tables atomically: they cannot become one. wasmtime does not know the proposal.
;;! cannot-run
(component
  (core module $m
    (table $a shared 1 (ref null (shared any)))
    (table $b 1 funcref)
    (table $c 1 funcref)
    (func (export "f") (param i32)
      (drop (table.atomic.get seq_cst $a (i32.const 0)))
      (call_indirect $b (local.get 0))
      (call_indirect $c (local.get 0))))
  (core instance $m (instantiate $m))
  (func (export "f") (param "i" u32) (canon lift (core func $m "f"))))
