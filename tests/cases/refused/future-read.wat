;;! unsupported: `canon future.read` cannot be fused
(component
  (type $f (future u8))
  (core module $m (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (core func (canon future.read $f (memory (core memory $i "memory")))))
