;; An exception that reaches a component's boundary is a trap.
;;! call catch(0)
;;! trap catch(1)
;;! trap direct(1)
(component
  (component $thrower
    (core module $m
      (tag $t)
      (func (export "f") (param i32) (if (local.get 0) (then (throw $t)))))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u32) (canon lift (core func $i "f"))))
  (component $catcher
    (import "f" (func $f (param "n" u32)))
    (core func $f' (canon lower (func $f)))
    (core module $m
      (import "" "f" (func $f (param i32)))
      (func (export "catch") (param i32) (result i32)
        (block $caught
          (try_table (catch_all $caught) (call $f (local.get 0)))
          (return (i32.const 1)))
        (i32.const 2)))
    (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
    (func (export "catch") (param "n" u32) (result u32) (canon lift (core func $i "catch"))))
  (instance $t (instantiate $thrower))
  (instance $c (instantiate $catcher (with "f" (func $t "f"))))
  (export "catch" (func $c "catch"))
  (export "direct" (func $t "f")))
