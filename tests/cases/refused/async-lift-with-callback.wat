;;! unsupported: `canon lift` with the option `callback` cannot be fused
(component
  (core module $m (func (export "f") (result i32) unreachable)
    (func (export "callback") (param i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (func (export "f") async (canon lift (core func $i "f") (callback (core func $i "callback")) async)))
