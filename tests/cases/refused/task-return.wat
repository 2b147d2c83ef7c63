;;! unsupported: `canon task.return` cannot be fused
(component
  (core func (canon task.return)))
