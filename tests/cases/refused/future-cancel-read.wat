;;! unsupported: `canon future.cancel-read` cannot be fused
(component
  (type $f (future u8))
  (core func (canon future.cancel-read $f)))
