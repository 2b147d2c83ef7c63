;;! unsupported: `canon waitable-set.poll` cannot be fused
(component
  (core module $m (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (core func (canon waitable-set.poll (memory (core memory $i "memory")))))
