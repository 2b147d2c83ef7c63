;; What is imported is exported as it is: a function, an instance, and one function under two names.
;;! cannot-run
(component
  (import "number" (func $number (param "n" u32) (result u32)))
  (import "test:host/api" (instance $api (export "text" (func (param "s" string) (result string)))))
  (export "again" (func $number))
  (export "more" (func $number))
  (export "api" (instance $api)))
