;;! unsupported: an imported value cannot be fused
(component
  (import "i" (instance $i (export "v" (value u8)))))
