;;! unsupported: `canon lift` with the option `gc` cannot be fused
(component
  (core type $t (func))
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func (export "f") (canon lift (core func $i "f") gc)))
