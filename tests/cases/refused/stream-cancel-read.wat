;;! unsupported: `canon stream.cancel-read` cannot be fused
(component
  (type $s (stream u8))
  (core func (canon stream.cancel-read $s)))
