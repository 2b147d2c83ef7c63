;;! unsupported: a `stream` type cannot be fused
(component
  (import "f" (func (param "s" (stream u8)))))
