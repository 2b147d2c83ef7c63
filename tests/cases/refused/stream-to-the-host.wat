;;! unsupported: a stream or future in the type of a function of the host's cannot be fused
(component
  (type $s (stream u8))
  (core module $m (func (export "f") (result i32) unreachable))
  (core instance $i (instantiate $m))
  (func (export "f") (result $s) (canon lift (core func $i "f"))))
