;; A child calls its parent while it is instantiated.
;;! trap-at-start
(component
  (core module $parent (func (export "up")))
  (core instance $p (instantiate $parent))
  (func $up (canon lift (core func $p "up")))
  (component $child
    (import "up" (func $up))
    (core func $up' (canon lower (func $up)))
    (core module $m
      (import "" "up" (func $up))
      (func $start (call $up))
      (start $start))
    (core instance (instantiate $m (with "" (instance (export "up" (func $up')))))))
  (instance (instantiate $child (with "up" (func $up)))))
