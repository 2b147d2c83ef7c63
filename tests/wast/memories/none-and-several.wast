;; Components without a memory, core modules with several, and several core modules with one each: which
;; memory a canonical definition means is what its options say.
;; CanonicalABI.md "Canonical ABI Options", "canon lift", "canon lower".

;; No memory anywhere: flat values in and out, through two components.
(component
  (component $callee
    (core module $m
      (func (export "f") (param i32 i64 f32 f64) (result f64)
        (f64.add
          (f64.add (f64.convert_i32_u (local.get 0)) (f64.convert_i64_s (local.get 1)))
          (f64.add (f64.promote_f32 (local.get 2)) (local.get 3)))))
    (core instance $i (instantiate $m))
    (func (export "f") (param "a" u8) (param "b" s64) (param "c" f32) (param "d" f64) (result f64)
      (canon lift (core func $i "f"))))
  (component $caller
    (import "f" (func $f (param "a" u8) (param "b" s64) (param "c" f32) (param "d" f64) (result f64)))
    (core func $f' (canon lower (func $f)))
    (core module $m
      (import "" "f" (func $f (param i32 i64 f32 f64) (result f64)))
      (func (export "f") (param i32) (result i64)
        (i64.trunc_f64_s (f64.mul (f64.const 4)
          (call $f (local.get 0) (i64.const -1000) (f32.const 0.25) (f64.const 0.5))))))
    (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
    (func (export "f") (param "n" u32) (result s64) (canon lift (core func $i "f"))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "f" (func $callee "f"))))
  (export "f" (func $caller "f")))
(assert_return (invoke "f" (u32.const 7)) (s64.const -3969))
;; u8 takes the lowest eight bits
(assert_return (invoke "f" (u32.const 263)) (s64.const -3969))

;; One core module with three memories: the same pointer means other bytes in each, for the caller and
;; for the callee. The callee's strings are put into the memory of its options, by that one's realloc.
(component
  (component $callee
    (core module $m
      (memory $a (export "a") 1)
      (memory $b (export "b") 1)
      (memory $c (export "c") 2)
      (func (export "realloc-a") (param i32 i32 i32 i32) (result i32) (i32.const 16))
      (func (export "realloc-b") (param i32 i32 i32 i32) (result i32) (i32.const 32))
      (func (export "realloc-c") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
      ;; what the three memories have at their places; 0 means that nothing was put there
      (func (export "look") (param i32 i32) (result i32)
        (i32.add (i32.mul (i32.load8_u $a (i32.const 16)) (i32.const 1000000))
          (i32.add (i32.mul (i32.load8_u $b (i32.const 32)) (i32.const 1000))
            (i32.load8_u $c (i32.const 65536))))))
    (core instance $i (instantiate $m))
    (func (export "in-a") (param "s" string) (result u32) (canon lift (core func $i "look")
      (memory (core memory $i "a")) (realloc (core func $i "realloc-a"))))
    (func (export "in-b") (param "s" string) (result u32) (canon lift (core func $i "look")
      (memory (core memory $i "b")) (realloc (core func $i "realloc-b"))))
    (func (export "in-c") (param "s" string) (result u32) (canon lift (core func $i "look")
      (memory (core memory $i "c")) (realloc (core func $i "realloc-c")))))
  (component $caller
    (import "in-a" (func $in-a (param "s" string) (result u32)))
    (import "in-b" (func $in-b (param "s" string) (result u32)))
    (import "in-c" (func $in-c (param "s" string) (result u32)))
    (core module $m
      (memory $x (export "x") 1) (data (memory $x) (i32.const 100) "x")
      (memory $y (export "y") 1) (data (memory $y) (i32.const 100) "y"))
    (core instance $i (instantiate $m))
    (core func $1 (canon lower (func $in-a) (memory (core memory $i "x"))))
    (core func $2 (canon lower (func $in-c) (memory (core memory $i "y"))))
    (core func $3 (canon lower (func $in-b) (memory (core memory $i "y"))))
    (core func $4 (canon lower (func $in-a) (memory (core memory $i "y"))))
    (core module $run
      (import "" "1" (func $1 (param i32 i32) (result i32)))
      (import "" "2" (func $2 (param i32 i32) (result i32)))
      (import "" "3" (func $3 (param i32 i32) (result i32)))
      (import "" "4" (func $4 (param i32 i32) (result i32)))
      (func (export "1") (result i32) (call $1 (i32.const 100) (i32.const 1)))
      (func (export "2") (result i32) (call $2 (i32.const 100) (i32.const 1)))
      (func (export "3") (result i32) (call $3 (i32.const 100) (i32.const 1)))
      (func (export "4") (result i32) (call $4 (i32.const 100) (i32.const 1))))
    (core instance $run (instantiate $run (with "" (instance
      (export "1" (func $1)) (export "2" (func $2)) (export "3" (func $3)) (export "4" (func $4))))))
    (func (export "x-to-a") (result u32) (canon lift (core func $run "1")))
    (func (export "y-to-c") (result u32) (canon lift (core func $run "2")))
    (func (export "y-to-b") (result u32) (canon lift (core func $run "3")))
    (func (export "y-to-a") (result u32) (canon lift (core func $run "4"))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "in-a" (func $callee "in-a"))
    (with "in-b" (func $callee "in-b")) (with "in-c" (func $callee "in-c"))))
  (export "x-to-a" (func $caller "x-to-a"))
  (export "y-to-c" (func $caller "y-to-c"))
  (export "y-to-b" (func $caller "y-to-b"))
  (export "y-to-a" (func $caller "y-to-a")))
(assert_return (invoke "x-to-a") (u32.const 120000000))
(assert_return (invoke "y-to-c") (u32.const 120000121))
(assert_return (invoke "y-to-b") (u32.const 120121121))
(assert_return (invoke "y-to-a") (u32.const 121121121))

;; The bounds are those of the memory that the options name: one has one page, the other two.
(component definition $bounds
  (component $callee
    (core module $m
      (memory (export "m") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
      (func (export "first") (param i32 i32) (result i32) (i32.load8_u (local.get 0))))
    (core instance $i (instantiate $m))
    (func (export "first") (param "l" (list u8)) (result u8) (canon lift (core func $i "first")
      (memory (core memory $i "m")) (realloc (core func $i "realloc")))))
  (component $caller
    (import "first" (func $first (param "l" (list u8)) (result u8)))
    (core module $m
      (memory (export "one") 1)
      (memory $two (export "two") 2)
      (data (memory $two) (i32.const 131071) "\09"))
    (core instance $i (instantiate $m))
    (core func $one (canon lower (func $first) (memory (core memory $i "one"))))
    (core func $two (canon lower (func $first) (memory (core memory $i "two"))))
    (func (export "one") (param "at" u32) (param "n" u32) (result u32) (canon lift (core func $one)))
    (func (export "two") (param "at" u32) (param "n" u32) (result u32) (canon lift (core func $two))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "first" (func $callee "first"))))
  (export "one" (func $caller "one"))
  (export "two" (func $caller "two")))
(component instance $b1 $bounds)
(assert_return (invoke "one" (u32.const 65535) (u32.const 1)) (u32.const 0))
(assert_return (invoke "two" (u32.const 65536) (u32.const 1)) (u32.const 0))
(assert_return (invoke "two" (u32.const 131071) (u32.const 1)) (u32.const 9))
(assert_trap (invoke "one" (u32.const 65536) (u32.const 1)) "")
(component instance $b2 $bounds)
(assert_trap (invoke "two" (u32.const 131072) (u32.const 1)) "")
(component instance $b3 $bounds)
(assert_trap (invoke "one" (u32.const 65535) (u32.const 2)) "")

;; Two modules with a memory each in one component: a result that is in the memory of one, read by the
;; other component's from the memory of its options.
(component
  (component $callee
    (core module $m
      (memory (export "memory") 1)
      (data (i32.const 0) "\20\00\00\00\05\00\00\00")
      (data (i32.const 32) "right"))
    (core module $n
      (memory (export "memory") 1)
      (data (i32.const 0) "\20\00\00\00\05\00\00\00")
      (data (i32.const 32) "wrong")
      (func (export "f") (result i32) (i32.const 0)))
    (core instance $m (instantiate $m))
    (core instance $n (instantiate $n))
    (func (export "from-m") (result string) (canon lift (core func $n "f") (memory (core memory $m "memory"))))
    (func (export "from-n") (result string) (canon lift (core func $n "f") (memory (core memory $n "memory")))))
  (component $caller
    (import "from-m" (func $from-m (result string)))
    (import "from-n" (func $from-n (result string)))
    (core module $libc
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
      (func (export "at-8") (result i32) (i32.const 8)))
    (core instance $l (instantiate $libc))
    (core func $from-m' (canon lower (func $from-m) (memory (core memory $l "memory")) (realloc (core func $l "realloc"))))
    (core func $from-n' (canon lower (func $from-n) (memory (core memory $l "memory")) (realloc (core func $l "realloc"))))
    (core module $run
      (import "" "m" (func $m (param i32)))
      (import "" "n" (func $n (param i32)))
      (func (export "m") (result i32) (call $m (i32.const 8)) (i32.const 8))
      (func (export "n") (result i32) (call $n (i32.const 8)) (i32.const 8)))
    (core instance $run (instantiate $run (with "" (instance (export "m" (func $from-m')) (export "n" (func $from-n'))))))
    (func (export "m") (result string) (canon lift (core func $run "m") (memory (core memory $l "memory"))))
    (func (export "n") (result string) (canon lift (core func $run "n") (memory (core memory $l "memory")))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "from-m" (func $callee "from-m")) (with "from-n" (func $callee "from-n"))))
  (export "m" (func $caller "m"))
  (export "n" (func $caller "n")))
(assert_return (invoke "m") (str.const "right"))
(assert_return (invoke "n") (str.const "wrong"))
(assert_return (invoke "m") (str.const "right"))

;; Instructions that name two memories, of which one is imported from another instance.
(component
  (core module $a (memory (export "memory") 1 4) (data (i32.const 0) "abcdef")
    (func (export "size") (result i32) (memory.size)))
  (core module $b
    (import "a" "memory" (memory $a 1))
    (memory $own 2)
    (func (export "run") (result i32)
      (memory.copy $own $a (i32.const 70000) (i32.const 2) (i32.const 3))
      (memory.fill $a (i32.const 4) (i32.const 0x7a) (i32.const 2))
      (memory.copy $a $a (i32.const 0) (i32.const 3) (i32.const 2))
      (i32.store16 $own offset=70003 (i32.const 0) (i32.load16_u $a (i32.const 0)))
      (drop (memory.grow $a (i32.const 2)))
      ;; c d e d z
      (i32.add (memory.size $own) (i32.add (i32.mul (memory.size $a) (i32.const 10))
        (i32.mul (i32.const 100) (i32.load8_u $own (i32.const 70004))))))
    (func (export "byte") (param i32) (result i32) (i32.load8_u $own offset=70000 (local.get 0))))
  (core instance $a (instantiate $a))
  (core instance $b (instantiate $b (with "a" (instance $a))))
  (func (export "run") (result u32) (canon lift (core func $b "run")))
  (func (export "byte") (param "n" u32) (result char) (canon lift (core func $b "byte")))
  (func (export "size") (result u32) (canon lift (core func $a "size"))))
(assert_return (invoke "run") (u32.const 12232))
(assert_return (invoke "byte" (u32.const 0)) (char.const "c"))
(assert_return (invoke "byte" (u32.const 2)) (char.const "e"))
(assert_return (invoke "byte" (u32.const 3)) (char.const "d"))
(assert_return (invoke "byte" (u32.const 4)) (char.const "z"))
(assert_return (invoke "size") (u32.const 3))
