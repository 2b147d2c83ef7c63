;;! unsupported: a resource type exported with the type `(sub resource)` written out cannot be fused
(component
  (type $r (resource (rep i32)))
  (export "r1" (type $r))
  (export "r2" (type $r) (type (sub resource))))
