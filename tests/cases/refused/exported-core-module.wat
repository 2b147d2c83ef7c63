;;! core-module unsupported: an exported core module cannot be part of a core module
(component
  (core module $m (func (export "f") (result i32) (i32.const 5)))
  (core instance $i (instantiate $m))
  (export "mod" (core module $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))
