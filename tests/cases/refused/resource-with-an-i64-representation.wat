;;! unsupported: a resource type with the representation i64 cannot be fused
(component
  (type $r (resource (rep i64)))
  (core func (canon resource.new $r)))
