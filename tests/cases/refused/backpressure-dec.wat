;;! unsupported: `canon backpressure.dec` cannot be fused
(component
  (core func (canon backpressure.dec)))
