;;! unsupported: `canon thread.suspend` cannot be fused
(component
  (core func (canon thread.suspend)))
