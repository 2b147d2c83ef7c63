;;! unsupported: `canon future.drop-writable` cannot be fused
(component
  (type $f (future u8))
  (core func (canon future.drop-writable $f)))
