;;! core-module unsupported: an exported core module cannot be part of a core module
(component
  (component $c
    (component $d
      (core module $m (func (export "f") (result i32) (i32.const 5)))
      (export "mod" (core module $m)))
    (instance $d (instantiate $d))
    (export "inner" (instance $d)))
  (instance $c (instantiate $c))
  (export "outer" (instance $c)))
