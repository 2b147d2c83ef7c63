;;! unsupported: the import `a` `g` of a global as one of a supertype cannot be fused
(component
  (core module $a
    (type $s (struct))
    (global (export "g") (ref null $s) (ref.null none)))
  (core module $b (import "a" "g" (global anyref)))
  (core instance $a (instantiate $a))
  (core instance (instantiate $b (with "a" (instance $a)))))
