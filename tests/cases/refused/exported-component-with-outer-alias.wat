;;! component unsupported: a component that is exported and refers to what is around it cannot be fused
;;! core-module unsupported: an exported component cannot be part of a core module
(component
  (core module $m)
  (component $c (core instance (instantiate $m)))
  (export "c" (component $c)))
