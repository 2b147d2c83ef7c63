;; An export shows what its type says, though the instance behind it has more: by a type that is given
;; to the export, and because a component passes on what it imported under a smaller type.
;;! call ascribed#f()
;;! call passed#f()
;;! call passed#inner#f()
(component
  (component $passes
    (import "i" (instance $i
      (export "f" (func (result u32)))
      (export "inner" (instance (export "f" (func (result u32)))))))
    (export "o" (instance $i)))
  (core module $m (func (export "f") (result i32) (i32.const 5)))
  (core instance $i (instantiate $m))
  (func $f (result u32) (canon lift (core func $i "f")))
  (instance $inner (export "f" (func $f)) (export "hidden" (func $f)))
  (instance $b (export "f" (func $f)) (export "hidden" (func $f)) (export "inner" (instance $inner)))
  (instance $p (instantiate $passes (with "i" (instance $b))))
  (export "ascribed" (instance $b) (instance (export "f" (func (result u32)))))
  (export "passed" (instance $p "o")))
