;;! unsupported: an imported component cannot be fused
(component
  (import "i" (instance (export "c" (component)))))
