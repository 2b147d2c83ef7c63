;;! limit-exceeded: memories of the merged module: the limit is 100
(component
  (component $c0 
    (core module $m
      (memory 1) (func $f (drop (memory.size))) (start $f))
    (core instance (instantiate $m)) (core instance (instantiate $m)))
  (component $c1 (instance (instantiate $c0)) (instance (instantiate $c0)))
  (component $c2 (instance (instantiate $c1)) (instance (instantiate $c1)))
  (component $c3 (instance (instantiate $c2)) (instance (instantiate $c2)))
  (component $c4 (instance (instantiate $c3)) (instance (instantiate $c3)))
  (component $c5 (instance (instantiate $c4)) (instance (instantiate $c4)))
  (component $c6 (instance (instantiate $c5)) (instance (instantiate $c5)))
  (instance (instantiate $c6)))
