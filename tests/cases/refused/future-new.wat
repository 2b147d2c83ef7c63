;;! unsupported: `canon future.new` cannot be fused
(component
  (type $f (future u8))
  (core func (canon future.new $f)))
