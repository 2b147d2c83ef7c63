;;! unsupported: `canon lower` with the option `core-type` cannot be fused
(component
  (import "f" (func $f))
  (core type $t (func))
  (core func (canon lower (func $f) (core-type $t) gc)))
