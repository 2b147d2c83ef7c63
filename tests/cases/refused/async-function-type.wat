;;! unsupported: an `async` function type cannot be fused
(component
  (import "f" (func async)))
