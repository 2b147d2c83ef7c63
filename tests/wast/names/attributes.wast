;; The attributes `implements` and `external-id` of imports and exports: what carries them is called and
;; linked as without them; by type checking they are ignored; `implements` demands an instance and a plain name.
;; Explainer.md "Import and Export Definitions"; Binary.md "Import and Export Definitions".

;; Two imports and two exports that implement one interface, in nested components; they are told apart by
;; their plain names.
(component
  (component $store
    (core module $m
      (global $v (mut i32) (i32.const 0))
      (func (export "put") (param i32) (global.set $v (local.get 0)))
      (func (export "get") (result i32) (global.get $v)))
    (core instance $a (instantiate $m))
    (core instance $b (instantiate $m))
    (func $put-a (param "n" u32) (canon lift (core func $a "put")))
    (func $get-a (result u32) (canon lift (core func $a "get")))
    (func $put-b (param "n" u32) (canon lift (core func $b "put")))
    (func $get-b (result u32) (canon lift (core func $b "get")))
    (instance $a (export "put" (func $put-a)) (export "get" (func $get-a)))
    (instance $b (export "put" (func $put-b)) (export "get" (func $get-b)))
    (export "first" (implements "ns:kv/store@1.0.0") (instance $a))
    (export "second" (implements "ns:kv/store@1.0.0") (instance $b)))
  (component $user
    (type $s (instance (export "put" (func (param "n" u32))) (export "get" (func (result u32)))))
    (import "primary" (implements "ns:kv/store@1.0.0") (instance $p (type $s)))
    (import "secondary" (implements "ns:kv/store@1.0.0") (external-id "db:two") (instance $q (type $s)))
    (core func $put-p (canon lower (func $p "put")))
    (core func $get-q (canon lower (func $q "get")))
    (core func $put-q (canon lower (func $q "put")))
    (core func $get-p (canon lower (func $p "get")))
    (core module $m
      (import "p" "put" (func $put-p (param i32)))
      (import "q" "put" (func $put-q (param i32)))
      (import "p" "get" (func $get-p (result i32)))
      (import "q" "get" (func $get-q (result i32)))
      (func (export "run") (param i32) (result i32)
        (call $put-p (local.get 0))
        (call $put-q (i32.const 7))
        (i32.add (i32.mul (call $get-p) (i32.const 100)) (call $get-q))))
    (core instance $i (instantiate $m
      (with "p" (instance (export "put" (func $put-p)) (export "get" (func $get-p))))
      (with "q" (instance (export "put" (func $put-q)) (export "get" (func $get-q))))))
    (func $run (param "n" u32) (result u32) (canon lift (core func $i "run")))
    (export "run" (external-id "run it!") (func $run)))
  (instance $store (instantiate $store))
  (instance $user (instantiate $user
    (with "primary" (instance $store "second")) (with "secondary" (instance $store "first"))))
  (alias export $store "first" (instance $first))
  (alias export $store "second" (instance $second))
  (export "run" (func $user "run"))
  (export "first" (func $first "get"))
  (export "second" (external-id "\u{2603} and more") (func $second "get"))
  (export "store-1" (implements "ns:kv/store@1.0.0") (instance $first))
  (export "store-2" (implements "ns:kv/store@1.0.0") (external-id "") (instance $second)))
(assert_return (invoke "run" (u32.const 5)) (u32.const 507))
(assert_return (invoke "first") (u32.const 7))
(assert_return (invoke "second") (u32.const 5))

;; `external-id` on an import of every sort, each met by something that has another one or none.
(component
  (component $c
    (import "f" (external-id "x") (func $f (result u32)))
    (import "i" (external-id "x") (instance $i (export "f" (external-id "inner") (func (result u32)))))
    (type $u32 u32)
    (import "t" (external-id "not a label") (type $t (eq $u32)))
    (import "r" (external-id "") (type $r (sub resource)))
    (import "c" (external-id "c") (component $c (export "f" (external-id "y") (func (result u32)))))
    (import "m" (external-id "m") (core module $m (export "f" (func (result i32)))))
    (import "a:b/c" (external-id "also on an interface name") (instance $j (export "f" (func (result u32)))))
    (instance $made (instantiate $c))
    (component $sum
      (import "f1" (func $1 (result u32)))
      (import "f2" (func $2 (result u32)))
      (import "f3" (func $3 (result u32)))
      (import "f5" (func $5 (result u32)))
      (core func $1 (canon lower (func $1)))
      (core func $2 (canon lower (func $2)))
      (core func $3 (canon lower (func $3)))
      (core func $5 (canon lower (func $5)))
      (core instance $4 (instantiate $m))
      (core module $sum
        (import "" "1" (func $1 (result i32))) (import "" "2" (func $2 (result i32)))
        (import "" "3" (func $3 (result i32))) (import "" "4" (func $4 (result i32)))
        (import "" "5" (func $5 (result i32)))
        (func $d (param i32 i32) (result i32) (i32.add (i32.mul (local.get 0) (i32.const 10)) (local.get 1)))
        (func (export "f") (result i32)
          (call $d (call $d (call $d (call $d (call $1) (call $2)) (call $3)) (call $4)) (call $5))))
      (core instance $s (instantiate $sum (with "" (instance
        (export "1" (func $1)) (export "2" (func $2)) (export "3" (func $3))
        (export "4" (func $4 "f")) (export "5" (func $5))))))
      (func (export "f") (result $t) (canon lift (core func $s "f"))))
    (instance $s (instantiate $sum (with "f1" (func $f)) (with "f2" (func $i "f"))
      (with "f3" (func $made "f")) (with "f5" (func $j "f"))))
    (export "f" (func $s "f")))
  (component $numbers
    (core module $m (func (export "1") (result i32) (i32.const 1)) (func (export "2") (result i32) (i32.const 2))
      (func (export "5") (result i32) (i32.const 5)))
    (core instance $i (instantiate $m))
    (func (export "one") (result u32) (canon lift (core func $i "1")))
    (func $two (result u32) (canon lift (core func $i "2")))
    (export "two" (external-id "2") (func $two))
    (func (export "five") (result u32) (canon lift (core func $i "5"))))
  (component $three
    (core module $m (func (export "f") (result i32) (i32.const 3)))
    (core instance $i (instantiate $m))
    (func $f (result u32) (canon lift (core func $i "f")))
    (export "f" (external-id "three") (func $f)))
  (component $resources (type $r (resource (rep i32))) (export "r" (external-id "a resource") (type $r)))
  (core module $four (func (export "f") (result i32) (i32.const 4)))
  (instance $numbers (instantiate $numbers))
  (alias export $numbers "two" (func $two))
  (alias export $numbers "five" (func $five))
  (instance $resources (instantiate $resources))
  (type $u u32)
  (instance $i (instantiate $c
    (with "f" (func $numbers "one"))
    (with "i" (instance (export "f" (func $two))))
    (with "t" (type $u))
    (with "r" (type $resources "r"))
    (with "c" (component $three))
    (with "m" (core module $four))
    (with "a:b/c" (instance (export "f" (func $five))))))
  (export "f" (func $i "f")))
(assert_return (invoke "f") (u32.const 12345))

;; Where `implements` may not be.
(assert_invalid (component (import "a" (implements "a:b/c") (func))) "only instances")
(assert_invalid (component (import "a" (implements "a:b/c") (type (sub resource)))) "only instances")
(assert_invalid (component (import "x:y/z" (implements "a:b/c") (instance))) "not valid with `implements`")
(assert_invalid (component (instance $i) (export "x:y/z" (implements "a:b/c") (instance $i))) "not valid with `implements`")
(assert_invalid (component (component $c) (export "c" (implements "a:b/c") (component $c))) "only instances")
(assert_invalid (component (import "a" (implements "b") (instance))) "must be an interface")
(assert_invalid (component (import "a" (implements "[static]b.c") (instance))) "must be an interface")
(assert_invalid (component (import "a" (implements "a:b") (instance))) "expected `/`")
(assert_invalid (component (type (instance (export "a" (implements "a:b/c") (func))))) "only instances")
(assert_invalid (component (type (component (import "a" (implements "b") (instance))))) "must be an interface")
(assert_invalid (component (instance $i) (instance (export "a" (implements "b") (instance $i)))) "must be an interface")
;; The names stay unique, and `with` takes the name.
(assert_invalid (component
  (import "a" (implements "a:b/c") (instance)) (import "A" (implements "a:b/d") (instance))) "conflicts with previous name")
(assert_invalid (component
  (import "a" (external-id "1") (func)) (import "a" (external-id "2") (func))) "conflicts with previous name")
(assert_invalid (component
  (component $c (import "a" (implements "a:b/c") (instance)))
  (instance $i)
  (instance (instantiate $c (with "a:b/c" (instance $i))))) "missing import named `a`")
(component definition
  (component $c (import "a" (implements "a:b/c") (instance)))
  (instance $i)
  (instance (instantiate $c (with "a" (instance $i)))))
;; Each attribute once, in the text and in the binary.
(assert_malformed (component quote "(import \"a\" (implements \"a:b/c\") (implements \"a:b/c\") (instance))") "unexpected token")
(assert_malformed (component quote "(import \"a\" (external-id \"x\") (external-id \"x\") (func))") "unexpected token")
;; an empty instance type; "a" implements "a:b/c", then twice, then an attribute that there is not
(component definition binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00"
  "\0a\0e\01\02\01a\01\00\05a:b/c\05\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00"
  "\0a\15\01\02\01a\02\00\05a:b/c\00\05a:b/c\05\00") "duplicate")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00"
  "\0a\0e\01\02\01a\01\07\05a:b/c\05\00") "invalid leading byte")
