;; A trap ends the instance in which it happens and all that were entered with it: nothing of them can be
;; called again. Other instances of the same component are not concerned.
;; Explainer.md, "Component Invariants" (1); CanonicalABI.md, "Embedding" (Store.lift: no leave_to after a trap).

;; $a calls $b, which traps if it is told to; $c has nothing to do with them, but their parent was entered.
(component definition $Lockdown
  (component $Leaf
    (core module $M
      (global $n (mut i32) (i32.const 0))
      (func (export "f") (param i32) (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (if (local.get 0) (then (unreachable)))
        (global.get $n)))
    (core instance $m (instantiate $M))
    (func (export "f") (param "trap" bool) (result u32) (canon lift (core func $m "f"))))
  (component $User
    (import "f" (func $f (param "trap" bool) (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "f" (func $f (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (i32.add (i32.const 100) (call $f (local.get 0))))
      (func (export "g") (param i32) (result i32) (if (local.get 0) (then (unreachable))) (i32.const 5)))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
    (func (export "f") (param "trap" bool) (result u32) (canon lift (core func $m "f")))
    (func (export "g") (param "trap" bool) (result u32) (canon lift (core func $m "g"))))
  (instance $b (instantiate $Leaf))
  (instance $a (instantiate $User (with "f" (func $b "f"))))
  (instance $c (instantiate $Leaf))
  (export "a-f" (func $a "f"))
  (export "a-g" (func $a "g"))
  (export "b" (func $b "f"))
  (export "c" (func $c "f")))

(component instance $first $Lockdown)
(assert_return (invoke "a-f" (bool.const false)) (u32.const 101))
(assert_return (invoke "a-g" (bool.const false)) (u32.const 5))
(assert_return (invoke "b" (bool.const false)) (u32.const 2))
(assert_return (invoke "c" (bool.const false)) (u32.const 1))
(assert_trap (invoke "a-f" (bool.const true)) "unreachable")
;; The one that called, with a function that has nothing to do with it,
(assert_trap (invoke "a-g" (bool.const false)) "cannot enter component instance")
;; the one that trapped,
(assert_trap (invoke "b" (bool.const false)) "cannot enter component instance")
;; and the one that was not called: its parent was entered and not left.
(assert_trap (invoke "c" (bool.const false)) "cannot enter component instance")

;; Another instance has its own state; that the first one has trapped does not matter.
(component instance $second $Lockdown)
(assert_return (invoke "a-f" (bool.const false)) (u32.const 101))
(assert_return (invoke "c" (bool.const false)) (u32.const 1))
(component instance $third $Lockdown)
(assert_trap (invoke "a-g" (bool.const true)) "unreachable")
(assert_trap (invoke "b" (bool.const false)) "cannot enter component instance")
(component instance $fourth $Lockdown)
(assert_return (invoke "b" (bool.const false)) (u32.const 1))

;; A trap of the canonical ABI counts as any other: in a built-in, in lifting, in lowering, in post-return.
(component definition $Abi
  (component $Leaf
    (type $R (resource (rep i32)))
    (core func $drop (canon resource.drop $R))
    (core module $M
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0xffff))
      (func (export "take") (param i32 i32))
      (func (export "char") (param i32) (result i32) (local.get 0))
      (func (export "none") (param i32))
      (func (export "post") (if (i32.load (i32.const 0)) (then (unreachable))))
      (func (export "set") (i32.store (i32.const 0) (i32.const 1)))
      (func (export "fine") (result i32) (i32.const 42)))
    (core instance $m (instantiate $M))
    (func (export "fine") (result u32) (canon lift (core func $m "fine")))
    (func (export "drop") (param "handle" u32) (canon lift (core func $drop)))
    (func (export "char") (param "n" u32) (result char) (canon lift (core func $m "char")))
    (func (export "take") (param "s" string)
      (canon lift (core func $m "take") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
    (func (export "post") (param "n" u32) (canon lift (core func $m "none") (post-return (core func $m "post"))))
    (func (export "set") (canon lift (core func $m "set"))))
  (instance $leaf (instantiate $Leaf))
  (export "fine" (func $leaf "fine"))
  (export "drop" (func $leaf "drop"))
  (export "char" (func $leaf "char"))
  (export "take" (func $leaf "take"))
  (export "post" (func $leaf "post"))
  (export "set" (func $leaf "set")))
(component instance $abi $Abi)
(assert_return (invoke "char" (u32.const 0x61)) (char.const "a"))
(assert_return (invoke "take" (str.const "a")))
(assert_return (invoke "post" (u32.const 0)))
(assert_return (invoke "fine") (u32.const 42))
(component instance $in-built-in $Abi)
(assert_trap (invoke "drop" (u32.const 1)) "unknown handle index")
(assert_trap (invoke "fine") "cannot enter component instance")
(component instance $in-lifting $Abi)
(assert_trap (invoke "char" (u32.const 0xd800)) "not a valid character")
(assert_trap (invoke "fine") "cannot enter component instance")
(component instance $in-lowering $Abi)
(assert_trap (invoke "take" (str.const "ab")) "out of bounds")
(assert_trap (invoke "fine") "cannot enter component instance")
(component instance $in-post-return $Abi)
(assert_return (invoke "set"))
(assert_trap (invoke "post" (u32.const 0)) "unreachable")
(assert_trap (invoke "fine") "cannot enter component instance")
