;; Tables whose initial value reads a global of another module, and takes references to functions that
;; nothing else declares: of this module, and imported.
;;! call own()
;;! call imported()
;;! call both()
(component
  (core module $a
    (type $s (struct (field i32)))
    (type $t (func (result i32)))
    (global (export "g") (ref $s) (struct.new $s (i32.const 5)))
    (func (export "f") (type $t) (i32.const 70)))
  (core instance $a (instantiate $a))
  (core module $b
    (type $s (struct (field i32)))
    (type $t (func (result i32)))
    (type $pair (struct (field (ref $t)) (field (ref $s))))
    (import "a" "g" (global $g (ref $s)))
    (import "a" "f" (func $imported (type $t)))
    (func $own (type $t) (i32.const 40))
    (table $one 2 (ref null $pair) (struct.new $pair (ref.func $own) (global.get $g)))
    (table $two 3 (ref null $pair) (struct.new $pair (ref.func $imported) (global.get $g)))
    (func $sum (param $pair (ref null $pair)) (result i32)
      (i32.add
        (call_ref $t (struct.get $pair 0 (local.get $pair)))
        (struct.get $s 0 (struct.get $pair 1 (local.get $pair)))))
    (func (export "own") (result i32) (call $sum (table.get $one (i32.const 1))))
    (func (export "imported") (result i32) (call $sum (table.get $two (i32.const 2)))))
  (core instance $b (instantiate $b (with "a" (instance $a))))
  (core module $c
    (type $s (struct (field i32)))
    (type $t (func (result i32)))
    (import "a" "g" (global $g (ref $s)))
    ;; Neither the function nor the table is of use to anybody else.
    (func $f (type $t) (i32.const 3))
    (type $pair (struct (field (ref $t)) (field (ref $s))))
    (table $table 1 (ref null $pair) (struct.new $pair (ref.func $f) (global.get $g)))
    (func (export "both") (result i32)
      (call_ref $t (struct.get $pair 0 (table.get $table (i32.const 0))))))
  (core instance $c (instantiate $c (with "a" (instance $a))))
  (func (export "own") (result u32) (canon lift (core func $b "own")))
  (func (export "imported") (result u32) (canon lift (core func $b "imported")))
  (func (export "both") (result u32) (canon lift (core func $c "both"))))
