;;! unsupported: `canon thread.spawn-indirect` cannot be fused
(component
  (core type $t (shared (func (param i32))))
  (core module $m (table (export "table") shared 1 (ref null (shared func))))
  (core instance $i (instantiate $m))
  (alias core export $i "table" (core table $table))
  (core func (canon thread.spawn-indirect $t (table $table))))
