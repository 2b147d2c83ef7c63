;; A guest that catches with the instructions of the legacy proposal, which wasmtime does not have. What
;; turns exceptions into traps must not need those that came later.
;;! cannot-run
(component
  (component $thrower
    (core module $m
      (tag $t)
      (func (export "f") (param i32) (result i32)
        (if (local.get 0) (then (throw $t)))
        (i32.const 1)))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))
  (component $catcher
    (import "f" (func $f (param "n" u32) (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $m
      (import "" "f" (func $f (param i32) (result i32)))
      (func (export "g") (param i32) (result i32)
        try (result i32) local.get 0 call $f catch_all i32.const 9 end))
    (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
    (func (export "g") (param "n" u32) (result u32) (canon lift (core func $i "g"))))
  (instance $thrower (instantiate $thrower))
  (instance $catcher (instantiate $catcher (with "f" (func $thrower "f"))))
  (export "g" (func $catcher "g")))
