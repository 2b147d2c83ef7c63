;;! limit-exceeded: a value type's size in bytes is too large: the limit is 4294967295
(component
  (component $callee
    (core module $m
      (memory (export "memory") 1)
      (func (export "f") (param i32))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m))
    (func (export "f") (param "x" (list (list u8 65536) 65536)) (canon lift (core func $i "f")
      (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
  (component $caller
    (import "f" (func $f (param "x" (list (list u8 65536) 65536))))
    (core module $m
      (memory (export "memory") 1)
      (func (export "f") (param i32))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m))
    (core func $f' (canon lower (func $f) (memory (core memory $i "memory"))))
    (func (export "f") (param "at" u32) (canon lift (core func $f'))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "f" (func $callee "f"))))
  (export "f" (func $caller "f")))
