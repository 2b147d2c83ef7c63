;; A start function traps; those before it have run.
;;! trap-at-start
(component
  (import "log" (func $log (param "n" u32)))
  (core func $log' (canon lower (func $log)))
  (core module $m
    (import "" "log" (func $log (param i32)))
    (func $start (call $log (i32.const 1)))
    (start $start))
  (core module $bad (func $start unreachable) (start $start))
  (core instance (instantiate $m (with "" (instance (export "log" (func $log'))))))
  (core instance (instantiate $bad))
  (core instance (instantiate $m (with "" (instance (export "log" (func $log')))))))
