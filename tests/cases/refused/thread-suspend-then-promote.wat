;;! unsupported: `canon thread.suspend-then-promote` cannot be fused
(component
  (core func (canon thread.suspend-then-promote)))
