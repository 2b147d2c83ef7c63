;;! unsupported: a component with two instances of one type that holds types cannot be fused
(component
  (type $t (instance
    (type $r' (record (field "a" u8)))
    (export "r" (type $r (eq $r')))))
  (component $c
    (alias outer 1 $t (type $i))
    (import "a" (instance (type $i)))
    (import "b" (instance (type $i))))
  (import "x" (instance $x (type $t)))
  (instance (instantiate $c (with "a" (instance $x)) (with "b" (instance $x)))))
