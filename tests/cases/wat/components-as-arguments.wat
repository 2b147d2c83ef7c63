;; A component that another one instantiates, twice, with different arguments of its own.
;;! spec f(5) = 7
;;! spec g(5) = 45
(component
  (component $twice
    (import "f" (func $f (param "n" u32) (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $m
      (import "" "f" (func $f (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (call $f (call $f (local.get 0)))))
    (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))
  (component $maker
    (import "c" (component $c
      (import "f" (func (param "n" u32) (result u32)))
      (export "f" (func (param "n" u32) (result u32)))))
    (core module $m
      (func (export "inc") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (func (export "mul") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))
    (core instance $i (instantiate $m))
    (func $inc (param "n" u32) (result u32) (canon lift (core func $i "inc")))
    (func $mul (param "n" u32) (result u32) (canon lift (core func $i "mul")))
    (instance $a (instantiate $c (with "f" (func $inc))))
    (instance $b (instantiate $c (with "f" (func $mul))))
    (export "f" (func $a "f"))
    (export "g" (func $b "f")))
  (instance $i (instantiate $maker (with "c" (component $twice))))
  (export "f" (func $i "f"))
  (export "g" (func $i "g")))
