;;! unsupported: `canon task.cancel` cannot be fused
(component
  (core func (canon task.cancel)))
