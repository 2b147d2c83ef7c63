;;! unsupported: `canon lift` with the option `async` and without `callback` cannot be fused
(component
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func (export "f") async (canon lift (core func $i "f") async)))
