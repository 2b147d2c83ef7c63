;;! unsupported: `canon lower` with the option `async` of a function that the root imports and that takes or gives handles, or whose values pass through another memory, cannot be fused
(component
  (import "r" (type $r (sub resource)))
  (import "f" (func $f async (param "r" (own $r))))
  (core func $lowered (canon lower (func $f) async))
  (core module $m (import "" "f" (func (param i32) (result i32))))
  (core instance (instantiate $m (with "" (instance (export "f" (func $lowered)))))))
