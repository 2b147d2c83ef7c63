;; An instance that calls its own lifted functions: the arguments are all lifted before the first is
;; lowered, and the result is lowered before post-return runs. Both sides are one memory and one
;; handle table, so any other order shows.
;;! spec clobber() = 12
;;! spec spilled() = 16
;;! spec shifted() = 34
;;! spec late() = 0
;;! spec text() = 3
;;! spec compact() = 36
;;! spec owned() = 21
;;! spec passed() = 2
;;! spec borrowed() = 5
;;! spec dropped() = trap handle is lent
(component
  (core module $lib
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 0))
    (func (export "set") (param i32) (global.set $next (local.get 0)))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3))))
    (func (export "two") (param i32 i32 i32 i32) (result i32)
      (i32.add
        (i32.mul (i32.const 10) (i32.load8_u (local.get 0)))
        (i32.load8_u (local.get 2))))
    (func (export "last") (param i32) (result i32) (i32.load offset=64 (local.get 0)))
    (func (export "tuple") (result i32)
      (i32.store (i32.const 0x200) (i32.const 3))
      (i32.store (i32.const 0x204) (i32.const 4))
      (i32.const 0x200))
    (func (export "list") (result i32)
      (i32.store (i32.const 0x200) (i32.const 0x300))
      (i32.store (i32.const 0x204) (i32.const 1))
      (i32.store8 (i32.const 0x300) (i32.const 9))
      (i32.const 0x200))
    (func (export "clear") (param i32) (i32.store8 (i32.const 0x300) (i32.const 0)))
    (func (export "units") (param i32 i32) (result i32) (local.get 1))
    (func (export "where") (param i32 i32) (result i32) (local.get 0))
    (func (export "handles") (param i32 i32) (result i32)
      (i32.add (i32.mul (i32.const 10) (local.get 0)) (local.get 1)))
    (func (export "same") (param i32) (result i32) (local.get 0)))
  (core instance $lib (instantiate $lib))
  (alias core export $lib "memory" (core memory $memory))
  (alias core export $lib "realloc" (core func $realloc))
  (type $r (resource (rep i32)))
  (core func $new (canon resource.new $r))
  (core func $drop (canon resource.drop $r))
  (core module $dropper
    (import "" "drop" (func $drop (param i32)))
    ;; The first handle of the table, whatever the argument is.
    (func (export "drop") (param i32) (call $drop (i32.const 1))))
  (core instance $dropper (instantiate $dropper (with "" (instance (export "drop" (func $drop))))))

  (func $two (param "a" (list u8)) (param "b" (list u8)) (result u32)
    (canon lift (core func $lib "two") (memory $memory) (realloc $realloc)))
  (func $last
    (param "a" u32) (param "b" u32) (param "c" u32) (param "d" u32) (param "e" u32) (param "f" u32)
    (param "g" u32) (param "h" u32) (param "i" u32) (param "j" u32) (param "k" u32) (param "l" u32)
    (param "m" u32) (param "n" u32) (param "o" u32) (param "p" u32) (param "q" u32) (result u32)
    (canon lift (core func $lib "last") (memory $memory) (realloc $realloc)))
  (func $tuple (result (tuple u32 u32)) (canon lift (core func $lib "tuple") (memory $memory)))
  (func $list (result (list u8))
    (canon lift (core func $lib "list") (memory $memory) (post-return (core func $lib "clear"))))
  (func $units (param "s" string) (result u32)
    (canon lift (core func $lib "units") (memory $memory) (realloc $realloc) string-encoding=utf16))
  (func $where (param "s" string) (result u32)
    (canon lift (core func $lib "where") (memory $memory) (realloc $realloc) string-encoding=latin1+utf16))
  (func $handles (param "a" (own $r)) (param "b" (own $r)) (result u32)
    (canon lift (core func $lib "handles")))
  (func $pass (param "a" (own $r)) (result (own $r)) (canon lift (core func $lib "same")))
  (func $rep (param "a" (borrow $r)) (result u32) (canon lift (core func $lib "same")))
  (func $drops (param "a" (borrow $r)) (canon lift (core func $dropper "drop")))

  (core func $two' (canon lower (func $two) (memory $memory)))
  (core func $last' (canon lower (func $last) (memory $memory)))
  (core func $tuple' (canon lower (func $tuple) (memory $memory)))
  (core func $list' (canon lower (func $list) (memory $memory) (realloc $realloc)))
  (core func $units' (canon lower (func $units) (memory $memory)))
  (core func $where' (canon lower (func $where) (memory $memory) string-encoding=latin1+utf16))
  (core func $handles' (canon lower (func $handles)))
  (core func $pass' (canon lower (func $pass)))
  (core func $rep' (canon lower (func $rep)))
  (core func $drops' (canon lower (func $drops)))
  (core module $m
    (import "" "memory" (memory 1))
    (import "" "set" (func $set (param i32)))
    (import "" "two" (func $two (param i32 i32 i32 i32) (result i32)))
    (import "" "last" (func $last (param i32) (result i32)))
    (import "" "tuple" (func $tuple (param i32)))
    (import "" "list" (func $list (param i32)))
    (import "" "units" (func $units (param i32 i32) (result i32)))
    (import "" "where" (func $where (param i32 i32) (result i32)))
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "handles" (func $handles (param i32 i32) (result i32)))
    (import "" "pass" (func $pass (param i32) (result i32)))
    (import "" "rep" (func $rep (param i32) (result i32)))
    (import "" "drops" (func $drops (param i32)))
    ;; The first list is lowered to where the second one lies.
    (func (export "clobber") (result i32)
      (i32.store8 (i32.const 0) (i32.const 1))
      (i32.store8 (i32.const 8) (i32.const 2))
      (call $set (i32.const 8))
      (call $two (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 1)))
    ;; The parameters are lowered to one place further on.
    (func (export "spilled") (result i32)
      (local $i i32)
      (loop $next
        (i32.store (i32.mul (local.get $i) (i32.const 4)) (local.get $i))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 17))))
      (call $set (i32.const 4))
      (call $last (i32.const 0)))
    ;; The result is lowered to one place further on.
    (func (export "shifted") (result i32)
      (call $tuple (i32.const 0x204))
      (i32.add
        (i32.mul (i32.const 10) (i32.load (i32.const 0x204)))
        (i32.load (i32.const 0x208))))
    ;; The result is lowered to where it was, and then post-return clears it.
    (func (export "late") (result i32)
      (call $set (i32.const 0x300))
      (call $list (i32.const 0x10))
      (i32.load8_u (i32.load (i32.const 0x10))))
    (func (export "text") (result i32)
      (i32.store (i32.const 0) (i32.const 0xa4_c3_62_61)) ;; "abä"
      (call $set (i32.const 0x20))
      (call $units (i32.const 0) (i32.const 4)))
    ;; "ab" in UTF-16 stays UTF-16 between lifting and lowering, and is narrowed then: with a second
    ;; `realloc`, which moves it.
    (func (export "compact") (result i32)
      (i32.store (i32.const 0) (i32.const 0x62_0061))
      (call $set (i32.const 0x20))
      (call $where (i32.const 0) (i32.const 0x8000_0002)))
    ;; Both handles are gone before the first new one; the last that went is the first that comes.
    (func (export "owned") (result i32)
      (call $handles (call $new (i32.const 5)) (call $new (i32.const 6))))
    (func (export "passed") (result i32) (call $pass (i32.const 2)))
    (func (export "borrowed") (result i32) (call $rep (i32.const 2)))
    ;; What is lent cannot be dropped.
    (func (export "dropped") (call $drops (i32.const 1))))
  (core instance $m (instantiate $m (with "" (instance
    (export "memory" (memory $memory)) (export "set" (func $lib "set")) (export "two" (func $two'))
    (export "last" (func $last')) (export "tuple" (func $tuple')) (export "list" (func $list'))
    (export "units" (func $units')) (export "where" (func $where')) (export "new" (func $new))
    (export "handles" (func $handles')) (export "pass" (func $pass')) (export "rep" (func $rep'))
    (export "drops" (func $drops'))))))
  (func (export "clobber") (result u32) (canon lift (core func $m "clobber")))
  (func (export "spilled") (result u32) (canon lift (core func $m "spilled")))
  (func (export "shifted") (result u32) (canon lift (core func $m "shifted")))
  (func (export "late") (result u32) (canon lift (core func $m "late")))
  (func (export "text") (result u32) (canon lift (core func $m "text")))
  (func (export "compact") (result u32) (canon lift (core func $m "compact")))
  (func (export "owned") (result u32) (canon lift (core func $m "owned")))
  (func (export "passed") (result u32) (canon lift (core func $m "passed")))
  (func (export "borrowed") (result u32) (canon lift (core func $m "borrowed")))
  (func (export "dropped") (canon lift (core func $m "dropped"))))
