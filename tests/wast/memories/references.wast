;; Typed function references, GC types and tail calls between core modules of one component, and lifted
;; functions beside them. Types are the same in two modules when their recursive groups are.
;; Core WebAssembly decides; the modules are linked as in Explainer.md "Instance Definitions".

;; Structs and arrays that one module makes and another takes apart, by imports; the reference is kept in
;; a global between two calls from outside.
(component definition $objects
  (core module $maker
    (type $point (struct (field $x (mut i32)) (field $y i64)))
    (type $bytes (array (mut i8)))
    (type $pair (struct (field (ref $point)) (field (ref null $bytes))))
    (func (export "point") (param i32 i64) (result (ref $point)) (struct.new $point (local.get 0) (local.get 1)))
    (func (export "bytes") (param i32 i32) (result (ref $bytes)) (array.new $bytes (local.get 0) (local.get 1)))
    (func (export "pair") (param (ref $point) (ref null $bytes)) (result (ref $pair))
      (struct.new $pair (local.get 0) (local.get 1))))
  (core module $user
    ;; the same types, with other indices in between
    (type $other (struct (field i32)))
    (type $point (struct (field $x (mut i32)) (field $y i64)))
    (type $fill (func))
    (type $bytes (array (mut i8)))
    (type $pair (struct (field (ref $point)) (field (ref null $bytes))))
    (import "m" "pair" (func $pair (param (ref $point) (ref null $bytes)) (result (ref $pair))))
    (import "m" "point" (func $point (param i32 i64) (result (ref $point))))
    (import "m" "bytes" (func $bytes (param i32 i32) (result (ref $bytes))))
    (global $kept (mut (ref null $pair)) (ref.null $pair))
    (func (export "keep") (param i32) (local $b (ref null $bytes))
      (local.set $b (call $bytes (local.get 0) (i32.const 3)))
      (array.set $bytes (local.get $b) (i32.const 1) (i32.const 200))
      (global.set $kept (call $pair (call $point (local.get 0) (i64.const 50)) (local.get $b))))
    (func (export "look") (result i64) (local $p (ref null $point)) (local $b (ref null $bytes))
      (local.set $p (struct.get $pair 0 (global.get $kept)))
      (local.set $b (struct.get $pair 1 (global.get $kept)))
      (struct.set $point $x (local.get $p) (i32.add (struct.get $point $x (local.get $p)) (i32.const 1)))
      (i64.add (i64.mul (i64.const 1000000) (struct.get $point $y (local.get $p)))
        (i64.extend_i32_u (i32.add (i32.mul (struct.get $point $x (local.get $p)) (i32.const 1000))
          (i32.add (array.get_u $bytes (local.get $b) (i32.const 1)) (array.len (local.get $b)))))))
    ;; which of the types a reference has, one of them by another name and one not at all
    (func (export "is-point") (param i32) (result i32)
      (ref.test (ref $point) (select (result anyref)
        (call $point (i32.const 1) (i64.const 1)) (struct.new $other (i32.const 1)) (local.get 0))))
    (func (export "cast") (param i32) (result i32)
      (struct.get $other 0 (ref.cast (ref $other) (select (result anyref)
        (struct.new $other (i32.const 8)) (call $bytes (i32.const 1) (i32.const 1)) (local.get 0)))))
    (func (export "i31") (param i32) (result i32) (i31.get_s (ref.i31 (local.get 0)))))
  (core instance $m (instantiate $maker))
  (core instance $u (instantiate $user (with "m" (instance $m))))
  (func (export "keep") (param "n" u32) (canon lift (core func $u "keep")))
  (func (export "look") (result u64) (canon lift (core func $u "look")))
  (func (export "is-point") (param "b" bool) (result bool) (canon lift (core func $u "is-point")))
  (func (export "cast") (param "b" bool) (result u32) (canon lift (core func $u "cast")))
  (func (export "i31") (param "n" s32) (result s32) (canon lift (core func $u "i31"))))
(component instance $o1 $objects)
(assert_return (invoke "keep" (u32.const 7)))
(assert_return (invoke "look") (u64.const 50008203))
(assert_return (invoke "look") (u64.const 50009203))
(assert_return (invoke "is-point" (bool.const true)) (bool.const true))
(assert_return (invoke "is-point" (bool.const false)) (bool.const false))
(assert_return (invoke "i31" (s32.const -5)) (s32.const -5))
(assert_return (invoke "i31" (s32.const 0x40000001)) (s32.const -0x3fffffff))
(assert_return (invoke "cast" (bool.const true)) (u32.const 8))
(assert_trap (invoke "cast" (bool.const false)) "")
;; nothing has been kept in another instance
(component instance $o2 $objects)
(assert_trap (invoke "look") "")

;; Recursive groups: equal groups in two modules are one type, an equal struct in a group of its own is
;; another; subtypes and supertypes over the modules' border.
(component
  (core module $a
    (rec (type $node (sub (struct (field (ref null $node)) (field i32))))
      (type $leaf (sub $node (struct (field (ref null $node)) (field i32) (field i64)))))
    (func (export "leaf") (param (ref null $node) i32) (result (ref $node))
      (struct.new $leaf (local.get 0) (local.get 1) (i64.const 100)))
    (func (export "node") (param (ref null $node) i32) (result anyref)
      (struct.new $node (local.get 0) (local.get 1))))
  (core module $b
    (type $alone (sub (struct (field (ref null $alone)) (field i32))))
    (rec (type $node (sub (struct (field (ref null $node)) (field i32))))
      (type $leaf (sub $node (struct (field (ref null $node)) (field i32) (field i64)))))
    (import "a" "leaf" (func $leaf (param (ref null $node) i32) (result (ref $node))))
    (import "a" "node" (func $node (param (ref null $node) i32) (result anyref)))
    (func $sum (param (ref null $node)) (result i32)
      (if (result i32) (ref.is_null (local.get 0))
        (then (i32.const 0))
        (else (i32.add (struct.get $node 1 (local.get 0)) (call $sum (struct.get $node 0 (local.get 0)))))))
    (func (export "sum") (result i32)
      (call $sum (call $leaf (call $leaf (call $leaf (ref.null $node) (i32.const 1)) (i32.const 20)) (i32.const 300))))
    ;; bit 0: a node is a $node; 1: it is a $leaf; 2: a leaf is a $leaf; 3: a node is an $alone
    (func (export "tests") (result i32)
      (i32.or
        (i32.or
          (ref.test (ref $node) (call $node (ref.null $node) (i32.const 0)))
          (i32.shl (ref.test (ref $leaf) (call $node (ref.null $node) (i32.const 0))) (i32.const 1)))
        (i32.or
          (i32.shl (ref.test (ref $leaf) (call $leaf (ref.null $node) (i32.const 0))) (i32.const 2))
          (i32.shl (ref.test (ref $alone) (call $node (ref.null $node) (i32.const 0))) (i32.const 3))))))
  (core instance $a (instantiate $a))
  (core instance $b (instantiate $b (with "a" (instance $a))))
  (func (export "sum") (result u32) (canon lift (core func $b "sum")))
  (func (export "tests") (result u32) (canon lift (core func $b "tests"))))
(assert_return (invoke "sum") (u32.const 321))
(assert_return (invoke "tests") (u32.const 5))

;; Function references: given to another instance, kept there, called by call_ref; null ones trap. One is
;; the reference of a function that another component has lifted.
(component definition $functions
  (component $callee
    (core module $m (func (export "f") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 10))))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))
  (component $caller
    (import "f" (func $f (param "n" u32) (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $a
      (type $t (func (param i32) (result i32)))
      (import "" "f" (func $f (type $t)))
      (global (export "plus-one") (ref $t) (ref.func $plus-one))
      (elem declare func $f $plus-two)
      (func $plus-one (type $t) (i32.add (local.get 0) (i32.const 1)))
      (func $plus-two (type $t) (i32.add (local.get 0) (i32.const 2)))
      (func (export "choose") (param i32) (result (ref null $t))
        (if (i32.eq (local.get 0) (i32.const 0)) (then (return (ref.func $f))))
        (if (i32.eq (local.get 0) (i32.const 1)) (then (return (ref.func $plus-two))))
        (ref.null $t)))
    (core instance $a (instantiate $a (with "" (instance (export "f" (func $f'))))))
    (core module $b
      (type $t (func (param i32) (result i32)))
      (import "a" "choose" (func $choose (param i32) (result (ref null $t))))
      (import "a" "plus-one" (global $plus-one (ref $t)))
      (func (export "call") (param i32 i32) (result i32)
        (call_ref $t (call_ref $t (local.get 1) (global.get $plus-one)) (call $choose (local.get 0))))
      (func (export "tail") (param i32 i32) (result i32)
        (return_call_ref $t (local.get 1) (call $choose (local.get 0))))
      (func (export "or-zero") (param i32) (result i32)
        (block $null
          (br_on_null $null (call $choose (local.get 0)))
          (drop)
          (return (i32.const 1)))
        (i32.const 0)))
    (core instance $b (instantiate $b (with "a" (instance $a))))
    (func (export "call") (param "which" u32) (param "n" u32) (result u32) (canon lift (core func $b "call")))
    (func (export "tail") (param "which" u32) (param "n" u32) (result u32) (canon lift (core func $b "tail")))
    (func (export "is-there") (param "which" u32) (result bool) (canon lift (core func $b "or-zero"))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "f" (func $callee "f"))))
  (export "call" (func $caller "call"))
  (export "tail" (func $caller "tail"))
  (export "is-there" (func $caller "is-there")))
(component instance $f1 $functions)
(assert_return (invoke "call" (u32.const 0) (u32.const 4)) (u32.const 50))
(assert_return (invoke "call" (u32.const 1) (u32.const 4)) (u32.const 7))
(assert_return (invoke "tail" (u32.const 0) (u32.const 4)) (u32.const 40))
(assert_return (invoke "is-there" (u32.const 1)) (bool.const true))
(assert_return (invoke "is-there" (u32.const 2)) (bool.const false))
(assert_trap (invoke "call" (u32.const 2) (u32.const 4)) "")
(component instance $f2 $functions)
(assert_trap (invoke "tail" (u32.const 2) (u32.const 4)) "")

;; Tail calls: into an import of another instance and back, a hundred thousand times, which does not
;; exhaust the stack; through a table; and into a lowered function of another component.
(component
  (component $callee
    (core module $m (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 5))))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))
  (component $caller
    (import "f" (func $f (param "n" u32) (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $even
      (table (export "table") 1 funcref)
      (type $t (func (param i32) (result i32)))
      (func (export "even") (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
        (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))))
    (core module $odd
      (import "even" "table" (table 1 funcref))
      (import "even" "even" (func $even (param i32) (result i32)))
      (import "" "f" (func $f (param i32) (result i32)))
      (elem (i32.const 0) $odd)
      (func $odd (export "odd") (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
        (return_call $even (i32.sub (local.get 0) (i32.const 1))))
      (func (export "f") (param i32) (result i32) (return_call $f (i32.shl (local.get 0) (i32.const 1)))))
    (core instance $even (instantiate $even))
    (core instance $odd (instantiate $odd (with "even" (instance $even)) (with "" (instance (export "f" (func $f'))))))
    (func (export "odd") (param "n" u32) (result bool) (canon lift (core func $odd "odd")))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $odd "f"))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "f" (func $callee "f"))))
  (export "odd" (func $caller "odd"))
  (export "f" (func $caller "f")))
(assert_return (invoke "odd" (u32.const 100001)) (bool.const true))
(assert_return (invoke "odd" (u32.const 100000)) (bool.const false))
(assert_return (invoke "f" (u32.const 9)) (u32.const 23))

;; Several results and block parameters, and external references that are turned into internal ones.
(component
  (core module $a
    (func (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
    (func (export "wrap") (param i32) (result externref) (extern.convert_any (ref.i31 (local.get 0)))))
  (core module $b
    (import "a" "swap" (func $swap (param i32 i64) (result i64 i32)))
    (import "a" "wrap" (func $wrap (param i32) (result externref)))
    (func (export "run") (param i32) (result i64) (local $n i32) (local $m i64)
      (call $swap (local.get 0) (i64.const 1000))
      (block $b (param i64 i32) (result i64)
        (local.set $n)
        (local.set $m)
        (i64.mul (local.get $m) (i64.extend_i32_u (local.get $n)))))
    (func (export "unwrap") (param i32) (result i32)
      (i31.get_u (ref.cast (ref i31) (any.convert_extern (call $wrap (local.get 0)))))))
  (core instance $a (instantiate $a))
  (core instance $b (instantiate $b (with "a" (instance $a))))
  (func (export "run") (param "n" u32) (result u64) (canon lift (core func $b "run")))
  (func (export "unwrap") (param "n" u32) (result u32) (canon lift (core func $b "unwrap"))))
(assert_return (invoke "run" (u32.const 6)) (u64.const 6000))
(assert_return (invoke "unwrap" (u32.const 77)) (u32.const 77))
