;;! unsupported: `canon error-context.drop` cannot be fused
(component
  (core func (canon error-context.drop)))
