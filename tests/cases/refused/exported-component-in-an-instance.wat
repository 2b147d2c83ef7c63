;;! core-module unsupported: an exported component cannot be part of a core module
(component
  (component $c)
  (instance $i (export "c" (component $c)))
  (export "i" (instance $i)))
