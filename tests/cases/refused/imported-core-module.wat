;;! unsupported: an imported core module cannot be fused
(component
  (import "m" (core module)))
