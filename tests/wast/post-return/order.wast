;; When a post-return runs: after the results have been lifted and lowered to the caller, before the caller
;; goes on, once for each call.
;; CanonicalABI.md, "canon lift" (post_return), "Tasks" (Task.return_).

;; $Leaf writes its results anew for each call, and its post-return overwrites the whole memory. It notes
;; in digits: 1 for the function, 2 for the post-return. $User returns what it got, and the leaf's log as
;; it was when the call was over.
(component definition $Spoils
  (component $Leaf
    (core module $M
      (memory (export "memory") 1)
      (global $log (mut i32) (i32.const 0))
      (func $note (param i32)
        (global.set $log (i32.add (i32.mul (i32.const 10) (global.get $log)) (local.get 0))))
      ;; At 0x100: "text" as a string; at 0x110: (7, "text", 2^40 + 1); at 0x130: some("text");
      ;; at 0x140: a list of "text", "" and "xt"; at 0x180: the bytes.
      (data $results
        "\80\01\00\00\04\00\00\00--------"
        "\07---\80\01\00\00\04\00\00\00----\01\00\00\00\00\01\00\00--------"
        "\01---\80\01\00\00\04\00\00\00----"
        "\48\01\00\00\03\00\00\00"
        "\80\01\00\00\04\00\00\00" "\00\00\00\00\00\00\00\00" "\82\01\00\00\02\00\00\00"
        "--------------------------------"
        "text")
      (func $write
        (memory.init $results (i32.const 0x100) (i32.const 0) (i32.const 0x84))
        (call $note (i32.const 1)))
      (func (export "text") (result i32) (call $write) (i32.const 0x100))
      (func (export "tuple") (result i32) (call $write) (i32.const 0x110))
      (func (export "maybe") (result i32) (call $write) (i32.const 0x130))
      (func (export "list") (result i32) (call $write) (i32.const 0x140))
      (func (export "nothing") (call $note (i32.const 1)))
      (func $spoil (export "spoil")
        (memory.fill (i32.const 0) (i32.const 0x21) (i32.const 0x10000))
        (call $note (i32.const 2)))
      (func (export "spoil-at") (param i32) (call $spoil))
      (func (export "log") (result i32) (global.get $log) (global.set $log (i32.const 0))))
    (core instance $m (instantiate $M))
    (alias core export $m "memory" (core memory $memory))
    (alias core export $m "spoil" (core func $spoil))
    (alias core export $m "spoil-at" (core func $spoil-at))
    (func (export "text") (result string) (canon lift (core func $m "text") (memory $memory) (post-return $spoil-at)))
    (func (export "tuple") (result (tuple u8 string u64))
      (canon lift (core func $m "tuple") (memory $memory) (post-return $spoil-at)))
    (func (export "maybe") (result (option string))
      (canon lift (core func $m "maybe") (memory $memory) (post-return $spoil-at)))
    (func (export "list") (result (list string))
      (canon lift (core func $m "list") (memory $memory) (post-return $spoil-at)))
    (func (export "nothing") (canon lift (core func $m "nothing") (post-return $spoil)))
    ;; The same core function without a post-return.
    (func (export "no-post") (result string) (canon lift (core func $m "text") (memory $memory)))
    (func (export "log") (result u32) (canon lift (core func $m "log"))))
  (component $User
    (import "leaf" (instance $leaf
      (export "text" (func (result string)))
      (export "tuple" (func (result (tuple u8 string u64))))
      (export "maybe" (func (result (option string))))
      (export "list" (func (result (list string))))
      (export "nothing" (func))
      (export "no-post" (func (result string)))
      (export "log" (func (result u32)))))
    (core module $Lib
      (memory (export "memory") 1)
      (global $top (mut i32) (i32.const 0x400))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $top (i32.and
          (i32.add (global.get $top) (i32.sub (local.get 2) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get 2))))
        (global.get $top)
        (global.set $top (i32.add (global.get $top) (local.get 3)))))
    (core instance $lib (instantiate $Lib))
    (alias core export $lib "memory" (core memory $memory))
    (alias core export $lib "realloc" (core func $realloc))
    (core func $text (canon lower (func $leaf "text") (memory $memory) (realloc $realloc)))
    (core func $tuple (canon lower (func $leaf "tuple") (memory $memory) (realloc $realloc)))
    (core func $maybe (canon lower (func $leaf "maybe") (memory $memory) (realloc $realloc)))
    (core func $list (canon lower (func $leaf "list") (memory $memory) (realloc $realloc)))
    (core func $nothing (canon lower (func $leaf "nothing")))
    (core func $no-post (canon lower (func $leaf "no-post") (memory $memory) (realloc $realloc)))
    (core func $log (canon lower (func $leaf "log")))
    (core module $M
      (import "" "memory" (memory 1))
      (import "" "text" (func $text (param i32)))
      (import "" "tuple" (func $tuple (param i32)))
      (import "" "maybe" (func $maybe (param i32)))
      (import "" "list" (func $list (param i32)))
      (import "" "nothing" (func $nothing))
      (import "" "no-post" (func $no-post (param i32)))
      (import "" "log" (func $log (result i32)))
      (func $and-log (result i32) (i32.store (i32.const 0x200) (call $log)) (i32.const 0x200))
      (func (export "text") (result i32) (call $text (i32.const 0x204)) (call $and-log))
      (func (export "tuple") (result i32) (call $tuple (i32.const 0x208)) (call $and-log))
      (func (export "maybe") (result i32) (call $maybe (i32.const 0x204)) (call $and-log))
      (func (export "list") (result i32) (call $list (i32.const 0x204)) (call $and-log))
      ;; Two calls, before anything is looked at.
      (func (export "two") (result i32)
        (call $text (i32.const 0x204))
        (call $text (i32.const 0x20c))
        (call $and-log))
      (func (export "nothing") (result i32) (call $nothing) (call $nothing) (call $log))
      (func (export "no-post") (result i32) (call $no-post (i32.const 0x204)) (call $and-log)))
    (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $memory)) (export "text" (func $text))
      (export "tuple" (func $tuple)) (export "maybe" (func $maybe)) (export "list" (func $list))
      (export "nothing" (func $nothing)) (export "no-post" (func $no-post)) (export "log" (func $log))))))
    (func (export "text") (result (tuple u32 string)) (canon lift (core func $m "text") (memory $memory)))
    (func (export "tuple") (result (tuple u32 (tuple u8 string u64)))
      (canon lift (core func $m "tuple") (memory $memory)))
    (func (export "maybe") (result (tuple u32 (option string))) (canon lift (core func $m "maybe") (memory $memory)))
    (func (export "list") (result (tuple u32 (list string))) (canon lift (core func $m "list") (memory $memory)))
    (func (export "two") (result (tuple u32 string string)) (canon lift (core func $m "two") (memory $memory)))
    (func (export "nothing") (result u32) (canon lift (core func $m "nothing")))
    (func (export "no-post") (result (tuple u32 string)) (canon lift (core func $m "no-post") (memory $memory))))
  (instance $leaf (instantiate $Leaf))
  (instance $user (instantiate $User (with "leaf" (instance $leaf))))
  (export "text" (func $user "text"))
  (export "tuple" (func $user "tuple"))
  (export "maybe" (func $user "maybe"))
  (export "list" (func $user "list"))
  (export "two" (func $user "two"))
  (export "nothing" (func $user "nothing"))
  (export "no-post" (func $user "no-post"))
  (export "leaf-text" (func $leaf "text"))
  (export "leaf-list" (func $leaf "list"))
  (export "leaf-nothing" (func $leaf "nothing"))
  (export "leaf-log" (func $leaf "log")))

;; From another component.
(component instance $spoils $Spoils)
(assert_return (invoke "text") (tuple.const (u32.const 12) (str.const "text")))
(assert_return (invoke "tuple")
  (tuple.const (u32.const 12) (tuple.const (u8.const 7) (str.const "text") (u64.const 0x100_0000_0001))))
(assert_return (invoke "maybe") (tuple.const (u32.const 12) (option.some (str.const "text"))))
(assert_return (invoke "list")
  (tuple.const (u32.const 12) (list.const (str.const "text") (str.const "") (str.const "xt"))))
(assert_return (invoke "two") (tuple.const (u32.const 1212) (str.const "text") (str.const "text")))
(assert_return (invoke "nothing") (u32.const 1212))
;; It belongs to the lifted function, not to the core function.
(assert_return (invoke "no-post") (tuple.const (u32.const 1) (str.const "text")))
;; From the host.
(assert_return (invoke "leaf-text") (str.const "text"))
(assert_return (invoke "leaf-log") (u32.const 12))
(assert_return (invoke "leaf-list") (list.const (str.const "text") (str.const "") (str.const "xt")))
(assert_return (invoke "leaf-nothing"))
(assert_return (invoke "leaf-nothing"))
(assert_return (invoke "leaf-log") (u32.const 121212))

;; One call inside another, each with a post-return: the inner one's is over before the outer function goes
;; on. 1 and 3 are the functions, 2 and 4 the post-returns; the middle one's log is its own and then the
;; leaf's, as it has seen that.
(component
  (component $Leaf
    (core module $M
      (global $log (mut i32) (i32.const 0))
      (func $note (param i32)
        (global.set $log (i32.add (i32.mul (i32.const 10) (global.get $log)) (local.get 0))))
      (func (export "f") (result i32) (call $note (i32.const 1)) (global.get $log))
      (func (export "post") (param i32) (call $note (i32.const 2)))
      (func (export "log") (result i32) (global.get $log)))
    (core instance $m (instantiate $M))
    (func (export "f") (result u32) (canon lift (core func $m "f") (post-return (core func $m "post"))))
    (func (export "log") (result u32) (canon lift (core func $m "log"))))
  (component $Middle
    (import "f" (func $f (result u32)))
    (import "log" (func $log (result u32)))
    (core func $f' (canon lower (func $f)))
    (core func $log' (canon lower (func $log)))
    (core module $M
      (import "" "f" (func $f (result i32)))
      (import "" "log" (func $leaf-log (result i32)))
      (global $log (mut i32) (i32.const 0))
      (func $note (param i32)
        (global.set $log (i32.add (i32.mul (i32.const 10) (global.get $log)) (local.get 0))))
      (func (export "f") (result i32)
        (call $note (i32.const 3))
        (i32.mul (i32.const 1000) (call $f))
        (call $leaf-log)
        (i32.add))
      (func (export "post") (param i32) (call $note (i32.const 4)))
      (func (export "log") (result i32) (global.get $log)))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f')) (export "log" (func $log'))))))
    (func (export "f") (result u32) (canon lift (core func $m "f") (post-return (core func $m "post"))))
    (func (export "log") (result u32) (canon lift (core func $m "log"))))
  (component $Top
    (import "f" (func $f (result u32)))
    (import "log" (func $log (result u32)))
    (core func $f' (canon lower (func $f)))
    (core func $log' (canon lower (func $log)))
    (core module $M
      (import "" "f" (func $f (result i32)))
      (import "" "log" (func $log (result i32)))
      (func (export "f") (result i32) (i32.add (i32.mul (i32.const 100) (call $f)) (call $log))))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f')) (export "log" (func $log'))))))
    (func (export "f") (result u32) (canon lift (core func $m "f"))))
  (instance $leaf (instantiate $Leaf))
  (instance $middle (instantiate $Middle (with "f" (func $leaf "f")) (with "log" (func $leaf "log"))))
  (instance $top (instantiate $Top (with "f" (func $middle "f")) (with "log" (func $middle "log"))))
  (export "f" (func $top "f")))
;; The leaf's result is its log, 1, without the post-return; then its log is 12. The middle's is 34.
(assert_return (invoke "f") (u32.const 101234))

;; An instance that calls its own function sees the order of the caller's realloc and the callee's
;; post-return: 1 the function, 3 the realloc, 2 the post-return, 4 the caller, which finds the post-return's
;; spoils only in the callee's place. Wasmtime 48 traps at a call of an instance's own function.
(component
  (core module $Lib
    (memory (export "memory") 1)
    (global $log (mut i32) (i32.const 0))
    (func $note (export "note") (param i32)
      (global.set $log (i32.add (i32.mul (i32.const 10) (global.get $log)) (local.get 0))))
    (func (export "log") (result i32) (global.get $log))
    (data (i32.const 0x100) "\08\01\00\00\04\00\00\00text")
    (func (export "text") (result i32) (call $note (i32.const 1)) (i32.const 0x100))
    (func (export "post") (param i32)
      (call $note (i32.const 2))
      (memory.fill (i32.const 0x100) (i32.const 0x21) (i32.const 16)))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $note (i32.const 3)) (i32.const 0x200)))
  (core instance $lib (instantiate $Lib))
  (func $text (result string)
    (canon lift (core func $lib "text") (memory (core memory $lib "memory")) (post-return (core func $lib "post"))))
  (core func $text' (canon lower (func $text) (memory (core memory $lib "memory")) (realloc (core func $lib "realloc"))))
  (core module $M
    (import "" "note" (func $note (param i32)))
    (import "" "text" (func $text (param i32)))
    (func (export "f") (result i32) (call $text (i32.const 0)) (call $note (i32.const 4)) (i32.const 0)))
  (core instance $m (instantiate $M (with "" (instance (export "note" (func $lib "note")) (export "text" (func $text'))))))
  (func (export "f") (result string) (canon lift (core func $m "f") (memory (core memory $lib "memory"))))
  (func (export "log") (result u32) (canon lift (core func $lib "log"))))
(assert_return (invoke "f") (str.const "text"))
(assert_return (invoke "log") (u32.const 1324))
