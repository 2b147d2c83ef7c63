;;! component unsupported: a component that is exported and refers to what is around it cannot be fused
(component
  (core module $m)
  (component $c (core instance (instantiate $m)))
  (export "c" (component $c)))
