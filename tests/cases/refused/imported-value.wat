;;! unsupported: an imported value cannot be fused
(component
  (import "v" (value $v u8))
  (export "v" (value $v)))
