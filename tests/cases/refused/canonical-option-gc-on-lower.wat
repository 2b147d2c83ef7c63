;;! unsupported: `canon lower` with the option `gc` cannot be fused
(component
  (import "f" (func $f))
  (core type $t (func))
  (core func (canon lower (func $f) gc (core-type $t))))
