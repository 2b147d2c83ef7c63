;; Instances of exports, made without a component or a core module: `(core instance (export ...))` and
;; `(instance (export ...))`, as arguments, nested, empty, and exported.
;; Explainer.md "Instance Definitions"; Binary.md "Instance Definitions".

;; Core: an instance of exports out of two instances and a canonical function, with each of the sorts.
(component
  (component $c
    (core module $m (func (export "f") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))
  (component $user
    (import "f" (func $f (param "n" u32) (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $a
      (memory (export "memory") 1)
      (data (i32.const 9) "\05")
      (tag (export "tag") (param i32)))
    (core module $b
      (table (export "table") 1 funcref)
      (func $nine (result i32) (i32.const 9))
      (elem (i32.const 0) $nine)
      (global (export "global") i32 (i32.const 20)))
    (core instance $a (instantiate $a))
    (core instance $b (instantiate $b))
    (core instance $bag
      (export "fn" (func $f'))
      (export "mem" (memory $a "memory"))
      (export "tab" (table $b "table"))
      (export "glob" (global $b "global"))
      (export "exn" (tag $a "tag")))
    (core module $m
      (import "bag" "exn" (tag $t (param i32)))
      (import "bag" "tab" (table $tab 1 funcref))
      (import "bag" "glob" (global $g i32))
      (import "bag" "fn" (func $f (param i32) (result i32)))
      (import "bag" "mem" (memory 1))
      (type $r (func (result i32)))
      ;; the table gives 9, the memory at 9 gives 5, times 3, and 20
      (func (export "run") (result i32)
        (block $h (result i32)
          (try_table (catch $t $h)
            (throw $t (i32.add (global.get $g)
              (call $f (i32.load8_u (call_indirect $tab (type $r) (i32.const 0)))))))
          (i32.const 0))))
    (core instance $i (instantiate $m (with "bag" (instance $bag))))
    (func (export "run") (result u32) (canon lift (core func $i "run"))))
  (instance $c (instantiate $c))
  (instance $u (instantiate $user (with "f" (func $c "f"))))
  (export "run" (func $u "run")))
(assert_return (invoke "run") (u32.const 35))

;; Core export names are any strings: empty, with spaces, with characters outside of ASCII, or alike but
;; for their case.
(component
  (core module $m
    (func (export "") (result i32) (i32.const 1))
    (func (export "a b") (result i32) (i32.const 2))
    (func (export "\u{1f41f}") (result i32) (i32.const 3))
    (func (export "F") (result i32) (i32.const 4))
    (func (export "f") (result i32) (i32.const 5))
    (func (export "a:b/c@1.0.0#[method]d.e") (result i32) (i32.const 6)))
  (core instance $i (instantiate $m))
  (core instance $bag
    (export "\u{00e9}" (func $i "")) (export "e\u{0301}" (func $i "a b")) (export "" (func $i "\u{1f41f}"))
    (export "x" (func $i "F")) (export "X" (func $i "f")) (export " x" (func $i "a:b/c@1.0.0#[method]d.e")))
  (core module $n
    (import "" "x" (func $d (result i32)))
    (import "" "" (func $c (result i32)))
    (import "" "\u{00e9}" (func $a (result i32)))
    (import "" " x" (func $f (result i32)))
    (import "" "e\u{0301}" (func $b (result i32)))
    (import "" "X" (func $e (result i32)))
    (func $digit (param i32 i32) (result i32) (i32.add (i32.mul (local.get 0) (i32.const 10)) (local.get 1)))
    (func (export "run") (result i32)
      (call $digit (call $digit (call $digit (call $digit (call $digit
        (call $a) (call $b)) (call $c)) (call $d)) (call $e)) (call $f))))
  (core instance $j (instantiate $n (with "" (instance $bag))))
  (func (export "run") (result u32) (canon lift (core func $j "run"))))
(assert_return (invoke "run") (u32.const 123456))

;; Empty instances, core and not, where nothing is asked of them, and where there is more than is asked.
(component
  (core module $m (func (export "f") (result i32) (i32.const 4)))
  (core instance $none)
  (core instance $i (instantiate $m (with "nobody" (instance $none))))
  (component $c
    (import "none" (instance))
    (import "more" (instance $more))
    (core instance $i (instantiate $m))
    (export "more" (instance $more))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (func $f (result u32) (canon lift (core func $i "f")))
  (instance $none)
  (instance $more (export "f" (func $f)))
  (instance $c (instantiate $c (with "none" (instance $none)) (with "more" (instance $more))))
  (export "none" (instance $none))
  (export "f" (func $c "f")))
(assert_return (invoke "f") (u32.const 4))

;; Instances of functions of two components, which go in and come out of two others: calls between
;; siblings through a bag, a bag in a bag, and a bag that came back.
(component
  (component $counter
    (core module $m
      (global $n (mut i32) (i32.const 0))
      (func (export "add") (param i32) (result i32)
        (global.set $n (i32.add (global.get $n) (local.get 0)))
        (global.get $n)))
    (core instance $i (instantiate $m))
    (func (export "add") (param "n" u32) (result u32) (canon lift (core func $i "add"))))
  (instance $a (instantiate $counter))
  (instance $b (instantiate $counter))
  (alias export $a "add" (func $add-a))
  (alias export $b "add" (func $add-b))
  (instance $inner (export "first" (func $add-b)) (export "second" (func $add-a)))
  (instance $outer (export "first" (func $add-a)) (export "inner" (instance $inner)) (export "b" (instance $b)))
  (component $user
    (import "outer" (instance $outer
      (export "b" (instance (export "add" (func (param "n" u32) (result u32)))))
      (export "inner" (instance
        (export "second" (func (param "n" u32) (result u32)))
        (export "first" (func (param "n" u32) (result u32)))))
      (export "first" (func (param "n" u32) (result u32)))))
    (core func $1 (canon lower (func $outer "first")))
    (core func $2 (canon lower (func $outer "inner" "first")))
    (core func $3 (canon lower (func $outer "inner" "second")))
    (core func $4 (canon lower (func $outer "b" "add")))
    (core module $m
      (import "" "1" (func $1 (param i32) (result i32)))
      (import "" "2" (func $2 (param i32) (result i32)))
      (import "" "3" (func $3 (param i32) (result i32)))
      (import "" "4" (func $4 (param i32) (result i32)))
      ;; a is 1 then 101; b is 10, then 1010
      (func (export "run") (result i64)
        (drop (call $1 (i32.const 1)))
        (drop (call $2 (i32.const 10)))
        (i64.add
          (i64.mul (i64.extend_i32_u (call $3 (i32.const 100))) (i64.const 100000))
          (i64.extend_i32_u (call $4 (i32.const 1000))))))
    (core instance $i (instantiate $m (with "" (instance
      (export "1" (func $1)) (export "2" (func $2)) (export "3" (func $3)) (export "4" (func $4))))))
    (func (export "run") (result u64) (canon lift (core func $i "run")))
    (alias export $outer "inner" (instance $inner))
    (instance $swapped (export "other" (func $inner "second")))
    (export "back" (instance $swapped)))
  (instance $u (instantiate $user (with "outer" (instance $outer))))
  (alias export $u "back" (instance $back))
  (export "run" (func $u "run"))
  (export "back" (func $back "other")))
(assert_return (invoke "run") (u64.const 10101010))
(assert_return (invoke "back" (u32.const 0)) (u32.const 101))
(assert_return (invoke "run") (u64.const 20202020))
(assert_return (invoke "back" (u32.const 5)) (u32.const 207))

;; An instance of exports with a resource type and its functions: a type and what is to do with it come
;; from another component and are used through the bag. The handle is dropped, which its maker sees.
(component
  (component $maker
    (core module $d
      (global $dropped (mut i32) (i32.const 0))
      (func (export "dtor") (param i32) (global.set $dropped (i32.add (global.get $dropped) (local.get 0))))
      (func (export "dropped") (result i32) (global.get $dropped)))
    (core instance $d (instantiate $d))
    (type $r' (resource (rep i32) (dtor (func $d "dtor"))))
    (core func $new (canon resource.new $r'))
    (export $r "thing" (type $r'))
    (func (export "make") (param "n" u32) (result (own $r)) (canon lift (core func $new)))
    (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))
  (component $user
    (import "bag" (instance $bag
      (export "t" (type $t (sub resource)))
      (export "new" (func (param "n" u32) (result (own $t))))))
    (alias export $bag "t" (type $t))
    (core func $new (canon lower (func $bag "new")))
    (core func $drop (canon resource.drop $t))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "run") (param i32) (result i32) (local $h i32)
        (local.set $h (call $new (local.get 0)))
        (call $drop (local.get $h))
        (local.get $h)))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run"))))
  (instance $maker (instantiate $maker))
  (alias export $maker "thing" (type $thing))
  (alias export $maker "make" (func $make))
  (instance $bag (export "t" (type $thing)) (export "new" (func $make)))
  (instance $u (instantiate $user (with "bag" (instance $bag))))
  (export "run" (func $u "run"))
  (export "dropped" (func $maker "dropped")))
(assert_return (invoke "run" (u32.const 5)) (u32.const 1))
(assert_return (invoke "dropped") (u32.const 5))
(assert_return (invoke "run" (u32.const 37)) (u32.const 1))
(assert_return (invoke "dropped") (u32.const 42))
