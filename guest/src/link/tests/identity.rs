//! One definition, however many names; two definitions, even under one name.

use super::{binary, export, func, instance, with_plan};
use crate::ids::Id;
use crate::link::{CanonKind, CoreDef, ExportItem, Func, Resource, Type};
use crate::read::CoreSort;

#[test]
fn one_resource_under_two_names() {
    let text = r#"(component
        (component $a
            (type $r' (resource (rep i32)))
            (export $r "one" (type $r'))
            (export "two" (type $r)))
        (instance $i (instantiate $a))
        (alias export $i "one" (type $one))
        (alias export $i "two" (type $two))
        (core func $new (canon resource.new $one))
        (core func $drop (canon resource.drop $two))
        (export "a" (type $one))
        (export "b" (type $two)))"#
        // Only the defining component may call resource.new.
        .replace("(core func $new (canon resource.new $one))", "");
    with_plan(&text, |plan| {
        assert_eq!(plan.resources.len(), 1);
        let ExportItem::Resource(a) = export(&plan.exports, "a") else { panic!("no resource") };
        let ExportItem::Resource(b) = export(&plan.exports, "b") else { panic!("no resource") };
        assert_eq!(a, b);
        let drop = plan.canons.values().next().map(|canon| &canon.kind);
        assert!(matches!(drop, Some(CanonKind::ResourceDrop(r)) if r == a));
        let Resource::Defined { instance, dtor: None } = &plan.resources[*a] else { panic!("imported") };
        assert_eq!(instance.index(), 1);
    });
}

#[test]
fn one_component_instantiated_twice_makes_two_resources() {
    with_plan(
        r#"(component
            (component $a
                (type $r' (resource (rep i32)))
                (export $r "r" (type $r')))
            (instance $i (instantiate $a))
            (instance $j (instantiate $a))
            (export "i" (instance $i))
            (export "j" (instance $j)))"#,
        |plan| {
            let of = |name| match export(instance(export(&plan.exports, name)), "r") {
                ExportItem::Resource(id) => *id,
                other => panic!("{other:?}"),
            };
            assert_ne!(of("i"), of("j"));
            assert_eq!(plan.instances.len(), 3);
        },
    );
}

#[test]
fn one_module_instantiated_twice() {
    with_plan(
        r#"(component
            (core module $m (func (export "f") (result i32) i32.const 1))
            (core instance $i (instantiate $m))
            (core instance $j (instantiate $m))
            (func (export "i") (result u32) (canon lift (core func $i "f")))
            (func (export "j") (result u32) (canon lift (core func $j "f"))))"#,
        |plan| {
            assert_eq!(plan.modules.len(), 1);
            assert_eq!(plan.core_instances.len(), 2);
            let core = |name| match func(export(&plan.exports, name)) {
                Func::Lift(lift) => plan.lifts[lift].core,
                other => panic!("{other:?}"),
            };
            assert_ne!(core("i"), core("j"));
            assert!(matches!(core("j"), CoreDef::Item { instance, index: 0, .. } if instance.index() == 1));
        },
    );
}

#[test]
fn outer_aliases_reach_the_scope_of_the_definition() {
    // The component $inner is defined in $outer and instantiated by $user, in another instance:
    // its outer alias is that of the $outer instance that it was taken from.
    with_plan(
        r#"(component
            (component $outer
                (core module $m (func (export "f")))
                (type $t (record (field "x" u8)))
                (component (export "inner")
                    (alias outer $outer $m (core module $m))
                    (alias outer $outer $t (type $t'))
                    (export $t "t" (type $t'))
                    (core instance $i (instantiate $m))
                    (func (export "f") (canon lift (core func $i "f")))))
            (component $user
                (import "c" (component $c
                    (export "f" (func))))
                (instance $i (instantiate $c))
                (export "f" (func $i "f")))
            (instance $o (instantiate $outer))
            (instance $u (instantiate $user (with "c" (component $o "inner"))))
            (export "f" (func $u "f")))"#,
        |plan| {
            assert_eq!(plan.core_instances.len(), 1);
            // Root, $outer, $user, and $inner, whose parent is the one that instantiates it.
            let parents: Vec<_> = plan.instances.values().map(|i| i.parent.map(Id::index)).collect();
            assert_eq!(parents, [None, Some(0), Some(0), Some(2)]);
            let Func::Lift(lift) = func(export(&plan.exports, "f")) else { panic!("no lift") };
            assert_eq!(plan.lifts[lift].instance.index(), 3);
        },
    );
}

#[test]
fn a_resource_passed_as_an_argument_keeps_its_identity() {
    with_plan(
        r#"(component
            (component $maker
                (type $r' (resource (rep i32)))
                (export $r "r" (type $r')))
            (component $user
                (import "r" (type $r (sub resource)))
                (core func $drop (canon resource.drop $r))
                (core module $m
                    (import "" "drop" (func $drop (param i32)))
                    (func (export "f") (param i32)))
                (core instance $i (instantiate $m (with "" (instance (export "drop" (func $drop))))))
                (func $f (param "x" (own $r)) (canon lift (core func $i "f")))
                (export "f" (func $f)))
            (instance $m (instantiate $maker))
            (instance $u (instantiate $user (with "r" (type $m "r"))))
            (alias export $m "r" (type $r))
            (export "r" (type $r)))"#,
        |plan| {
            let ExportItem::Resource(r) = export(&plan.exports, "r") else { panic!("no resource") };
            assert_eq!(plan.resources.len(), 1);
            let lift = plan.lifts.values().next().expect("a lift");
            let [(name, param)] = &lift.ty.params[..] else { panic!("one parameter") };
            assert_eq!((&**name, &plan.types[*param]), ("x", &Type::Own(*r)));
            assert!(matches!(plan.core_instances.values().next().expect("one").imports[..],
                [CoreDef::Canon(c)] if matches!(plan.canons[c].kind, CanonKind::ResourceDrop(x) if x == *r)));
        },
    );
}

#[test]
fn re_exports_through_three_components_are_the_first_definition() {
    with_plan(
        r#"(component
            (component $make
                (core module $m (func (export "f") (result i32) i32.const 7))
                (core instance $i (instantiate $m))
                (func (export "f") (result u32) (canon lift (core func $i "f"))))
            (component $pass
                (import "i" (instance $i (export "f" (func (result u32)))))
                (export "i" (instance $i))
                (export "g" (func $i "f")))
            (instance $a (instantiate $make))
            (instance $b (instantiate $pass (with "i" (instance $a))))
            (instance $c (instantiate $pass (with "i" (instance $b "i"))))
            (instance $d (instantiate $pass (with "i" (instance $c "i"))))
            (instance $inline (export "f" (func $d "g")) (export "i" (instance $d "i")))
            (export "all" (instance $inline))
            (export "f" (func $a "f")))"#,
        |plan| {
            let first = func(export(&plan.exports, "f"));
            let all = instance(export(&plan.exports, "all"));
            assert_eq!(func(export(all, "f")), first);
            assert_eq!(func(export(instance(export(all, "i")), "f")), first);
            assert_eq!(plan.lifts.len(), 1);
        },
    );
}

#[test]
fn core_re_exports_are_the_first_definition() {
    with_plan(
        r#"(component
            (core module $make
                (memory (export "m") 1) (table (export "t") 1 funcref) (global (export "g") i32 i32.const 0)
                (tag (export "e")) (func) (func (export "f")))
            (core module $pass
                (import "x" "f" (func $f))
                (import "x" "m" (memory $m 1)) (import "x" "t" (table $t 1 funcref))
                (import "x" "g" (global $g i32)) (import "x" "e" (tag $e))
                (func $own)
                (export "f" (func $f)) (export "m" (memory $m)) (export "t" (table $t))
                (export "g" (global $g)) (export "e" (tag $e)) (export "own" (func $own)))
            (core instance $a (instantiate $make))
            (core instance $b (instantiate $pass (with "x" (instance $a))))
            (core instance $c (instantiate $pass (with "x" (instance $b))))
            (alias core export $c "own" (core func $own))
            (core instance $d (instantiate $pass (with "x" (instance
                (export "f" (func $own)) (export "m" (memory $c "m")) (export "t" (table $c "t"))
                (export "g" (global $c "g")) (export "e" (tag $c "e")))))))"#,
        |plan| {
            let instances: Vec<_> = plan.core_instances.iter().collect();
            let [(a, _), (_, b), (c, _), (_, d)] = instances[..] else { panic!("four instances") };
            let item = |instance, sort, index| CoreDef::Item { instance, sort, index };
            let rest = [
                item(a, CoreSort::Memory, 0),
                item(a, CoreSort::Table, 0),
                item(a, CoreSort::Global, 0),
                item(a, CoreSort::Tag, 0),
            ];
            assert_eq!(b.imports[..1], [item(a, CoreSort::Func, 1)]);
            assert_eq!(b.imports[1..], rest);
            assert_eq!(d.imports[..1], [item(c, CoreSort::Func, 1)]);
            assert_eq!(d.imports[1..], rest);
        },
    );
}

#[test]
fn each_canon_of_each_instance_is_its_own() {
    with_plan(
        r#"(component
            (import "f" (func $f))
            (component $c
                (import "f" (func $f))
                (core func $g (canon lower (func $f)))
                (core func $h (canon lower (func $f))))
            (instance (instantiate $c (with "f" (func $f))))
            (instance (instantiate $c (with "f" (func $f)))))"#,
        |plan| {
            let owners: Vec<_> = plan.canons.values().map(|canon| canon.instance.index()).collect();
            assert_eq!(owners, [1, 1, 2, 2]);
            assert_eq!(plan.imports.len(), 1);
        },
    );
}

#[test]
fn equal_types_have_equal_ids() {
    with_plan(
        r#"(component
            (component $c (type $t' (record (field "a" (list string)))) (export "t" (type $t')))
            (instance $i (instantiate $c))
            (type $t' (record (field "a" (list string))))
            (type $u' (record (field "b" (list string))))
            (export "t" (type $t'))
            (export "u" (type $u'))
            (export "i" (instance $i)))"#,
        |plan| {
            let ty = |item: &ExportItem| match item {
                ExportItem::Type(id) => *id,
                other => panic!("{other:?}"),
            };
            let t = ty(export(&plan.exports, "t"));
            assert_eq!(t, ty(export(instance(export(&plan.exports, "i")), "t")));
            assert_ne!(t, ty(export(&plan.exports, "u")));
        },
    );
}

#[test]
fn exported_modules_and_components_are_byte_ranges() {
    let text = r#"(component
        (core module $m (func (export "f")))
        (component $c (export "m" (core module $m)))
        (instance $i (instantiate $c))
        (export "m" (core module $i "m"))
        (export "c" (component $c)))"#;
    let bytes = binary(text);
    with_plan(text, |plan| {
        let ExportItem::Module { offset, len } = export(&plan.exports, "m") else { panic!("no module") };
        assert!(wasmparser::validate(&bytes[*offset..offset + len]).is_ok());
        let ExportItem::Component { offset, len } = export(&plan.exports, "c") else {
            panic!("no component")
        };
        assert_eq!(&bytes[*offset..offset + 8], b"\0asm\x0d\0\x01\0");
        assert!(offset + len <= bytes.len());
    });
}

#[test]
fn labels_come_from_the_name_section() {
    with_plan(
        r#"(component
            (component $c
                (core module $m)
                (core instance $core (instantiate $m))
                (core module $named)
                (core instance (instantiate $named)))
            (component $d (component $x) (instance $inner (instantiate $c)) (instance (instantiate $x)))
            (instance $store (instantiate $d)))"#
            .replace(
                "(instance $inner (instantiate $c))",
                "(alias outer 1 $c (component $c)) (instance $inner (instantiate $c))",
            )
            .as_str(),
        |plan| {
            let labels: Vec<_> = plan.instances.values().map(|i| i.label.as_str()).collect();
            assert_eq!(labels, ["", "store", "store/inner", "store/1"]);
            let labels: Vec<_> = plan.core_instances.values().map(|i| i.label.as_str()).collect();
            assert_eq!(labels, ["store/inner/core", "store/inner/named"]);
        },
    );
}
