;;! unsupported: `canon stream.cancel-write` cannot be fused
(component
  (type $s (stream u8))
  (core func (canon stream.cancel-write $s)))
