;;! unsupported: `canon thread.suspend-then-resume` cannot be fused
(component
  (core func (canon thread.suspend-then-resume)))
