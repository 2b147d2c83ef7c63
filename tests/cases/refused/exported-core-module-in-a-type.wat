;;! component unsupported: a core module in a component's type cannot be fused
(component
  (type $t (instance (export "m" (core module))))
  (export "t" (type $t)))
