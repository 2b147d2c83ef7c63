;; Exports an async function, which app.wat imports: it gives up its turn once, so that it is not over at once.
(component
  (core module $m
    (import "" "context.get" (func $context.get (result i32)))
    (import "" "context.set" (func $context.set (param i32)))
    (import "" "task.return" (func $task.return (param i32)))
    (func (export "square") (param $n i32) (result i32)
      (call $context.set (local.get $n))
      (i32.const 1)) ;; YIELD
    (func (export "square-on") (param $event i32) (param $index i32) (param $payload i32) (result i32)
      (call $task.return (i32.mul (call $context.get) (call $context.get)))
      (i32.const 0))) ;; EXIT
  (core func $context.get (canon context.get i32 0))
  (core func $context.set (canon context.set i32 0))
  (core func $task.return (canon task.return (result u32)))
  (core instance $i (instantiate $m (with "" (instance
    (export "context.get" (func $context.get))
    (export "context.set" (func $context.set))
    (export "task.return" (func $task.return))))))
  (func (export "square") async (param "n" u32) (result u32)
    (canon lift (core func $i "square") async (callback (core func $i "square-on")))))
