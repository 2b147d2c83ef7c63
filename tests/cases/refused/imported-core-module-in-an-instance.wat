;;! unsupported: an imported core module cannot be fused
(component
  (import "i" (instance (export "m" (core module)))))
