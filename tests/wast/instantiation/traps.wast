;; What traps while a component is instantiated: segments that are out of bounds, start functions, and
;; what start functions call. Beside each stands the same that just fits.
;; Explainer.md "Instance Definitions"; a component instance whose instantiation traps is not there.

;; Data segments: up to the memory's end, one byte past it, and none at all at the end and past it.
(component
  (core module $m
    (memory 1)
    (data (i32.const 65535) "x")
    (data (i32.const 65536) "")
    (func (export "last") (result i32) (i32.load8_u (i32.const 65535))))
  (core instance $i (instantiate $m))
  (func (export "last") (result u32) (canon lift (core func $i "last"))))
(assert_return (invoke "last") (u32.const 120))
(assert_trap (component
  (core module $m (memory 1) (data (i32.const 65535) "xy"))
  (core instance (instantiate $m))) "")
(assert_trap (component
  (core module $m (memory 1) (data (i32.const 65537) ""))
  (core instance (instantiate $m))) "")
(assert_trap (component
  (core module $m (memory 1) (data (i32.const -1) "x"))
  (core instance (instantiate $m))) "")
(assert_trap (component
  (core module $m (memory 0) (data (i32.const 0) "x"))
  (core instance (instantiate $m))) "")
;; The offset decides, and it comes from outside.
(assert_trap (component
  (core module $at (global (export "at") i32 (i32.const 65536)))
  (core module $m (import "" "at" (global $at i32)) (memory 1) (data (global.get $at) "x"))
  (core instance $at (instantiate $at))
  (core instance (instantiate $m (with "" (instance $at))))) "")
;; A memory that is imported has the size it has, not the one it is imported with.
(component
  (core module $memory (memory (export "memory") 2)
    (func (export "get") (result i32) (i32.load8_u (i32.const 131071))))
  (core module $m (import "" "memory" (memory 1)) (data (i32.const 131071) "y"))
  (core instance $memory (instantiate $memory))
  (core instance (instantiate $m (with "" (instance $memory))))
  (func (export "get") (result u32) (canon lift (core func $memory "get"))))
(assert_return (invoke "get") (u32.const 121))
(assert_trap (component
  (core module $memory (memory (export "memory") 2))
  (core module $m (import "" "memory" (memory 1)) (data (i32.const 131072) "y"))
  (core instance $memory (instantiate $memory))
  (core instance (instantiate $m (with "" (instance $memory))))) "")
;; The first segment fits, the second does not.
(assert_trap (component
  (core module $m (memory 1) (data (i32.const 0) "abc") (data (i32.const 65536) "d"))
  (core instance (instantiate $m))) "")
;; The first instance's memory grows after the second has trapped: too late.
(assert_trap (component
  (core module $memory (memory (export "memory") 1)
    (func (export "grow") (drop (memory.grow (i32.const 1)))))
  (core module $m (import "" "memory" (memory 1)) (data (i32.const 65536) "d"))
  (core module $grows (import "" "grow" (func $grow)) (start $grow))
  (core instance $memory (instantiate $memory))
  (core instance (instantiate $m (with "" (instance $memory))))
  (core instance (instantiate $grows (with "" (instance $memory))))) "")
;; The other way round it is there in time.
(component
  (core module $memory (memory (export "memory") 1)
    (func (export "grow") (drop (memory.grow (i32.const 1))))
    (func (export "get") (result i32) (i32.load8_u (i32.const 65536))))
  (core module $m (import "" "memory" (memory 1)) (data (i32.const 65536) "d"))
  (core module $grows (import "" "grow" (func $grow)) (start $grow))
  (core instance $memory (instantiate $memory))
  (core instance (instantiate $grows (with "" (instance $memory))))
  (core instance (instantiate $m (with "" (instance $memory))))
  (func (export "get") (result u32) (canon lift (core func $memory "get"))))
(assert_return (invoke "get") (u32.const 100))

;; A module's own start function comes too late for its own segments.
(assert_trap (component
  (core module $m (memory 1)
    (func $start (drop (memory.grow (i32.const 1))))
    (start $start)
    (data (i32.const 65536) "d"))
  (core instance (instantiate $m))) "")

;; Element segments alike.
(component
  (core module $m
    (table 2 funcref)
    (type $f (func (result i32)))
    (func $seven (result i32) (i32.const 7))
    (elem (i32.const 1) $seven)
    (elem (i32.const 2) func)
    (func (export "call") (param i32) (result i32) (call_indirect (type $f) (local.get 0))))
  (core instance $i (instantiate $m))
  (func (export "call") (param "n" u32) (result u32) (canon lift (core func $i "call"))))
(assert_return (invoke "call" (u32.const 1)) (u32.const 7))
(assert_trap (invoke "call" (u32.const 0)) "")
(assert_trap (component
  (core module $m (table 2 funcref) (func $f) (elem (i32.const 1) $f $f))
  (core instance (instantiate $m))) "")
(assert_trap (component
  (core module $m (table 2 funcref) (elem (i32.const 3) func))
  (core instance (instantiate $m))) "")
(assert_trap (component
  (core module $table (table (export "table") 2 funcref))
  (core module $m (import "" "table" (table 1 funcref)) (func $f) (elem (i32.const 2) $f))
  (core instance $table (instantiate $table))
  (core instance (instantiate $m (with "" (instance $table))))) "")

;; A start function traps: whether it is unreachable, divides, or reads out of bounds.
(component
  (core module $m
    (global $n (mut i32) (i32.const 1))
    (func $start (global.set $n (i32.div_u (i32.const 10) (global.get $n))))
    (start $start)
    (func (export "get") (result i32) (global.get $n)))
  (core instance $i (instantiate $m))
  (func (export "get") (result u32) (canon lift (core func $i "get"))))
(assert_return (invoke "get") (u32.const 10))
(assert_trap (component
  (core module $m
    (global $n (mut i32) (i32.const 0))
    (func $start (global.set $n (i32.div_u (i32.const 10) (global.get $n))))
    (start $start))
  (core instance (instantiate $m))) "")
(assert_trap (component
  (core module $m (func $start unreachable) (start $start))
  (core instance (instantiate $m))) "")
;; An exception that leaves a start function is none of the component's parents' business: a trap.
(assert_trap (component
  (core module $m (tag $t) (func $start (throw $t)) (start $start))
  (core instance (instantiate $m))) "")
;; It is the start function of a nested component, and of one in that.
(assert_trap (component
  (component $middle
    (component $inner
      (core module $m (func $start unreachable) (start $start))
      (core instance (instantiate $m)))
    (instance (instantiate $inner)))
  (instance (instantiate $middle))) "")
;; The component is there, but is not instantiated: nothing traps.
(component
  (component $never
    (core module $m (func $start unreachable) (start $start))
    (core instance (instantiate $m)))
  (core module $never (func $start unreachable) (start $start))
  (core module $m (func (export "f") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))
(assert_return (invoke "f") (u32.const 1))

;; A start function calls another component, which traps on 0 and on nothing else.
(component
  (component $callee
    (core module $m
      (global $sum (mut i32) (i32.const 0))
      (func (export "f") (param i32)
        (if (i32.eqz (local.get 0)) (then unreachable))
        (global.set $sum (i32.add (global.get $sum) (local.get 0))))
      (func (export "sum") (result i32) (global.get $sum)))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u32) (canon lift (core func $i "f")))
    (func (export "sum") (result u32) (canon lift (core func $i "sum"))))
  (component $caller
    (import "f" (func $f (param "n" u32)))
    (core func $f' (canon lower (func $f)))
    (core module $m
      (import "" "f" (func $f (param i32)))
      (func $start (call $f (i32.const 2)))
      (start $start))
    (core instance (instantiate $m (with "" (instance (export "f" (func $f')))))))
  (instance $callee (instantiate $callee))
  (instance (instantiate $caller (with "f" (func $callee "f"))))
  (export "sum" (func $callee "sum")))
(assert_return (invoke "sum") (u32.const 2))
(assert_trap (component
  (component $callee
    (core module $m
      (func (export "f") (param i32) (if (i32.eqz (local.get 0)) (then unreachable))))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u32) (canon lift (core func $i "f"))))
  (component $caller
    (import "f" (func $f (param "n" u32)))
    (core func $f' (canon lower (func $f)))
    (core module $m
      (import "" "f" (func $f (param i32)))
      (func $start (call $f (i32.const 0)))
      (start $start))
    (core instance (instantiate $m (with "" (instance (export "f" (func $f')))))))
  (instance $callee (instantiate $callee))
  (instance (instantiate $caller (with "f" (func $callee "f"))))) "")

;; A start function passes a value that is not one: the lifted flat value traps before the callee runs.
(component
  (component $callee
    (core module $m (global $got (mut i32) (i32.const 0))
      (func (export "f") (param i32) (global.set $got (local.get 0)))
      (func (export "got") (result i32) (global.get $got)))
    (core instance $i (instantiate $m))
    (func (export "f") (param "c" char) (canon lift (core func $i "f")))
    (func (export "got") (result char) (canon lift (core func $i "got"))))
  (component $caller
    (import "f" (func $f (param "c" char)))
    (core func $f' (canon lower (func $f)))
    (core module $m (import "" "f" (func $f (param i32)))
      (func $start (call $f (i32.const 0x10ffff)))
      (start $start))
    (core instance (instantiate $m (with "" (instance (export "f" (func $f')))))))
  (instance $callee (instantiate $callee))
  (instance (instantiate $caller (with "f" (func $callee "f"))))
  (export "got" (func $callee "got")))
(assert_return (invoke "got") (char.const "\u{10ffff}"))
(assert_trap (component
  (component $callee
    (core module $m (func (export "f") (param i32)))
    (core instance $i (instantiate $m))
    (func (export "f") (param "c" char) (canon lift (core func $i "f"))))
  (component $caller
    (import "f" (func $f (param "c" char)))
    (core func $f' (canon lower (func $f)))
    (core module $m (import "" "f" (func $f (param i32)))
      (func $start (call $f (i32.const 0x110000)))
      (start $start))
    (core instance (instantiate $m (with "" (instance (export "f" (func $f')))))))
  (instance $callee (instantiate $callee))
  (instance (instantiate $caller (with "f" (func $callee "f"))))) "")
