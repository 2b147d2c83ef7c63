;;! unsupported: `canon thread.yield-then-promote` cannot be fused
(component
  (core func (canon thread.yield-then-promote)))
