;;! core-module unsupported: an exported component cannot be part of a core module
(component
  (component $c (core module $m))
  (export "c" (component $c)))
