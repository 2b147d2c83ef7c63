;;! unsupported: a component instance's call of its own function with strings in latin1+utf16 cannot be fused
(component
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "f") (param i32 i32)))
  (core instance $i (instantiate $m))
  (func $f (param "s" string) (canon lift (core func $i "f")
    (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
  (core func $g (canon lower (func $f) string-encoding=latin1+utf16 (memory (core memory $i "memory"))))
  (func (export "f") (param "a" u32) (param "b" u32) (canon lift (core func $g))))
