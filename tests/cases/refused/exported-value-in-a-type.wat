;;! component unsupported: a value in a component's type cannot be fused
(component
  (type $t (instance (export "v" (value u8))))
  (export "t" (type $t)))
