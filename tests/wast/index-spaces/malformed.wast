;; Binaries and texts that are not components: the magic, the version, section lengths, unknown sections,
;; sorts and opcodes, what is cut off, and text that does not parse.
;; Binary.md "Component Definitions" and the sections' grammars.

;; The smallest component: nothing but magic, version and layer.
(component binary "\00asm" "\0d\00\01\00")

;; The preamble.
(assert_malformed (component binary "") "unexpected end")
(assert_malformed (component binary "\00") "unexpected end")
(assert_malformed (component binary "\00asm") "unexpected end")
(assert_malformed (component binary "\00asm" "\0d\00\01") "unexpected end")
(assert_malformed (component binary "\00asn" "\0d\00\01\00") "magic header not detected")
(assert_malformed (component binary "asm\00" "\0d\00\01\00") "magic header not detected")
(assert_malformed (component binary "\00asm" "\0c\00\01\00") "unknown binary version")
(assert_malformed (component binary "\00asm" "\0d\00\02\00") "unknown binary version")
(assert_malformed (component binary "\00asm" "\00\00\00\0d") "unknown binary version")

;; Sections: a custom section, which may hold anything, and several.
(component binary "\00asm" "\0d\00\01\00"
  "\00\05\01a\ff\ff\ff"
  "\00\01\00")
;; its name is longer than it, or not UTF-8; the section is longer than the rest
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\00\02\02a") "unexpected end")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\00\02\01\ff") "malformed UTF-8")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\00\06\01a\ff") "unexpected end")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\00") "unexpected end")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\0d\00") "malformed section id")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\ff\00") "malformed section id")
;; a length of more than 32 bits, and one that goes on for too long
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\ff\ff\ff\ff\7f") "integer too large")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\80\80\80\80\80\00") "integer representation too long")

;; A type section: one function type of no parameters and no result; then two types promised and one
;; there, one there and bytes left over, and none promised and one there.
(component binary "\00asm" "\0d\00\01\00" "\07\05\01\40\00\01\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\05\02\40\00\01\00") "unexpected end")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\06\01\40\00\01\00\00") "trailing")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\05\00\40\00\01\00") "trailing")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\04\01\40\00\01") "unexpected end")
;; no such type
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\02\01\01") "invalid leading byte")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\02\01\3e") "invalid leading byte")
;; a list of u8; without its element
(component binary "\00asm" "\0d\00\01\00" "\07\03\01\70\7d")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\02\01\70") "unexpected end")
;; an option's presence byte is 0 or 1 (here of a result's parts)
(component binary "\00asm" "\0d\00\01\00" "\07\05\01\6a\01\7d\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\05\01\6a\02\7d\00") "invalid leading byte")
;; a variant's case ends in 0, which once was a refinement
(component binary "\00asm" "\0d\00\01\00" "\07\07\01\71\01\01a\00\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\07\01\71\01\01a\00\01") "zero byte expected")

;; A core module section: an empty core module; with another layer, with no magic, cut off, and with a
;; component in it.
(component binary "\00asm" "\0d\00\01\00" "\01\08" "\00asm\01\00\00\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\01\08" "\00asm\02\00\00\00") "unknown binary version")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\01\08" "\00asn\01\00\00\00") "magic header not detected")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\01\07" "\00asm\01\00\00") "unexpected end")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\01\00") "unexpected end")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\01\08" "\00asm\0d\00\01\00") "component")
;; the core module's sections: a table and a memory in order, and the wrong way round
(component binary "\00asm" "\0d\00\01\00" "\01\13" "\00asm\01\00\00\00" "\04\04\01\70\00\01" "\05\03\01\00\01")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\01\13" "\00asm\01\00\00\00" "\05\03\01\00\01" "\04\04\01\70\00\01") "out of order")
;; its function section promises a body that is not there
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\01\12" "\00asm\01\00\00\00"
  "\01\04\01\60\00\00" "\03\02\01\00") "function and code section have inconsistent lengths")
;; A component section: an empty component; with a core module in it.
(component binary "\00asm" "\0d\00\01\00" "\04\08" "\00asm\0d\00\01\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\04\08" "\00asm\01\00\00\00") "module")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\04\07" "\00asm\0d\00\01") "unexpected end")

;; Aliases, instances, canonical definitions, imports and exports with bytes that mean nothing.
;; core instance: an instance of nothing exported
(component binary "\00asm" "\0d\00\01\00" "\02\03\01\01\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\02\03\01\02\00") "invalid leading byte")
(component binary "\00asm" "\0d\00\01\00" "\05\03\01\01\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\05\03\01\02\00") "invalid leading byte")
;; import "a" of a function of type 0, by both prefixes that a name may have; then with a fourth prefix,
;; a sort that is none, and cut off
(component definition binary "\00asm" "\0d\00\01\00" "\07\05\01\40\00\01\00" "\0a\06\01\00\01a\01\00")
(component definition binary "\00asm" "\0d\00\01\00" "\07\05\01\40\00\01\00" "\0a\06\01\01\01a\01\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\05\01\40\00\01\00" "\0a\06\01\03\01a\01\00") "invalid leading byte")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\05\01\40\00\01\00" "\0a\06\01\00\01a\06\00") "invalid leading byte")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\05\01\40\00\01\00" "\0a\05\01\00\01a\01") "unexpected end")
;; export of an empty instance, with and without a type, and with a byte that says neither
(component binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00" "\05\03\01\01\00" "\0b\07\01\00\01b\05\00\00")
(component binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00" "\05\03\01\01\00" "\0b\09\01\00\01b\05\00\01\05\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00" "\05\03\01\01\00" "\0b\07\01\00\01b\05\00\02") "invalid leading byte")
;; canon: lower it without options; an option that is none; a definition that is none
(component definition binary "\00asm" "\0d\00\01\00" "\07\05\01\40\00\01\00" "\0a\06\01\00\01a\01\00" "\08\05\01\01\00\00\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\05\01\40\00\01\00" "\0a\06\01\00\01a\01\00" "\08\06\01\01\00\00\01\7f") "invalid leading byte")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\05\01\40\00\01\00" "\0a\06\01\00\01a\01\00" "\08\05\01\7e\00\00\00") "invalid leading byte")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\05\01\40\00\01\00" "\0a\06\01\00\01a\01\00" "\08\05\01\01\01\00\00") "invalid leading byte")

;; Texts.
(component quote "(core module)")
(assert_malformed (component quote "(core modul)") "unexpected token")
(assert_malformed (component quote "(core module") "expected `)`")
(assert_malformed (component quote "(core module))") "expected `(`")
(assert_malformed (component quote "(func (export \"f\") (canon lift (core func $nobody)))") "unknown core func")
(assert_malformed (component quote "(alias outer $nobody 0 (type))") "outer component `nobody` not found")
(assert_malformed (component quote "(core module $a) (core module $a)") "duplicate")
(assert_malformed (component quote "(import \"a\" (func (param u32)))") "unexpected token")
(assert_malformed (component quote "(import \"\\ff\" (func))") "malformed UTF-8")
(assert_malformed (component quote "(export \"a\" (func 0)") "expected `)`")
