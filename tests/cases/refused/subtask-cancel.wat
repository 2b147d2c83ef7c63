;;! unsupported: `canon subtask.cancel` cannot be fused
(component
  (core func (canon subtask.cancel)))
