;;! unsupported: async together with calls from a component to one that it is nested in cannot be fused
(component
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func $f async (canon lift (core func $i "f")))
  (component $inner
    (import "f" (func $f async))
    (core func $lowered (canon lower (func $f)))
    (core module $n (import "" "f" (func)))
    (core instance (instantiate $n (with "" (instance (export "f" (func $lowered)))))))
  (instance (instantiate $inner (with "f" (func $f)))))
