
  ;; Set by loops that stop early: the address of the first character in the source that they could not
  ;; write, or the source's end.
  (global $rest (mut {F}) ({F}.const 0))
