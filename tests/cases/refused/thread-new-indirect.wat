;;! unsupported: `canon thread.new-indirect` cannot be fused
(component
  (core type $t (func (param i32)))
  (core module $m (table (export "table") 1 funcref))
  (core instance $i (instantiate $m))
  (alias core export $i "table" (core table $table))
  (core func (canon thread.new-indirect $t (core table $table))))
