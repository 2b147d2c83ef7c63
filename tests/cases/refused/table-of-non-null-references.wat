;;! unsupported: a table of non-null references to an object that another module's global holds cannot be fused
(component
  (core module $a
    (type $s (struct))
    (global (export "g") (ref $s) (struct.new $s)))
  (core module $b
    (type $s (struct))
    (import "a" "g" (global $g (ref $s)))
    (table 1 (ref $s) (global.get $g))
    (func $f (drop (table.size 0))) (start $f))
  (core instance $a (instantiate $a))
  (core instance (instantiate $b (with "a" (instance $a)))))
