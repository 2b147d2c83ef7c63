
  ;; Latin-1 to Latin-1: every byte is a character.
  (func $latin1-to-latin1 (param $src {F}) (param $end {F}) (param $dst {T}) (result {T})
    (call $copy (local.get $src) (local.get $end) (local.get $dst)))
