;;! unsupported: `canon backpressure.inc` cannot be fused
(component
  (core func (canon backpressure.inc)))
