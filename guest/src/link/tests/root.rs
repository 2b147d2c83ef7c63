//! What the root imports and how its types are evaluated.

use super::{export, func, instance, with_plan};
use crate::link::{CanonKind, ExportItem, Func, Resource, Type};
use crate::name::joined;

#[test]
fn imported_instances_nest() {
    with_plan(
        r#"(component
            (type $outer-type u8)
            (import "a:b/c" (instance $i
                (alias outer 1 $outer-type (type $u8))
                (export "r" (type $r (sub resource)))
                (export "alias" (type $alias (eq $r)))
                (type $list (list $u8))
                (export "f" (func (param "x" (borrow $alias)) (result $list)))))
            (import "plain" (func $plain (param "y" string)))
            (export "i" (instance $i))
            (export "plain-too" (func $plain)))"#,
        |plan| {
            let paths: Vec<_> = plan.imports.values().map(|import| joined(&import.path, " ")).collect();
            assert_eq!(paths, ["a:b/c f", "plain"]);
            let resources: Vec<_> = plan.resources.iter().collect();
            let [(r, Resource::Imported { path })] = resources[..] else { panic!("one resource") };
            assert_eq!(joined(path, " "), "a:b/c r");
            let f = plan.imports.values().next().expect("f");
            assert_eq!(plan.types[f.ty.params[0].1], Type::Borrow(r));
            let Type::List(element) = plan.types[f.ty.result.expect("a result")] else { panic!("no list") };
            assert_eq!(plan.types[element], Type::U8);
            let i = instance(export(&plan.exports, "i"));
            assert!(matches!(export(i, "alias"), ExportItem::Resource(id) if *id == r));
            assert!(matches!(func(export(&plan.exports, "plain-too")), Func::Import(_)));
        },
    );
}

#[test]
fn one_interface_uses_the_resource_of_another() {
    with_plan(
        r#"(component
            (import "t" (instance $t (export "r" (type (sub resource)))))
            (alias export $t "r" (type $r))
            (import "u" (instance $u
                (alias outer 1 $r (type $r'))
                (export "r" (type $r (eq $r')))
                (type $own (own $r))
                (export "f" (func (result $own)))))
            (alias export $u "r" (type $r2))
            (core func (canon resource.drop $r))
            (core func (canon resource.drop $r2)))"#,
        |plan| {
            assert_eq!(plan.resources.len(), 1);
            let drops: Vec<_> = plan.canons.values().map(|c| &c.kind).collect();
            let [CanonKind::ResourceDrop(a), CanonKind::ResourceDrop(b)] = drops[..] else {
                panic!("two drops")
            };
            assert_eq!(a, b);
            let f = plan.imports.values().next().expect("f");
            assert_eq!(plan.types[f.ty.result.expect("a result")], Type::Own(*a));
        },
    );
}

#[test]
fn one_instance_type_imported_twice_gives_two_resources() {
    with_plan(
        r#"(component
            (type $t (instance (export "r" (type (sub resource)))))
            (import "a" (instance (type $t)))
            (import "b" (instance (type $t))))"#,
        |plan| {
            let paths: Vec<_> = plan
                .resources
                .values()
                .map(|r| match r {
                    Resource::Imported { path } => joined(path, " "),
                    Resource::Defined { .. } => panic!("defined"),
                })
                .collect();
            assert_eq!(paths, ["a r", "b r"]);
        },
    );
}

#[test]
fn nested_imported_instances_grow_the_path() {
    with_plan(
        r#"(component
            (import "a" (instance $a
                (export "b" (instance $b
                    (export "r" (type (sub resource)))
                    (export "f" (func))))
                (alias export $b "r" (type $r))
                (export "g" (func (param "x" (borrow $r)))))))"#,
        |plan| {
            let paths: Vec<_> = plan.imports.values().map(|import| joined(&import.path, " ")).collect();
            assert_eq!(paths, ["a b f", "a g"]);
            assert_eq!(plan.resources.len(), 1);
        },
    );
}

#[test]
fn canonical_options_are_definitions() {
    with_plan(
        r#"(component
            (import "f" (func $f (param "s" string) (result string)))
            (core module $libc
                (memory (export "m64") i64 1)
                (func (export "realloc") (param i64 i64 i64 i64) (result i64) unreachable))
            (core module $pass
                (import "libc" "m64" (memory $m i64 1)) (export "mem" (memory $m)))
            (core instance $libc (instantiate $libc))
            (core instance $pass (instantiate $pass (with "libc" (instance $libc))))
            (core func (canon lower (func $f) string-encoding=latin1+utf16
                (memory $pass "mem") (realloc (func $libc "realloc")))))"#,
        |plan| {
            let Some(CanonKind::Lower { func: Func::Import(_), options }) =
                plan.canons.values().next().map(|canon| &canon.kind)
            else {
                panic!("no lower")
            };
            let memory = options.memory.expect("a memory");
            assert!(memory.memory64);
            assert!(options.realloc.is_some() && options.post_return.is_none());
            let crate::link::CoreDef::Item { instance, .. } = memory.def else { panic!("no item") };
            assert_eq!(plan.core_instances[instance].imports.len(), 0);
        },
    );
}
