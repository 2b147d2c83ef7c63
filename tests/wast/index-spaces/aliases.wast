;; Outer aliases, of types, core types, core modules and components, at several depths, written out and
;; implied by the use of a name; names that shadow one another.
;; Explainer.md "Alias Definitions".

;; A core module by outer aliases from zero to three components up. Each component has a module of its
;; own in front of it, so that the indices differ.
(component $top
  (core module $m (func (export "f") (result i32) (i32.const 10)))
  (component $one
    (core module $filler)
    (core module $m (func (export "f") (result i32) (i32.const 11)))
    (component $two
      (core module $m (func (export "f") (result i32) (i32.const 12)))
      (component $three
        (core module $filler-a)
        (core module $filler-b)
        (core module $m (func (export "f") (result i32) (i32.const 13)))
        (alias outer 0 2 (core module $here))
        (alias outer 1 0 (core module $up-one))
        (alias outer 2 1 (core module $up-two))
        (alias outer $top $m (core module $up-three))
        ;; an alias of an alias
        (alias outer $three $up-two (core module $again))
        (core instance $a (instantiate $here))
        (core instance $b (instantiate $up-one))
        (core instance $c (instantiate $up-two))
        (core instance $d (instantiate $up-three))
        (core instance $e (instantiate $again))
        (func (export "a") (result u32) (canon lift (core func $a "f")))
        (func (export "b") (result u32) (canon lift (core func $b "f")))
        (func (export "c") (result u32) (canon lift (core func $c "f")))
        (func (export "d") (result u32) (canon lift (core func $d "f")))
        (func (export "e") (result u32) (canon lift (core func $e "f"))))
      (instance $i (instantiate $three))
      (export "i" (instance $i)))
    (instance $i (instantiate $two))
    (export "i" (instance $i)))
  (instance $i (instantiate $one))
  (alias export $i "i" (instance $j))
  (alias export $j "i" (instance $k))
  (export "a" (func $k "a"))
  (export "b" (func $k "b"))
  (export "c" (func $k "c"))
  (export "d" (func $k "d"))
  (export "e" (func $k "e")))
(assert_return (invoke "a") (u32.const 13))
(assert_return (invoke "b") (u32.const 12))
(assert_return (invoke "c") (u32.const 11))
(assert_return (invoke "d") (u32.const 10))
(assert_return (invoke "e") (u32.const 11))

;; Components by outer aliases: what is aliased is instantiated below, with imports from there, and its
;; own outer aliases still mean its own surroundings.
(component $top
  (core module $m (func (export "f") (result i32) (i32.const 1)))
  (component $leaf
    (import "g" (func $g (result u32)))
    (core func $g' (canon lower (func $g)))
    (alias outer $top $m (core module $m'))
    (core instance $i (instantiate $m'))
    (core module $sum
      (import "" "f" (func $f (result i32)))
      (import "" "g" (func $g (result i32)))
      (func (export "sum") (result i32) (i32.add (i32.mul (call $f) (i32.const 100)) (call $g))))
    (core instance $s (instantiate $sum (with "" (instance
      (export "f" (func $i "f")) (export "g" (func $g'))))))
    (func (export "sum") (result u32) (canon lift (core func $s "sum"))))
  (component $middle
    ;; another $m, which $leaf must not take
    (core module $m (func (export "f") (result i32) (i32.const 7)))
    (component $inner
      (alias outer $top $leaf (component $leaf'))
      (component $g
        (core instance $i (instantiate $m))
        (func (export "g") (result u32) (canon lift (core func $i "f"))))
      (instance $g (instantiate $g))
      (instance $l (instantiate $leaf' (with "g" (func $g "g"))))
      (export "sum" (func $l "sum")))
    (instance $i (instantiate $inner))
    (export "sum" (func $i "sum")))
  (instance $i (instantiate $middle))
  (export "sum" (func $i "sum")))
(assert_return (invoke "sum") (u32.const 107))

;; Implied outer aliases: the nearest component that has the name counts, and a name that a component
;; has twice removed is not hidden by another sort's.
(component
  (core module $x (func (export "f") (result i32) (i32.const 1)))
  (core module $y (func (export "f") (result i32) (i32.const 2)))
  (component $a
    (core module $x (func (export "f") (result i32) (i32.const 3)))
    (component $b
      (component $y)
      (core instance $x (instantiate $x))
      (core instance $y (instantiate $y))
      (func (export "x") (result u32) (canon lift (core func $x "f")))
      (func (export "y") (result u32) (canon lift (core func $y "f"))))
    (instance $b (instantiate $b))
    (export "x" (func $b "x"))
    (export "y" (func $b "y")))
  (instance $a (instantiate $a))
  (export "x" (func $a "x"))
  (export "y" (func $a "y")))
(assert_return (invoke "x") (u32.const 3))
(assert_return (invoke "y") (u32.const 2))

;; Types by outer aliases: value types, function types, and those in a component's and an instance's type.
(component $top
  (type $pair (tuple u8 s16))
  (type $f (func (param "p" $pair) (result u32)))
  (component $a
    (type $filler u32)
    (alias outer $top $f (type $f'))
    (core module $m (func (export "f") (param i32 i32) (result i32)
      (i32.add (i32.mul (local.get 0) (i32.const 1000)) (local.get 1))))
    (core instance $i (instantiate $m))
    (func (export "f") (type $f') (canon lift (core func $i "f"))))
  (component $b
    (alias outer $top $pair (type $pair'))
    (type $i (instance
      (alias outer $b $pair' (type $p))
      (export "f" (func (param "p" $p) (result u32)))))
    (import "i" (instance $i (type $i)))
    (component $inner
      (alias outer 2 $f (type $f'))
      (import "f" (func $f (type $f')))
      (export "f" (func $f)))
    (instance $in (instantiate $inner (with "f" (func $i "f"))))
    (export "f" (func $in "f")))
  (instance $a (instantiate $a))
  (instance $b (instantiate $b (with "i" (instance $a))))
  (export "f" (func $b "f")))
(assert_return (invoke "f" (tuple.const (u8.const 3) (s16.const -5))) (u32.const 2995))
(assert_return (invoke "f" (tuple.const (u8.const 255) (s16.const 32767))) (u32.const 287767))

;; Core types by outer aliases, in the type of a core module that is imported.
(component $top
  (core type $f (func (param i64) (result i32)))
  (component $c
    (core type $m (module
      (alias outer $top $f (type $g))
      (export "f" (func (type $g)))))
    (import "m" (core module $m (type $m)))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u64) (result u32) (canon lift (core func $i "f"))))
  (core module $m (func (export "f") (param i64) (result i32) (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 32)))))
  (instance $c (instantiate $c (with "m" (core module $m))))
  (export "f" (func $c "f")))
(assert_return (invoke "f" (u64.const 0x700000009)) (u32.const 7))

;; Core aliases: of an export that is itself an import, of a bag, of a bag's bag, and one export by
;; several aliases; a function aliased from an alias's instance is the same function.
(component
  (core module $m
    (global $n (mut i32) (i32.const 0))
    (func (export "f") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
  (core instance $i (instantiate $m))
  (core instance $bag (export "g" (func $i "f")))
  (alias core export $bag "g" (core func $g))
  (core instance $bag2 (export "h" (func $g)) (export "h2" (func $bag "g")))
  (alias core export $bag2 "h" (core func $h))
  (func (export "f") (result u32) (canon lift (core func $i "f")))
  (func (export "g") (result u32) (canon lift (core func $bag "g")))
  (func (export "h") (result u32) (canon lift (core func $h)))
  (func (export "h2") (result u32) (canon lift (core func $bag2 "h2"))))
(assert_return (invoke "f") (u32.const 1))
(assert_return (invoke "g") (u32.const 2))
(assert_return (invoke "h") (u32.const 3))
(assert_return (invoke "h2") (u32.const 4))

;; Instances in instances in instances: aliases step by step, and at once (the text format's short form).
(component
  (component $c
    (component $d
      (component $e
        (core module $m (global $n (mut i32) (i32.const 40))
          (func (export "f") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1)))
            (global.get $n)))
        (core instance $i (instantiate $m))
        (func $f (result u32) (canon lift (core func $i "f")))
        (instance $i (export "f" (func $f)))
        (export "z" (instance $i)))
      (instance $e (instantiate $e))
      (export "y" (instance $e)))
    (instance $d (instantiate $d))
    (export "x" (instance $d)))
  (instance $c (instantiate $c))
  (alias export $c "x" (instance $x))
  (alias export $x "y" (instance $y))
  (alias export $y "z" (instance $z))
  (alias export $z "f" (func $f))
  (component $user
    (import "i" (instance $i (export "x" (instance (export "y" (instance (export "z" (instance
      (export "f" (func (result u32)))))))))))
    (export "f" (func $i "x" "y" "z" "f")))
  (instance $u (instantiate $user (with "i" (instance $c))))
  (export "f" (func $f))
  (export "short" (func $c "x" "y" "z" "f"))
  (export "through" (func $u "f")))
(assert_return (invoke "f") (u32.const 41))
(assert_return (invoke "short") (u32.const 42))
(assert_return (invoke "through") (u32.const 43))
