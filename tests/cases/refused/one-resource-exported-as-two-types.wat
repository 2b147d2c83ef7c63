;;! component unsupported: one resource type exported as two types cannot be fused
(component
  (component $one
    (type $r (resource (rep i32)))
    (export $a "a" (type $r))
    (export "b" (type $a)))
  ;; to this component they are two
  (component $two
    (import "c" (component $c (export "a" (type (sub resource))) (export "b" (type (sub resource)))))
    (instance $i (instantiate $c))
    (export "a" (type $i "a"))
    (export "b" (type $i "b")))
  (instance $i (instantiate $two (with "c" (component $one))))
  (export "i" (instance $i)))
