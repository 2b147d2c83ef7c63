;;! unsupported: `canon stream.read` cannot be fused
(component
  (type $s (stream u8))
  (core module $m (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (core func (canon stream.read $s (memory (core memory $i "memory")))))
