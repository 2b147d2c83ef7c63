;; Imports the function that double.wat exports, and exports one that calls it.
(component
  (import "double" (func $double (param "n" u32) (result u32)))
  (core func $double (canon lower (func $double)))
  (core module $m
    (import "host" "double" (func $double (param i32) (result i32)))
    (func (export "answer") (result i32) (call $double (i32.const 21))))
  (core instance $i (instantiate $m
    (with "host" (instance (export "double" (func $double))))))
  (func (export "answer") (result u32) (canon lift (core func $i "answer"))))
