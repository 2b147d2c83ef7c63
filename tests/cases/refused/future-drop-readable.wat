;;! unsupported: `canon future.drop-readable` cannot be fused
(component
  (type $f (future u8))
  (core func (canon future.drop-readable $f)))
