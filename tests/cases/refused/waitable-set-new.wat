;;! unsupported: `canon waitable-set.new` cannot be fused
(component
  (core func (canon waitable-set.new)))
