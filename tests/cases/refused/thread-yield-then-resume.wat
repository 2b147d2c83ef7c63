;;! unsupported: `canon thread.yield-then-resume` cannot be fused
(component
  (core func (canon thread.yield-then-resume)))
