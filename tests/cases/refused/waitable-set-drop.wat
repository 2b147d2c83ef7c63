;;! unsupported: `canon waitable-set.drop` cannot be fused
(component
  (core func (canon waitable-set.drop)))
