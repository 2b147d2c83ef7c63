
  ;; The code point at src.
  (func $latin1-code-point (param $src {F}) (param $end {F}) (result i32)
    (i32.load8_u $from (local.get $src)))

  ;; How many bytes a code point has.
  (func $latin1-width (param $code-point i32) (result {F})
    ({F}.const 1))
