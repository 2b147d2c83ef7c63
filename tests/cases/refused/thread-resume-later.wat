;;! unsupported: `canon thread.resume-later` cannot be fused
(component
  (core func (canon thread.resume-later)))
