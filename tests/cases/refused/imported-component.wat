;;! unsupported: an imported component cannot be fused
(component
  (import "c" (component)))
