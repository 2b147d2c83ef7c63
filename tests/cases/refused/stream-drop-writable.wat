;;! unsupported: `canon stream.drop-writable` cannot be fused
(component
  (type $s (stream u8))
  (core func (canon stream.drop-writable $s)))
