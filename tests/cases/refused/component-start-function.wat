;;! unsupported: a component's start function cannot be fused
(component
  (import "f" (func $f))
  (start $f))
