;;! unsupported: a `future` type cannot be fused
(component
  (import "f" (func (result (future)))))
