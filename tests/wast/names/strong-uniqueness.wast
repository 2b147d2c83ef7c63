;; Strong uniqueness of names that are not plain labels: acronyms behind annotations and in interface names,
;; in every scope that has names; and what stays apart.
;; Explainer.md "Name Uniqueness"; Binary.md "Import and Export Definitions".

;; Interface names are compared without regard to case, as far as they are labels.
(assert_invalid (component
  (import "ns:pkg/my-URL" (instance)) (import "ns:pkg/my-url" (instance))) "conflicts with previous name")
(assert_invalid (component (instance $i)
  (export "ns:pkg/XML@1.0.0" (instance $i)) (export "ns:pkg/xml@1.0.0" (instance $i))) "conflicts with previous name")
(assert_invalid (component (type (component
  (import "ns:pkg/XML" (instance)) (import "ns:pkg/xml" (instance))))) "conflicts with previous name")
(assert_invalid (component (type (component
  (export "ns:pkg/XML" (instance)) (export "ns:pkg/xml" (instance))))) "conflicts with previous name")
(assert_invalid (component (type (instance
  (export "ns:pkg/XML" (instance)) (export "ns:pkg/xml" (instance))))) "conflicts with previous name")
(assert_invalid (component (instance $i) (instance
  (export "ns:pkg/XML" (instance $i)) (export "ns:pkg/xml" (instance $i)))) "conflicts with previous name")
;; in a component within one, and in a type within a type
(assert_invalid (component (component
  (import "ns:pkg/XML" (func)) (import "ns:pkg/xml" (func)))) "conflicts with previous name")
(assert_invalid (component (type (component (type (instance
  (export "ns:pkg/XML" (func)) (export "ns:pkg/xml" (func))))))) "conflicts with previous name")
(assert_invalid (component (type (instance (type (component
  (import "ns:pkg/XML" (func)) (import "ns:pkg/xml" (func))))))) "conflicts with previous name")

;; Annotated names as well, with each annotation.
(assert_invalid (component
  (import "doc" (type $r (sub resource)))
  (import "[method]doc.to-XML" (func (param "self" (borrow $r))))
  (import "[method]doc.TO-xml" (func (param "self" (borrow $r))))) "conflicts with previous name")
(assert_invalid (component
  (import "doc" (type $r (sub resource)))
  (import "[static]doc.parse-XML" (func))
  (import "[method]doc.parse-xml" (func (param "self" (borrow $r))))) "conflicts with previous name")
(assert_invalid (component (type (instance
  (export "doc" (type $r (sub resource)))
  (export "[static]doc.a" (func))
  (export "[static]doc.A" (func))))) "conflicts with previous name")
(assert_invalid (component (type (component
  (export "doc" (type $r (sub resource)))
  (export "[method]doc.a" (func (param "self" (borrow $r))))
  (export "[static]doc.A" (func))))) "conflicts with previous name")
;; a method of its resource's name is that name, in any case
(assert_invalid (component
  (import "doc" (type $r (sub resource)))
  (import "[method]doc.DOC" (func (param "self" (borrow $r))))) "conflicts with previous name")

;; The component's imports and its exports are two scopes, and so are an instance and what is around it.
(component definition
  (import "ns:pkg/XML" (instance $i))
  (instance $j (export "ns:pkg/xml@1.0.0" (instance $i)) (export "x" (instance $i)))
  (export "ns:pkg/xml" (instance $i)))
;; A constructor, a method of another name, versions, and pre-releases that differ in case: these differ.
(component definition
  (import "doc" (type $r (sub resource)))
  (import "[constructor]doc" (func (result (own $r))))
  (import "[method]doc.a" (func (param "self" (borrow $r))))
  (import "[static]doc.b" (func))
  (import "a" (func))
  (import "B" (func))
  (import "ns:pkg/doc" (func))
  (import "ns:pkg/A@1.0.0" (func))
  (import "ns:pkg/a@1.0.1" (func))
  (import "ns:pkg/a" (func))
  (import "ns:pkg/a@1.0.0-rc" (func))
  (import "ns:pkg/a@1.0.0-RC" (func)))
