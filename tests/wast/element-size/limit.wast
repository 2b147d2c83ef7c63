;; The most that a value may take up: `elem_size(t, 'i64')` is less than 2^28 for every `defvaltype` t.
;; Binary.md "Type Definitions"; CanonicalABI.md "Element Size", "Alignment".

;; One byte less than too large, or as near to that as alignment lets it come.
(component definition
  (type $bytes (list u8 0xfffffff))
  (type (list bool 0xfffffff)) (type (list s16 0x7ffffff)) (type (list char 0x3ffffff)) (type (list f64 0x1ffffff))
  (type (list string 0xffffff)) (type (list (list u8) 0xffffff)) (type (list (map u8 u8) 0xffffff))
  (type (record (field "a" u16) (field "b" (list u8 0xffffffc))))
  (type (tuple (list u8 0xffffff0) u64))
  ;; the discriminant takes a byte, two with more than 256 cases, and moves up to the payload's alignment
  (type (variant (case "a" (list u8 0xffffffe)) (case "b")))
  (type (option (list u8 0xffffffe)))
  (type (result (list u8 0xffffffe) (error u8)))
  (type (result (error (list u64 0x1fffffe))))
  (type (list (flags "a" "b" "c" "d" "e" "f" "g" "h" "i") 0x7ffffff))
  (type (list (enum "a" "b") 0xfffffff))
  ;; behind an address, in a stream or a future nothing counts
  (type (list $bytes)) (type (map u8 $bytes)) (type (tuple (list $bytes) (list $bytes)))
  (type (list (stream $bytes) 0x3ffffff)) (type (list (future $bytes) 0x3ffffff))
  ;; nor do the parameters of a function together
  (type (func (param "a" $bytes) (param "b" $bytes) (result $bytes))))

;; One more than that, in each.
(assert_invalid (component (type (list bool 0x10000000))) "exceeds maximum byte size")
(assert_invalid (component (type (list s16 0x8000000))) "exceeds maximum byte size")
(assert_invalid (component (type (list char 0x4000000))) "exceeds maximum byte size")
(assert_invalid (component (type (list f64 0x2000000))) "exceeds maximum byte size")
(assert_invalid (component (type (list u8 0xffffffff))) "exceeds maximum byte size")
(assert_invalid (component (type (list string 0x1000000))) "exceeds maximum byte size")
(assert_invalid (component (type (list (list u8) 0x1000000))) "exceeds maximum byte size")
(assert_invalid (component (type (list (map u8 u8) 0x1000000))) "exceeds maximum byte size")
(assert_invalid (component (type (record (field "a" u16) (field "b" (list u8 0xffffffd))))) "exceeds maximum byte size")
(assert_invalid (component (type (tuple (list u8 0xffffff1) u64))) "exceeds maximum byte size")
(assert_invalid (component (type (variant (case "a" (list u8 0xfffffff)) (case "b")))) "exceeds maximum byte size")
(assert_invalid (component (type (option (list u8 0xfffffff)))) "exceeds maximum byte size")
(assert_invalid (component (type (result (list u8 0xfffffff) (error u8)))) "exceeds maximum byte size")
(assert_invalid (component (type (result (error (list u64 0x1ffffff))))) "exceeds maximum byte size")
(assert_invalid (component (type (list (flags "a" "b" "c" "d" "e" "f" "g" "h" "i") 0x8000000))) "exceeds maximum byte size")
(assert_invalid (component (type (list (enum "a" "b") 0x10000000))) "exceeds maximum byte size")
(assert_invalid (component (type (list (stream u8) 0x4000000))) "exceeds maximum byte size")
(assert_invalid (component (type (list (future u8) 0x4000000))) "exceeds maximum byte size")
;; A product and a sum that come to little in 32 bits.
(assert_invalid (component (type (list (list u8 0x10000) 0x10000))) "exceeds maximum byte size")
(assert_invalid (component (type $l (list u8 0x8000000)) (type (tuple
  $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l $l))) "exceeds maximum byte size")

;; Wherever a type is defined, and whoever uses it.
(assert_invalid (component (component (type (list u8 0x10000000)))) "exceeds maximum byte size")
(assert_invalid (component (type (component (type (list u8 0x10000000))))) "exceeds maximum byte size")
(assert_invalid (component (type (instance (type (list u8 0x10000000))))) "exceeds maximum byte size")
(assert_invalid (component (type (instance (type (component (type (list u8 0x10000000))))))) "exceeds maximum byte size")
(assert_invalid (component (type (func (param "x" (list u8 0x10000000))))) "exceeds maximum byte size")
(assert_invalid (component (import "f" (func (result (list u8 0x10000000))))) "exceeds maximum byte size")
(assert_invalid (component (type (list (list u8 0x10000000)))) "exceeds maximum byte size")
(assert_invalid (component (type (stream (list u8 0x10000000)))) "exceeds maximum byte size")
;; What a type is made of may come from outside or out of an instance.
(assert_invalid (component
  (type $l (list u8 0x8000000))
  (component (alias outer 1 $l (type $l)) (type (tuple $l $l)))) "exceeds maximum byte size")
(assert_invalid (component
  (import "i" (instance $i (type $l (list u8 0x8000000)) (export "l" (type (eq $l)))))
  (alias export $i "l" (type $l))
  (type (component (alias outer 1 $l (type $l)) (type (list $l 2))))) "exceeds maximum byte size")
