;;! unsupported: `canon subtask.drop` cannot be fused
(component
  (core func (canon subtask.drop)))
