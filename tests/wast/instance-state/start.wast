;; Calls while a component is instantiated: the start function of a core module may call whatever exists
;; by then, and a trap in it is a trap of the instantiation.
;; CanonicalABI.md, "Embedding" (Store.lift, Store.lower), "canon lower", "canon resource.new".

;; A start function calls a sibling: with a number, with a string, for a string; makes and drops resources
;; of its own and of the sibling's. The sibling's state and the tables are then as after any calls.
(component
  (component $Leaf
    (core module $State
      (global $log (mut i32) (i32.const 0))
      (func (export "note") (param i32)
        (global.set $log (i32.add (i32.mul (i32.const 10) (global.get $log)) (local.get 0))))
      (func (export "log") (result i32) (global.get $log)))
    (core instance $s (instantiate $State))
    (type $R' (resource (rep i32) (dtor (core func $s "note"))))
    (core func $new (canon resource.new $R'))
    (export $R "r" (type $R'))
    (core module $M
      (import "" "note" (func $note (param i32)))
      (import "" "new" (func $new (param i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\08\00\00\00\05\00\00\00hello")
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $note (i32.const 8)) (i32.const 64))
      (func (export "take") (param i32 i32) (call $note (local.get 1)))
      (func (export "text") (result i32) (i32.const 0))
      (func (export "post") (param i32) (call $note (i32.const 9)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      ;; Its own start function runs before anybody else's.
      (func $start (call $note (i32.const 1)))
      (start $start))
    (core instance $m (instantiate $M (with "" (instance (export "note" (func $s "note")) (export "new" (func $new))))))
    (func (export "note") (param "n" u32) (canon lift (core func $s "note")))
    (func (export "log") (result u32) (canon lift (core func $s "log")))
    (func (export "take") (param "s" string)
      (canon lift (core func $m "take") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
    (func (export "text") (result string)
      (canon lift (core func $m "text") (memory (core memory $m "memory")) (post-return (core func $m "post"))))
    (func (export "make") (param "rep" u32) (result (own $R)) (canon lift (core func $m "make"))))
  (component $User
    (import "leaf" (instance $leaf
      (export "r" (type $R (sub resource)))
      (export "note" (func (param "n" u32)))
      (export "take" (func (param "s" string)))
      (export "text" (func (result string)))
      (export "make" (func (param "rep" u32) (result (own $R))))))
    (alias export $leaf "r" (type $R))
    (type $Mine (resource (rep i32)))
    (core module $Lib
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)))
    (core instance $lib (instantiate $Lib))
    (core func $note (canon lower (func $leaf "note")))
    (core func $take (canon lower (func $leaf "take") (memory (core memory $lib "memory"))))
    (core func $text (canon lower (func $leaf "text") (memory (core memory $lib "memory")) (realloc (core func $lib "realloc"))))
    (core func $make (canon lower (func $leaf "make")))
    (core func $drop (canon resource.drop $R))
    (core func $new-mine (canon resource.new $Mine))
    (core func $rep-mine (canon resource.rep $Mine))
    (core module $M
      (import "" "memory" (memory 1))
      (import "" "note" (func $note (param i32)))
      (import "" "take" (func $take (param i32 i32)))
      (import "" "text" (func $text (param i32)))
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (import "" "new" (func $new (param i32) (result i32)))
      (global $kept (mut i32) (i32.const 0))
      (func $start
        (call $note (i32.const 2))
        (call $text (i32.const 0))
        (call $take (i32.load (i32.const 0)) (i32.load (i32.const 4)))
        (drop (call $make (i32.const 6)))
        (global.set $kept (call $new (i32.const 70)))
        (call $drop (i32.const 1)))
      (start $start)
      (func (export "kept") (result i32) (global.get $kept)))
    (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $lib "memory"))
      (export "note" (func $note)) (export "take" (func $take)) (export "text" (func $text)) (export "make" (func $make))
      (export "drop" (func $drop)) (export "new" (func $new-mine))))))
    (func (export "kept") (result u32) (canon lift (core func $m "kept")))
    (func (export "rep") (param "handle" u32) (result u32) (canon lift (core func $rep-mine)))
    (func (export "new") (param "rep" u32) (result u32) (canon lift (core func $new-mine))))
  (instance $leaf (instantiate $Leaf))
  (instance $user (instantiate $User (with "leaf" (instance $leaf))))
  (export "log" (func $leaf "log"))
  (export "kept" (func $user "kept"))
  (export "rep" (func $user "rep"))
  (export "new" (func $user "new")))
;; 1 and 2 at the starts, 9 after the text was read, 8 and 5 for the string, 6 in the destructor.
(assert_return (invoke "log") (u32.const 129856))
(assert_return (invoke "kept") (u32.const 2))
(assert_return (invoke "rep" (u32.const 2)) (u32.const 70))
(assert_return (invoke "new" (u32.const 71)) (u32.const 1))

;; The order of instantiation: the parts of a component in the order of their definitions, a child with
;; all its parts at its place, as often as it is instantiated.
(component
  (component $Log
    (core module $M
      (global $log (mut i64) (i64.const 0))
      (func (export "note") (param i32)
        (global.set $log (i64.add (i64.mul (i64.const 10) (global.get $log)) (i64.extend_i32_u (local.get 0)))))
      (func (export "log") (result i64) (global.get $log)))
    (core instance $m (instantiate $M))
    (func (export "note") (param "n" u32) (canon lift (core func $m "note")))
    (func (export "log") (result u64) (canon lift (core func $m "log"))))
  (core module $Starts
    (import "" "note" (func $note (param i32)))
    (import "" "n" (global $n i32))
    (func $start (call $note (global.get $n)))
    (start $start))
  (core module $Numbers
    (global (export "1") i32 (i32.const 1))
    (global (export "2") i32 (i32.const 2))
    (global (export "3") i32 (i32.const 3)))
  (component $Inner
    (import "note" (func $note (param "n" u32)))
    (alias outer 1 $Starts (core module $Starts))
    (alias outer 1 $Numbers (core module $Numbers))
    (core instance $numbers (instantiate $Numbers))
    (core func $note' (canon lower (func $note)))
    (core instance (instantiate $Starts (with "" (instance (export "note" (func $note')) (export "n" (global $numbers "1"))))))
    (core instance (instantiate $Starts (with "" (instance (export "note" (func $note')) (export "n" (global $numbers "2"))))))
    (export "note" (func $note)))
  (component $Outer
    (import "note" (func $note (param "n" u32)))
    (alias outer 1 $Starts (core module $Starts))
    (alias outer 1 $Numbers (core module $Numbers))
    (alias outer 1 $Inner (component $Inner))
    (core instance $numbers (instantiate $Numbers))
    (core func $note' (canon lower (func $note)))
    (core instance (instantiate $Starts (with "" (instance (export "note" (func $note')) (export "n" (global $numbers "3"))))))
    (instance $a (instantiate $Inner (with "note" (func $note))))
    (core instance (instantiate $Starts (with "" (instance (export "note" (func $note')) (export "n" (global $numbers "3"))))))
    (instance $b (instantiate $Inner (with "note" (func $a "note"))))
    (export "note" (func $b "note")))
  (instance $log (instantiate $Log))
  (instance $x (instantiate $Outer (with "note" (func $log "note"))))
  (instance $y (instantiate $Inner (with "note" (func $x "note"))))
  (export "log" (func $log "log")))
(assert_return (invoke "log") (u64.const 3_12_3_12_12))

;; A start function that traps, or a call in it that does.
(assert_trap (component
  (component $Child
    (core module $M (func $start (unreachable)) (start $start))
    (core instance (instantiate $M)))
  (instance (instantiate $Child))) "unreachable")
(component definition $CallsInStart
  (component $Leaf
    (core module $M
      (func (export "f") (param i32) (if (local.get 0) (then (unreachable)))))
    (core instance $m (instantiate $M))
    (func (export "f") (param "n" u32) (canon lift (core func $m "f"))))
  (component $Child
    (import "f" (func $f (param "n" u32)))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "f" (func $f (param i32)))
      (func $start (call $f (i32.const 0)))
      (start $start)
      (func (export "f") (param i32) (result i32) (call $f (local.get 0)) (i32.const 42)))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $m "f"))))
  (instance $leaf (instantiate $Leaf))
  (instance $child (instantiate $Child (with "f" (func $leaf "f"))))
  (export "f" (func $child "f")))
(component instance $calls-in-start $CallsInStart)
(assert_return (invoke "f" (u32.const 0)) (u32.const 42))
(assert_trap (invoke "f" (u32.const 1)) "unreachable")
(assert_trap (component
  (component $Leaf
    (core module $M
      (func (export "f") (param i32) (if (local.get 0) (then (unreachable)))))
    (core instance $m (instantiate $M))
    (func (export "f") (param "n" u32) (canon lift (core func $m "f"))))
  (component $Child
    (import "f" (func $f (param "n" u32)))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "f" (func $f (param i32)))
      (func $start (call $f (i32.const 1)))
      (start $start))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f')))))))
  (instance $leaf (instantiate $Leaf))
  (instance $child (instantiate $Child (with "f" (func $leaf "f"))))) "unreachable")
;; A handle that is not there, dropped in the start function. (`new` and `drop` in the first case are valid.)
(assert_trap (component
  (type $R (resource (rep i32)))
  (core func $drop (canon resource.drop $R))
  (core module $M
    (import "" "drop" (func $drop (param i32)))
    (func $start (call $drop (i32.const 1)))
    (start $start))
  (core instance (instantiate $M (with "" (instance (export "drop" (func $drop))))))) "unknown handle index")
