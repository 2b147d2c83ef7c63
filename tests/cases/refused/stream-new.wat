;;! unsupported: `canon stream.new` cannot be fused
(component
  (type $s (stream u8))
  (core func (canon stream.new $s)))
