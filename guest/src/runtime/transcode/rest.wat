
  ;; After a loop that stops at a character that it cannot write: where that is in the source, or
  ;; the end.
  (global $rest (mut {F}) ({F}.const 0))
