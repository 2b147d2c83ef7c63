;; 64-bit memories: pointers and lengths are i64 in core code, in realloc, and in what lists and strings
;; are in memory; and they go between 32-bit and 64-bit memories in all four pairings.
;; CanonicalABI.md "Canonical ABI Options", "Element Size", "Loading", "Flattening".

;; One callee and one caller of each width; every caller's call of every callee. A callee gets a string
;; and a list of strings, and returns how many bytes there are in all and a string of its own.
(component definition $widths
  (core module $libc32
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      ;; what shrinks stays where it is; what grows is copied
      (if (i32.le_u (local.get 3) (local.get 1)) (then (return (local.get 0))))
      (local.set $at (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
      (global.set $top (i32.add (local.get $at) (local.get 3)))
      (memory.copy (local.get $at) (local.get 0) (local.get 1))
      (local.get $at)))
  (core module $libc64
    (memory (export "memory") i64 1)
    (global $top (mut i64) (i64.const 1024))
    (func (export "realloc") (param i64 i64 i64 i64) (result i64) (local $at i64)
      ;; what shrinks stays where it is; what grows is copied
      (if (i64.le_u (local.get 3) (local.get 1)) (then (return (local.get 0))))
      (local.set $at (i64.and (i64.add (global.get $top) (i64.const 7)) (i64.const -8)))
      (global.set $top (i64.add (local.get $at) (local.get 3)))
      (memory.copy (local.get $at) (local.get 0) (local.get 1))
      (local.get $at)))
  (component $callee32
    (core instance $libc (instantiate $libc32))
    (core module $m
      (import "" "memory" (memory 1))
      (func $sum (param $p i32) (param $n i32) (result i32) (local $sum i32)
        (loop $next
          (if (local.get $n) (then
            (local.set $sum (i32.add (local.get $sum) (i32.load offset=4 (local.get $p))))
            (local.set $p (i32.add (local.get $p) (i32.const 8)))
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br $next))))
        (local.get $sum))
      ;; the result is a tuple of a string and a u16: pointer, length, number
      (func (export "f") (param $s i32) (param $sn i32) (param $l i32) (param $ln i32) (result i32)
        (i32.store (i32.const 16) (local.get $s))
        (i32.store (i32.const 20) (local.get $sn))
        (i32.store16 (i32.const 24) (call $sum (local.get $l) (local.get $ln)))
        (i32.const 16)))
    (core instance $i (instantiate $m (with "" (instance $libc))))
    (func (export "f") (param "s" string) (param "l" (list string)) (result (tuple string u16))
      (canon lift (core func $i "f") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")))))
  (component $callee64
    (core instance $libc (instantiate $libc64))
    (core module $m
      (import "" "memory" (memory i64 1))
      (func $sum (param $p i64) (param $n i64) (result i64) (local $sum i64)
        (loop $next
          (if (i64.ne (local.get $n) (i64.const 0)) (then
            (local.set $sum (i64.add (local.get $sum) (i64.load offset=8 (local.get $p))))
            (local.set $p (i64.add (local.get $p) (i64.const 16)))
            (local.set $n (i64.sub (local.get $n) (i64.const 1)))
            (br $next))))
        (local.get $sum))
      (func (export "f") (param $s i64) (param $sn i64) (param $l i64) (param $ln i64) (result i64)
        (i64.store (i64.const 16) (local.get $s))
        (i64.store (i64.const 24) (local.get $sn))
        (i64.store16 (i64.const 32) (call $sum (local.get $l) (local.get $ln)))
        (i64.const 16)))
    (core instance $i (instantiate $m (with "" (instance $libc))))
    (func (export "f") (param "s" string) (param "l" (list string)) (result (tuple string u16))
      (canon lift (core func $i "f") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))
        string-encoding=utf16)))
  (component $caller32
    (import "f" (func $f (param "s" string) (param "l" (list string)) (result (tuple string u16))))
    (core instance $libc (instantiate $libc32))
    (core func $f' (canon lower (func $f) (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
    (core module $m
      (import "" "memory" (memory 1))
      (import "" "f" (func $f (param i32 i32 i32 i32 i32)))
      ;; passes on what it is given
      (func (export "f") (param i32 i32 i32 i32) (result i32)
        (call $f (local.get 0) (local.get 1) (local.get 2) (local.get 3) (i32.const 48))
        (i32.const 48)))
    (core instance $i (instantiate $m (with "" (instance
      (export "memory" (memory $libc "memory")) (export "f" (func $f'))))))
    (func (export "f") (param "s" string) (param "l" (list string)) (result (tuple string u16))
      (canon lift (core func $i "f") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")))))
  (component $caller64
    (import "f" (func $f (param "s" string) (param "l" (list string)) (result (tuple string u16))))
    (core instance $libc (instantiate $libc64))
    (core func $f' (canon lower (func $f) (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
    (core module $m
      (import "" "memory" (memory i64 1))
      (import "" "f" (func $f (param i64 i64 i64 i64 i64)))
      (func (export "f") (param i64 i64 i64 i64) (result i64)
        (call $f (local.get 0) (local.get 1) (local.get 2) (local.get 3) (i64.const 48))
        (i64.const 48)))
    (core instance $i (instantiate $m (with "" (instance
      (export "memory" (memory $libc "memory")) (export "f" (func $f'))))))
    (func (export "f") (param "s" string) (param "l" (list string)) (result (tuple string u16))
      (canon lift (core func $i "f") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")))))
  (instance $callee32 (instantiate $callee32))
  (instance $callee64 (instantiate $callee64))
  (instance $32-32 (instantiate $caller32 (with "f" (func $callee32 "f"))))
  (instance $32-64 (instantiate $caller32 (with "f" (func $callee64 "f"))))
  (instance $64-32 (instantiate $caller64 (with "f" (func $callee32 "f"))))
  (instance $64-64 (instantiate $caller64 (with "f" (func $callee64 "f"))))
  ;; The script calls all of them through a component with a 32-bit memory: wasmtime 48 itself writes a
  ;; list of strings into a 64-bit memory with elements of eight bytes.
  (instance $32-64-32 (instantiate $caller32 (with "f" (func $64-32 "f"))))
  (instance $32-64-64 (instantiate $caller32 (with "f" (func $64-64 "f"))))
  (export "from-w32-to-w32" (func $32-32 "f"))
  (export "from-w32-to-w64" (func $32-64 "f"))
  (export "from-w64-to-w32" (func $32-64-32 "f"))
  (export "from-w64-to-w64" (func $32-64-64 "f")))
(component instance $w $widths)
;; the sum is of the strings' lengths in the callee's encoding: bytes in UTF-8, units in UTF-16
(assert_return (invoke "from-w32-to-w32" (str.const "fish 🐟") (list.const (str.const "é") (str.const "") (str.const "abc")))
  (tuple.const (str.const "fish 🐟") (u16.const 5)))
(assert_return (invoke "from-w32-to-w64" (str.const "fish 🐟") (list.const (str.const "é") (str.const "") (str.const "abc")))
  (tuple.const (str.const "fish 🐟") (u16.const 4)))
(assert_return (invoke "from-w64-to-w32" (str.const "fish 🐟") (list.const (str.const "é") (str.const "") (str.const "abc")))
  (tuple.const (str.const "fish 🐟") (u16.const 5)))
(assert_return (invoke "from-w64-to-w64" (str.const "fish 🐟") (list.const (str.const "é") (str.const "") (str.const "abc")))
  (tuple.const (str.const "fish 🐟") (u16.const 4)))
(assert_return (invoke "from-w64-to-w32" (str.const "") (list.const)) (tuple.const (str.const "") (u16.const 0)))
(assert_return (invoke "from-w32-to-w64" (str.const "") (list.const)) (tuple.const (str.const "") (u16.const 0)))

;; Bounds: a pointer whose upper half is not zero, a length likewise, both together past 2^64, and the
;; memory's end, from a 64-bit caller. `f` is lifted from what lowers it, so that the script gives them.
(component definition $bounds
  (component $callee
    (core module $m
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
      (func (export "n") (param i32 i32) (result i32) (local.get 1)))
    (core instance $i (instantiate $m))
    (func (export "n") (param "l" (list u8)) (result u32) (canon lift (core func $i "n")
      (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
  (component $caller
    (import "n" (func $n (param "l" (list u8)) (result u32)))
    (core module $m (memory (export "memory") i64 1))
    (core instance $i (instantiate $m))
    (core func $n' (canon lower (func $n) (memory (core memory $i "memory"))))
    (func (export "n") (param "at" u64) (param "n" u64) (result u32) (canon lift (core func $n'))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "n" (func $callee "n"))))
  (export "n" (func $caller "n")))
(component instance $b1 $bounds)
(assert_return (invoke "n" (u64.const 65530) (u64.const 6)) (u32.const 6))
(assert_return (invoke "n" (u64.const 0) (u64.const 65536)) (u32.const 65536))
(assert_return (invoke "n" (u64.const 65536) (u64.const 0)) (u32.const 0))
(assert_trap (invoke "n" (u64.const 65530) (u64.const 7)) "")
(component instance $b2 $bounds)
(assert_trap (invoke "n" (u64.const 0x100000000) (u64.const 1)) "")
(component instance $b3 $bounds)
(assert_trap (invoke "n" (u64.const 0) (u64.const 0x100000001)) "")
(component instance $b4 $bounds)
(assert_trap (invoke "n" (u64.const 16) (u64.const 0xfffffffffffffff8)) "")
(component instance $b5 $bounds)
(assert_trap (invoke "n" (u64.const 0xffffffffffffffff) (u64.const 1)) "")

;; realloc of a 64-bit memory is given old pointer, old size, alignment and new size as i64; a pointer
;; that it returns beyond the memory traps, though its lower half would fit.
(component definition $realloc
  (component $callee
    (core module $m
      (memory (export "memory") i64 1)
      (global $next (mut i64) (i64.const 0))
      (global $log (mut i64) (i64.const 0))
      (func (export "set") (param i64) (global.set $next (local.get 0)))
      (func (export "realloc") (param i64 i64 i64 i64) (result i64)
        (global.set $log (i64.add (i64.mul (global.get $log) (i64.const 10000)) (i64.add
          (i64.mul (i64.add (local.get 0) (local.get 1)) (i64.const 1000))
          (i64.add (i64.mul (local.get 2) (i64.const 100)) (local.get 3)))))
        (global.get $next))
      (func (export "f") (param i64 i64) (result i64) (i64.load (local.get 0)))
      (func (export "log") (result i64) (global.get $log)))
    (core instance $i (instantiate $m))
    (func (export "set") (param "next" u64) (canon lift (core func $i "set")))
    (func (export "log") (result u64) (canon lift (core func $i "log")))
    (func (export "f") (param "l" (list u64)) (result u64) (canon lift (core func $i "f")
      (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
  (component $caller
    (import "f" (func $f (param "l" (list u64)) (result u64)))
    (core module $m (memory (export "memory") 1) (data (i32.const 8) "\2a"))
    (core instance $i (instantiate $m))
    (core func $f' (canon lower (func $f) (memory (core memory $i "memory"))))
    (func (export "f") (param "at" u32) (param "n" u32) (result u64) (canon lift (core func $f'))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "f" (func $callee "f"))))
  (export "set" (func $callee "set"))
  (export "log" (func $callee "log"))
  (export "f" (func $caller "f")))
(component instance $r1 $realloc)
(assert_return (invoke "set" (u64.const 64)))
(assert_return (invoke "f" (u32.const 8) (u32.const 3)) (u64.const 42))
;; alignment 8, 24 bytes
(assert_return (invoke "log") (u64.const 824))
(assert_return (invoke "set" (u64.const 0x100000040)))
(assert_trap (invoke "f" (u32.const 8) (u32.const 3)) "")
(component instance $r2 $realloc)
(assert_return (invoke "set" (u64.const 65512)))
(assert_return (invoke "f" (u32.const 8) (u32.const 3)) (u64.const 42))
(assert_return (invoke "set" (u64.const 65520)))
(assert_trap (invoke "f" (u32.const 8) (u32.const 3)) "")
(component instance $r3 $realloc)
(assert_return (invoke "set" (u64.const 65)))
(assert_trap (invoke "f" (u32.const 8) (u32.const 3)) "")

;; 64-bit tables and memories in core code: indices and sizes are i64, in segments as well.
(component
  (core module $m
    (memory $m i64 1 3)
    (table $t i64 2 4 funcref)
    (type $f (func (result i32)))
    (func $five (result i32) (i32.const 5))
    (elem (table $t) (i64.const 1) func $five)
    (data (memory $m) (i64.const 65535) "\07")
    (data $p "xyz")
    (func (export "call") (param i64) (result i32) (call_indirect $t (type $f) (local.get 0)))
    (func (export "byte") (param i64) (result i32) (i32.load8_u $m (local.get 0)))
    (func (export "sizes") (result i64)
      (drop (memory.grow $m (i64.const 1)))
      (drop (table.grow $t (ref.null func) (i64.const 2)))
      (memory.init $m $p (i64.const 65536) (i32.const 0) (i32.const 3))
      (i64.add (i64.mul (memory.size $m) (i64.const 10)) (table.size $t))))
  (core instance $i (instantiate $m))
  (func (export "call") (param "n" u64) (result u32) (canon lift (core func $i "call")))
  (func (export "byte") (param "at" u64) (result u32) (canon lift (core func $i "byte")))
  (func (export "sizes") (result u64) (canon lift (core func $i "sizes"))))
(assert_return (invoke "call" (u64.const 1)) (u32.const 5))
(assert_return (invoke "byte" (u64.const 65535)) (u32.const 7))
(assert_return (invoke "sizes") (u64.const 24))
(assert_return (invoke "byte" (u64.const 65538)) (u32.const 122))
(assert_trap (invoke "call" (u64.const 0x100000001)) "")
