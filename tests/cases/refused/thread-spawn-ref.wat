;;! unsupported: `canon thread.spawn-ref` cannot be fused
(component
  (core type $t (shared (func (param i32))))
  (core func (canon thread.spawn-ref $t)))
