;;! component unsupported: an imported resource type exported as a type of its own cannot be fused
(component
  (import "r" (type $r (sub resource)))
  (component $same
    (import "a" (type $a (sub resource)))
    (export "b" (type $a)))
  ;; to this component what comes out is another type
  (component $other
    (import "c" (component $c (import "a" (type (sub resource))) (export "b" (type (sub resource)))))
    (import "a" (type $a (sub resource)))
    (instance $i (instantiate $c (with "a" (type $a))))
    (export "b" (type $i "b")))
  (instance $i (instantiate $other (with "c" (component $same)) (with "a" (type $r))))
  (export "i" (instance $i)))
