;; Exports a function, which app.wat imports.
(component
  (core module $m
    (func (export "double") (param $n i32) (result i32)
      (i32.mul (local.get $n) (i32.const 2))))
  (core instance $i (instantiate $m))
  (func (export "double") (param "n" u32) (result u32) (canon lift (core func $i "double"))))
