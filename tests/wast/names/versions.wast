;; Versions in attributes: what `implements` names is an interface name with its version, and `versionsuffix`
;; goes with a canonical version. (Where it does is in guest/src/read/tests.rs: no engine takes it.)
;; Explainer.md "Import and Export Definitions", "Canonical Interface Name"; Binary.md likewise.

(component definition
  (import "a" (implements "ns:kv/store@0.2.1-rc.1+b") (instance)))

(assert_invalid (component (import "a" (implements "ns:kv/store@latest") (instance))) "interface version")
(assert_invalid (component (import "a" (implements "ns:kv/store@1.2.3.4") (instance))) "interface version")
(assert_invalid (component (import "a" (implements "ns:kv/store@01.2.3") (instance))) "interface version")
(assert_invalid (component (import "a" (implements "ns:kv/store@") (instance))) "interface version")
(assert_invalid (component (instance $i) (export "a" (implements "ns:kv/store@1.x") (instance $i))) "interface version")
(assert_invalid (component (instance $i) (instance (export "a" (implements "ns:kv/store@1.x") (instance $i)))) "interface version")
(assert_invalid (component (type (component (import "a" (implements "ns:kv/store@1.x") (instance))))) "interface version")
(assert_invalid (component (type (instance (export "a" (implements "ns:kv/store@1.x") (instance))))) "interface version")

(assert_invalid (component (import "ns:kv/one@1.2" (versionsuffix ".3") (instance))) "canonical")
(assert_invalid (component (import "ns:kv/one@0" (versionsuffix ".2.3") (instance))) "canonical")
(assert_invalid (component (import "ns:kv/one@1" (versionsuffix ".2") (instance))) "interface version")
(assert_invalid (component (import "ns:kv/one" (versionsuffix "1.2.3") (instance))) "canonical")
(assert_invalid (component (import "one" (versionsuffix "1.2.3") (instance))) "canonical")
