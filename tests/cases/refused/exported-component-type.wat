;;! component unsupported: a component type that is exported cannot be fused
(component
  (type $t (component))
  (export "t" (type $t)))
