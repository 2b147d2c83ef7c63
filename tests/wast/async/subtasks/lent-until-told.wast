;; What is lent to a call stays lent when the call has returned, until its caller has been told.
;; CanonicalABI.md, "Subtask State" (deliver_resolve), "canon resource.drop".
;; Wasmtime 48 ends the loan when the call returns.

(component
  (component $Owner
    (type $R' (resource (rep i32)))
    (export $R "r" (type $R'))
    (core func $new (canon resource.new $R'))
    (core func $return-u32 (canon task.return (result u32)))
    (core func $get (canon context.get i32 0))
    (core func $set (canon context.set i32 0))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "return-u32" (func $return-u32 (param i32)))
      (import "" "get" (func $get (result i32)))
      (import "" "set" (func $set (param i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "see") (param i32) (result i32) (call $set (local.get 0)) (i32.const 1))
      (func (export "see-back") (param i32 i32 i32) (result i32) (call $return-u32 (call $get)) (i32.const 0)))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))
      (export "return-u32" (func $return-u32)) (export "get" (func $get)) (export "set" (func $set))))))
    (func (export "make") (param "rep" u32) (result (own $R)) (canon lift (core func $m "make")))
    (func (export "see") async (param "r" (borrow $R)) (result u32)
      (canon lift (core func $m "see") async (callback (core func $m "see-back")))))
  (component $Caller
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (param "rep" u32) (result (own $R))))
    (import "see" (func $see async (param "r" (borrow $R)) (result u32)))
    (core module $Lib (memory (export "memory") 1))
    (core instance $lib (instantiate $Lib))
    (alias core export $lib "memory" (core memory $memory))
    (core func $yield (canon thread.yield))
    (core func $r.drop (canon resource.drop $R))
    (core func $make (canon lower (func $make)))
    (core func $see (canon lower (func $see) async (memory $memory)))
    (core module $M
      (import "" "memory" (memory 1))
      (import "" "yield" (func $yield (result i32)))
      (import "" "r.drop" (func $r.drop (param i32)))
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "see" (func $see (param i32 i32) (result i32)))
      (func (export "run")
        (local $r i32)
        (local.set $r (call $make (i32.const 77)))
        (if (i32.ne (call $see (local.get $r) (i32.const 16)) (i32.const 0x21)) (then unreachable))
        (loop $more
          (drop (call $yield))
          (br_if $more (i32.ne (i32.load (i32.const 16)) (i32.const 77))))
        (call $r.drop (local.get $r))))
    (core instance $m (instantiate $M (with "" (instance (export "memory" (memory $memory))
      (export "yield" (func $yield)) (export "r.drop" (func $r.drop)) (export "make" (func $make))
      (export "see" (func $see))))))
    (func (export "run") async (canon lift (core func $m "run"))))
  (instance $owner (instantiate $Owner))
  (instance $caller (instantiate $Caller
    (with "r" (type $owner "r")) (with "make" (func $owner "make")) (with "see" (func $owner "see"))))
  (export "run" (func $caller "run")))
(assert_trap (invoke "run") "handle is lent")
