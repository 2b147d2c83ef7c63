;;! unsupported: `canon thread.available-parallelism` cannot be fused
(component
  (core func (canon thread.available_parallelism)))
