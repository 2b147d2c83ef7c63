;; `subtask.cancel` a second time, before the callee is over.
;; CanonicalABI.md, "canon subtask.cancel" (cancellation_requested).
;; Wasmtime 48 lets it be.

(component definition $Twice
  (component $Callee
    (core func $ws.new (canon waitable-set.new))
    (core func $return (canon task.return))
    (core module $M
      (import "" "ws.new" (func $ws.new (result i32)))
      (import "" "return" (func $return))
      (func (export "f") (result i32) (i32.or (i32.shl (call $ws.new) (i32.const 4)) (i32.const 2)))
      (func (export "back") (param i32 i32 i32) (result i32)
        (if (i32.eq (local.get 0) (i32.const 6)) (then (return (i32.const 1))))
        (call $return) (i32.const 0)))
    (core instance $m (instantiate $M (with "" (instance (export "ws.new" (func $ws.new))
      (export "return" (func $return))))))
    (func (export "f") async (canon lift (core func $m "f") async (callback (core func $m "back")))))
  (component $Caller
    (import "f" (func $f async))
    (core func $subtask.cancel (canon subtask.cancel))
    (core func $subtask.cancel-a (canon subtask.cancel async))
    (core func $f (canon lower (func $f) async))
    (core module $M
      (import "" "subtask.cancel" (func $subtask.cancel (param i32) (result i32)))
      (import "" "subtask.cancel-a" (func $subtask.cancel-a (param i32) (result i32)))
      (import "" "f" (func $f (result i32)))
      (func (export "run") (param i32)
        (if (i32.ne (call $f) (i32.const 0x11)) (then unreachable))
        (if (i32.ne (call $subtask.cancel-a (i32.const 1)) (i32.const -1)) (then unreachable))
        (drop (if (result i32) (local.get 0)
          (then (call $subtask.cancel-a (i32.const 1)))
          (else (call $subtask.cancel (i32.const 1)))))))
    (core instance $m (instantiate $M (with "" (instance (export "subtask.cancel" (func $subtask.cancel))
      (export "subtask.cancel-a" (func $subtask.cancel-a)) (export "f" (func $f))))))
    (func (export "run") async (param "async" u32) (canon lift (core func $m "run"))))
  (instance $callee (instantiate $Callee))
  (instance $caller (instantiate $Caller (with "f" (func $callee "f"))))
  (export "run" (func $caller "run")))
(component instance $run-0 $Twice)
(assert_trap (invoke "run" (u32.const 0)) "subtask is cancelled after it is resolved or twice")
(component instance $run-1 $Twice)
(assert_trap (invoke "run" (u32.const 1)) "subtask is cancelled after it is resolved or twice")
