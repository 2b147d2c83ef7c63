;; Import shims of which somebody knows that a module defines them: a reference to such a function is
;; exact, and one to the host's function that it calls is not. (Custom descriptors, which wasmtime does
;; not have.)
;;! cannot-run
(component
  (import "tick" (func $tick (result u32)))
  (core func $tick' (canon lower (func $tick)))
  (core module $shim
    (type $t (func (result i32)))
    (table $t (export "t") 5 5 funcref)
    (func $in-global (type $t) (call_indirect $t (type $t) (i32.const 0)))
    (func $in-body (type $t) (call_indirect $t (type $t) (i32.const 1)))
    (func $in-segment (type $t) (call_indirect $t (type $t) (i32.const 2)))
    (func $in-table (type $t) (call_indirect $t (type $t) (i32.const 3)))
    (func $nowhere (type $t) (call_indirect $t (type $t) (i32.const 4)))
    (global $g (ref (exact $t)) (ref.func $in-global))
    (table $exact 1 1 (ref null (exact $t)) (ref.func $in-table))
    (elem $e (ref null (exact $t)) (ref.func $in-segment))
    (elem declare func $in-body)
    (func (export "f") (result i32)
      (local $exact (ref null (exact $t)))
      (local.set $exact (ref.func $in-body))
      (table.init $exact $e (i32.const 0) (i32.const 0) (i32.const 0))
      (i32.add
        (i32.add (call_ref $t (global.get $g)) (call_ref $t (local.get $exact)))
        (i32.add (call_ref $t (table.get $exact (i32.const 0))) (call $nowhere)))))
  (core instance $shim (instantiate $shim))
  (core module $fix
    (type $t (func (result i32)))
    (import "" "tick" (func $tick (type $t))) (import "" "t" (table 5 5 funcref))
    (elem (i32.const 0) func $tick $tick $tick $tick $tick))
  (core instance (instantiate $fix (with "" (instance
    (export "tick" (func $tick')) (export "t" (table $shim "t"))))))
  (func (export "f") (result u32) (canon lift (core func $shim "f"))))

