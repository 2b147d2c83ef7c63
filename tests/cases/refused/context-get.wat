;;! unsupported: `canon context.get` cannot be fused
(component
  (core func (canon context.get i32 0)))
