;; Names that the grammar does not have: those of earlier drafts, and nested namespaces and packages, which a
;; later version will have.
;; Explainer.md "Import and Export Definitions", `externname` and `interfacename`.

(assert_invalid (component (import "url=<https://example.org/c.wasm>" (component))) "not a valid extern name")
(assert_invalid (component (component (import "url=<c.wasm>,integrity=<sha256-YWJj>" (func)))) "not a valid extern name")
(assert_invalid (component (component (import "integrity=<sha256-YWJj>" (func)))) "not a valid extern name")
(assert_invalid (component (component (import "locked-dep=<ns:pkg@1.2.3>" (func)))) "not a valid extern name")
(assert_invalid (component (component (import "unlocked-dep=<ns:pkg@*>" (func)))) "not a valid extern name")
(assert_invalid (component (type (component (import "unlocked-dep=<ns:pkg>" (func))))) "not a valid extern name")
(assert_invalid (component (type (component (type (component (import "url=<>" (func))))))) "not a valid extern name")
(assert_invalid (component (type (instance (export "url=<>" (func))))) "not a valid")
(assert_invalid (component (import "f" (func $f)) (export "url=<>" (func $f))) "not a valid")

(assert_invalid (component (import "one:two:pkg/iface" (instance))) "expected `/` after package name")
(assert_invalid (component (import "ns:pkg/iface/part" (instance))) "trailing characters found")
(assert_invalid (component (import "ns:pkg/iface/part@1.0.0" (instance))) "trailing characters found")
(assert_invalid (component (type (instance (export "one:two:pkg/iface" (instance))))) "expected `/` after package name")
(assert_invalid (component (import "a" (implements "one:two:pkg/iface") (instance))) "expected `/` after package name")
