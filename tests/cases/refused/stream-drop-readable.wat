;;! unsupported: `canon stream.drop-readable` cannot be fused
(component
  (type $s (stream u8))
  (core func (canon stream.drop-readable $s)))
