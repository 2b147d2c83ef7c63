;;! unsupported: `canon future.cancel-write` cannot be fused
(component
  (type $f (future u8))
  (core func (canon future.cancel-write $f)))
