;;! unsupported: `canon thread.yield` cannot be fused
(component
  (core func (canon thread.yield)))
