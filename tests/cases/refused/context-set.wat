;;! unsupported: `canon context.set` cannot be fused
(component
  (core func (canon context.set i32 0)))
