;;! unsupported: an async call from a component instance to itself cannot be fused
(component
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func $f async (canon lift (core func $i "f")))
  (core func $lowered (canon lower (func $f)))
  (core module $n (import "" "f" (func)))
  (core instance (instantiate $n (with "" (instance (export "f" (func $lowered)))))))
