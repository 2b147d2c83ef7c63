;;! component unsupported: a component in a component's type cannot be fused
(component
  (type $t (instance (export "c" (component))))
  (export "t" (type $t)))
