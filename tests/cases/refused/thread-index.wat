;;! unsupported: `canon thread.index` cannot be fused
(component
  (core func (canon thread.index)))
