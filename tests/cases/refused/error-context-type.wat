;;! unsupported: the `error-context` type cannot be fused
(component
  (import "f" (func (param "e" error-context))))
