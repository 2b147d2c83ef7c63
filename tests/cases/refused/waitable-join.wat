;;! unsupported: `canon waitable.join` cannot be fused
(component
  (core func (canon waitable.join)))
