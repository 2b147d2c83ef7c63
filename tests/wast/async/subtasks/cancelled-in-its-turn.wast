;; `subtask.cancel` with `async` of a task that has given up its turn: it is told at once.
;; CanonicalABI.md, "Task State" (request_cancellation), "canon lift" (YIELD: cancellable).
;; Wasmtime 48 tells it when its turn comes.

(component
  (component $Callee
    (core func $task.cancel (canon task.cancel))
    (core func $return (canon task.return))
    (core module $M
      (import "" "task.cancel" (func $task.cancel))
      (import "" "return" (func $return))
      (func (export "f") (result i32) (i32.const 1))
      (func (export "cancels") (param i32 i32 i32) (result i32)
        (if (i32.ne (local.get 0) (i32.const 6)) (then unreachable))
        (call $task.cancel) (i32.const 0))
      (func (export "returns") (param i32 i32 i32) (result i32)
        (if (i32.ne (local.get 0) (i32.const 6)) (then unreachable))
        (call $return) (i32.const 0)))
    (core instance $m (instantiate $M (with "" (instance (export "task.cancel" (func $task.cancel))
      (export "return" (func $return))))))
    (func (export "cancels") async (canon lift (core func $m "f") async (callback (core func $m "cancels"))))
    (func (export "returns") async (canon lift (core func $m "f") async (callback (core func $m "returns")))))
  (component $Caller
    (import "cancels" (func $cancels async))
    (import "returns" (func $returns async))
    (core func $ws.new (canon waitable-set.new))
    (core func $join (canon waitable.join))
    (core func $subtask.cancel-a (canon subtask.cancel async))
    (core func $subtask.drop (canon subtask.drop))
    (core func $cancels (canon lower (func $cancels) async))
    (core func $returns (canon lower (func $returns) async))
    (core module $M
      (import "" "ws.new" (func $ws.new (result i32)))
      (import "" "join" (func $join (param i32 i32)))
      (import "" "subtask.cancel-a" (func $subtask.cancel-a (param i32) (result i32)))
      (import "" "subtask.drop" (func $subtask.drop (param i32)))
      (import "" "cancels" (func $cancels (result i32)))
      (import "" "returns" (func $returns (result i32)))
      (func $cancel (param $packed i32) (result i32)
        (if (i32.ne (local.get $packed) (i32.const 0x11)) (then unreachable))
        (call $subtask.cancel-a (i32.const 1))
        (call $subtask.drop (i32.const 1)))
      (func (export "run") (result i32)
        (i32.add (i32.mul (call $cancel (call $cancels)) (i32.const 10)) (call $cancel (call $returns)))))
    (core instance $m (instantiate $M (with "" (instance (export "ws.new" (func $ws.new))
      (export "join" (func $join)) (export "subtask.cancel-a" (func $subtask.cancel-a))
      (export "subtask.drop" (func $subtask.drop)) (export "cancels" (func $cancels))
      (export "returns" (func $returns))))))
    (func (export "run") async (result u32) (canon lift (core func $m "run"))))
  (instance $callee (instantiate $Callee))
  (instance $caller (instantiate $Caller
    (with "cancels" (func $callee "cancels")) (with "returns" (func $callee "returns"))))
  (export "run" (func $caller "run")))
(assert_return (invoke "run") (u32.const 42))
