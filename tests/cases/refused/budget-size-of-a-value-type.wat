;;! limit-exceeded: at the boundary `caller -> callee: f, and others`: a value type's size in bytes is too large: the limit is 4294967295
;; A valid value type is never so large, but what a call passes in memory can be: 17 parameters.
(component
  (type $l (list u8 268435455))
  (component $callee
    (core module $m
      (memory (export "memory") 1)
      (func (export "f") (param i32))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m))
    (func (export "f") (param "a" $l) (param "b" $l) (param "c" $l) (param "d" $l) (param "e" $l) (param "f" $l) (param "g" $l) (param "h" $l) (param "i" $l) (param "j" $l) (param "k" $l) (param "l" $l) (param "m" $l) (param "n" $l) (param "o" $l) (param "p" $l) (param "q" $l) (canon lift (core func $i "f")
      (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
  (component $caller
    (import "f" (func $f (param "a" $l) (param "b" $l) (param "c" $l) (param "d" $l) (param "e" $l) (param "f" $l) (param "g" $l) (param "h" $l) (param "i" $l) (param "j" $l) (param "k" $l) (param "l" $l) (param "m" $l) (param "n" $l) (param "o" $l) (param "p" $l) (param "q" $l)))
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
