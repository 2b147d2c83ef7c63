//! The core module of a random component that holds a memory, `realloc` and a note of all that happens,
//! and can spoil things (`Poke`). In: the component, and who calls it. Out: its text. Not its job: the
//! calls (`glue`).

use super::glue::{Core, pointer};
use super::program::{Component, Dtor, Program, Table};
use std::fmt::Write;

/// What a component can be told to do once, by its number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Poke {
    /// One byte of what realloc has given out is changed before the call of the next component.
    MemoryBefore = 1,
    /// A flat argument, by its index, is changed before that call.
    ParamBefore = 2,
    /// As `MemoryBefore`, but after it.
    MemoryAfter = 3,
    /// The flat result is changed.
    ResultAfter = 4,
    /// realloc's result is changed, in its call of this index.
    ReallocGives = 5,
    /// realloc traps, in its call of this index.
    ReallocTraps = 6,
    TrapBefore = 7,
    TrapAfter = 8,
    TrapInPostReturn = 9,
    /// What was borrowed is not dropped.
    KeepBorrows = 10,
    /// The next component is called twice with the same arguments.
    CallTwice = 11,
    /// An element of the table is called.
    CallElement = 12,
    /// The table grows, or elements change.
    ChangeTable = 13,
}

impl Poke {
    /// As often as they are worth it.
    pub const ALL: [Poke; 26] = [
        Poke::MemoryBefore,
        Poke::MemoryBefore,
        Poke::MemoryBefore,
        Poke::MemoryBefore,
        Poke::ParamBefore,
        Poke::ParamBefore,
        Poke::ParamBefore,
        Poke::MemoryAfter,
        Poke::MemoryAfter,
        Poke::MemoryAfter,
        Poke::ResultAfter,
        Poke::ResultAfter,
        Poke::ReallocGives,
        Poke::ReallocGives,
        Poke::ReallocTraps,
        Poke::TrapBefore,
        Poke::TrapAfter,
        Poke::TrapInPostReturn,
        Poke::KeepBorrows,
        Poke::CallTwice,
        Poke::CallElement,
        Poke::CallElement,
        Poke::CallElement,
        Poke::ChangeTable,
        Poke::ChangeTable,
        Poke::ChangeTable,
    ];
}

/// A function that the component's other core module may import.
pub struct Helper {
    pub name: String,
    /// `(param …) (result …)`
    pub ty: String,
    body: String,
}

/// Those helpers of memory `m` that `functions`, the other module's text, calls.
pub fn helpers(component: &Component, m: usize, functions: &str) -> Vec<Helper> {
    let p = pointer(component.wide);
    let mut helpers = Vec::new();
    let mut add = |name: String, ty: String, body: String| {
        if functions.contains(&format!("${name}-{m} ")) || functions.contains(&format!("${name}-{m})")) {
            helpers.push(Helper { name, ty, body });
        }
    };
    let once = |poke: Poke| format!("(call $once (i32.const {}))", poke as u32);
    let trap = |poke: Poke| format!("(if {} (then unreachable))", once(poke));
    let spoil = |poke: Poke| format!("(if {} (then (call $spoil)))", once(poke));
    add("is-twice".into(), "(result i32)".into(), once(Poke::CallTwice));
    add("is-keeping".into(), "(result i32)".into(), once(Poke::KeepBorrows));
    let context =
        |value: u32| if component.context { found(&format!("(i32.const {value})")) } else { String::new() };
    let mut before = context(11) + &trap(Poke::TrapBefore) + &spoil(Poke::MemoryBefore);
    if component.table != Table::None {
        let _ = write!(before, "(if {} (then (call $call-element)))", once(Poke::CallElement));
    }
    if component.table == Table::Changing {
        let _ = write!(before, "(if {} (then (call $change-table)))", once(Poke::ChangeTable));
    }
    add("before".into(), String::new(), before);
    add("after".into(), String::new(), context(12) + &trap(Poke::TrapAfter) + &spoil(Poke::MemoryAfter));
    add("post".into(), String::new(), context(13) + &trap(Poke::TrapInPostReturn));
    add(
        "poke".into(),
        "(param i32 i32 i32)".into(),
        "(call $set-poke (local.get 0) (local.get 1) (local.get 2))".into(),
    );
    add("hash".into(), "(result i32)".into(), "(call $hash)".into());
    let args: String = (0..4).map(|n| format!(" (local.get {n})")).collect();
    add("realloc".into(), format!("(param {p} {p} {p} {p}) (result {p})"), format!("(call $realloc{args})"));
    add("load-i32".into(), format!("(param {p}) (result i32)"), "(i32.load (local.get 0))".into());
    for (store, ty) in [
        ("i32.store8", Core::I32),
        ("i32.store16", Core::I32),
        ("i32.store", Core::I32),
        ("i64.store", Core::I64),
        ("f32.store", Core::F32),
        ("f64.store", Core::F64),
    ] {
        add(store.into(), format!("(param {p} {ty})"), format!("({store} (local.get 0) (local.get 1))"));
    }
    for (ty, note) in [
        (Core::I32, "(call $note (local.get 0))"),
        (Core::I64, "(call $note-wide (local.get 0))"),
        (Core::F32, "(call $note (i32.reinterpret_f32 (local.get 0)))"),
        (Core::F64, "(call $note-wide (i64.reinterpret_f64 (local.get 0)))"),
    ] {
        add(format!("note-{ty}"), format!("(param {ty})"), note.into());
        for (name, poke) in [("param", Poke::ParamBefore), ("result", Poke::ResultAfter)] {
            add(format!("{name}-{ty}"), format!("(param i32 {ty}) (result {ty})"), flat_poke(poke, ty));
        }
    }
    helpers
}

/// Notes what `context.get` gives, and sets something else.
fn found(value: &str) -> String {
    format!("(call $note (call $context-get)) (call $context-set {value})")
}

/// The module `$M0` or `$M1` of component `k`: one memory.
pub fn module(program: &Program, k: usize, m: usize, functions: &str) -> String {
    let component = &program.components[k];
    let p = pointer(component.wide);
    let realloc = &component.realloc;
    let (base, index) = (if realloc.down { 65536 } else { 24 }, if component.wide { "i64 " } else { "" });
    let reset =
        if realloc.down { "(global.set $lo (global.get $hi))" } else { "(global.set $hi (global.get $lo))" };
    let context = match component.context {
        true => {
            "(import \"context\" \"get\" (func $context-get (result i32)))\n\
             (import \"context\" \"set\" (func $context-set (param i32)))\n"
        }
        false => "",
    };
    let mut out = format!(
        r#"(core module $M{m}
(import "host" "dropped" (func $dropped (param i32)))
{context}(memory (export "memory") {index}1 8)
(global $lo (mut {p}) ({p}.const {base}))
(global $hi (mut {p}) ({p}.const {base}))
(global $log (mut i32) (i32.const -2128831035))
(global $kind (mut i32) (i32.const 0))
(global $place (mut i32) (i32.const 0))
(global $value (mut i32) (i32.const 0))
(func $note (param i32)
  (global.set $log (i32.mul (i32.xor (global.get $log) (local.get 0)) (i32.const 16777619))))
(func $note-wide (param i64)
  (call $note (i32.wrap_i64 (local.get 0))) (call $note (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 32)))))
(func $set-poke (param i32 i32 i32)
  (global.set $kind (local.get 0)) (global.set $place (local.get 1)) (global.set $value (local.get 2)))
(func $once (param $kind' i32) (result i32)
  (if (result i32) (i32.eq (global.get $kind) (local.get 0))
    (then (global.set $kind (i32.const 0)) (i32.const 1)) (else (i32.const 0))))
(func $spoil
  (if (i32.eqz ({p}.eq (global.get $lo) (global.get $hi))) (then (call $spoil-at ({p}.add (global.get $lo)
    ({p}.rem_u {place} ({p}.sub (global.get $hi) (global.get $lo))))))))
(func $spoil-at (param {p})
  (i32.store8 (local.get 0) (i32.xor (i32.load8_u (local.get 0)) (global.get $value))))
(func $hash (result i32) (local $at {p})
  (local.set $at (global.get $lo))
  (block $end (loop $next
    (br_if $end ({p}.ge_u (local.get $at) (global.get $hi)))
    (call $note (i32.load8_u (local.get $at)))
    (local.set $at ({p}.add (local.get $at) ({p}.const 1)))
    (br $next)))
  (memory.fill (global.get $lo) (i32.const 0) ({p}.sub (global.get $hi) (global.get $lo)))
  {reset}
  {elements}
  (global.get $log))
"#,
        place = widen(component, "(global.get $place)"),
        elements = if component.table == Table::Changing { "(call $call-elements)" } else { "" },
    );
    out += &table(component);
    // wasmtime asks for alignment 2 where a string in latin1+utf16 gets narrow and the specification
    // asks for 1: such an allocator does not tell them apart.
    let compact = program.exported(k).any(|f| f.at[k].memory == m && f.at[k].encoding == "latin1+utf16");
    out += &realloc_function(component, p, compact);
    for helper in helpers(component, m, functions) {
        // It has an export of its own.
        if helper.name != "realloc" {
            let _ = writeln!(out, "(func (export \"{}\") {} {})", helper.name, helper.ty, helper.body);
        }
    }
    if component.own_reallocs {
        let args: String = (0..4).map(|n| format!(" (local.get {n})")).collect();
        for (number, function) in program.functions.iter().enumerate() {
            for (direction, name) in ["lift", "lower"].into_iter().enumerate() {
                let _ = writeln!(
                    out,
                    r#"(func (export "realloc-{name}-{}") (param {p} {p} {p} {p}) (result {p})
  (call $note (i32.const {})) (call $realloc{args}))"#,
                    function.name,
                    2 * number + direction
                );
            }
        }
    }
    for resource in program.resources.iter().filter(|r| r.definer == Some(k)) {
        let calls = if resource.dtor == Dtor::CallsHost { "(call $dropped (local.get 0))" } else { "" };
        let _ = writeln!(
            out,
            "(func (export \"dtor-r{}\") (param i32) (call $note (local.get 0)) {calls})",
            resource.ty.index
        );
    }
    out + ")\n"
}

/// The table, whose functions note that they were called, and what the driver can do with it. Where it stays
/// as it is, it needs no more than the first version of WebAssembly.
fn table(component: &Component) -> String {
    let fixed = r#"(type $element (func (result i32)))
(func $t0 (type $element) (call $note (i32.const 20)) (global.get $log))
(func $t1 (type $element) (call $note (i32.const 21)) (global.get $log))
(func $index (result i32) (i32.add (global.get $place) (global.get $value)))
(func $call-element (call $note (call_indirect (type $element) (call $index))))
"#;
    match component.table {
        Table::None => String::new(),
        Table::Fixed => {
            fixed.to_string()
                + r#"(table 6 6 funcref)
(func $other (param i32))
(elem (i32.const 1) func $t0 $t1 $other $t0)
"#
        }
        Table::Changing => {
            fixed.to_string()
                + r#"(table $t 6 40 funcref)
(elem (i32.const 1) func $t0 $t1)
(elem $more func $t1 $t0)
(func $change-table
  (block $done
    (block $init (block $copy (block $set (block $grow
      (br_table $grow $set $copy $init (i32.rem_u (global.get $place) (i32.const 5))))
      (call $note (table.grow $t (ref.func $t0) (global.get $value)))
      (br $done))
      (table.set $t (call $index) (ref.func $t1))
      (br $done))
      (table.copy (i32.sub (global.get $value) (i32.const 1)) (i32.const 1) (i32.const 2))
      (br $done))
    (if (i32.rem_u (global.get $place) (i32.const 2))
      (then (table.init $more (global.get $value) (i32.const 0) (i32.const 2)))
      (else (table.fill $t (global.get $value) (ref.null func) (i32.const 2)) (elem.drop $more))))
  (call $note (table.size $t)))
(func $call-elements (local $at i32)
  (loop $next
    (if (ref.is_null (table.get $t (local.get $at)))
      (then (call $note (i32.const 7)))
      (else (call $note (call_indirect (type $element) (local.get $at)))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $at) (table.size $t)))))
"#
        }
    }
}

/// An address as an `i32`.
fn narrow(component: &Component, x: &str) -> String {
    if component.wide { format!("(i32.wrap_i64 {x})") } else { x.to_string() }
}

/// An `i32` as an address.
fn widen(component: &Component, x: &str) -> String {
    if component.wide { format!("(i64.extend_i32_u {x})") } else { x.to_string() }
}

/// Changes one flat value, if it is the one.
fn flat_poke(kind: Poke, ty: Core) -> String {
    let value = "(global.get $value)";
    let wide =
        format!("(i64.or (i64.shl (i64.extend_i32_u {value}) (i64.const 32)) (i64.extend_i32_u {value}))");
    let changed = match ty {
        Core::I32 => format!("(i32.xor (local.get 1) {value})"),
        Core::I64 => format!("(i64.xor (local.get 1) {wide})"),
        Core::F32 => format!("(f32.reinterpret_i32 (i32.xor (i32.reinterpret_f32 (local.get 1)) {value}))"),
        Core::F64 => format!("(f64.reinterpret_i64 (i64.xor (i64.reinterpret_f64 (local.get 1)) {wide}))"),
    };
    let kind = kind as u32;
    format!(
        r#"(if (i32.and (i32.eq (global.get $kind) (i32.const {kind})) (i32.eq (global.get $place) (local.get 0)))
    (then (global.set $kind (i32.const 0)) (return {changed})))
  (local.get 1)"#
    )
}

fn realloc_function(component: &Component, p: Core, compact: bool) -> String {
    let realloc = &component.realloc;
    let slack = if realloc.slack { 3 } else { 0 };
    let place = if realloc.down {
        format!(
            r#"(if ({p}.gt_u ({p}.add (local.get $new) ({p}.const {slack})) (global.get $lo)) (then unreachable))
  (local.set $at ({p}.and ({p}.sub (global.get $lo) ({p}.add (local.get $new) ({p}.const {slack})))
    ({p}.sub ({p}.const 0) (local.get $align))))
  (global.set $lo (local.get $at))"#
        )
    } else {
        format!(
            r#"(local.set $at ({p}.and ({p}.add (global.get $hi) ({p}.add ({p}.const {slack}) ({p}.sub (local.get $align) ({p}.const 1))))
    ({p}.sub ({p}.const 0) (local.get $align))))
  (local.set $end ({p}.add (local.get $at) (local.get $new)))
  (if ({p}.lt_u (local.get $end) (local.get $at)) (then unreachable))
  (if ({p}.gt_u (local.get $end) ({p}.mul (memory.size) ({p}.const 65536))) (then
    (if ({p}.eq ({p}.const -1) (memory.grow ({p}.shr_u ({p}.sub (local.get $end)
      ({p}.sub ({p}.mul (memory.size) ({p}.const 65536)) ({p}.const 65535))) ({p}.const 16)))) (then unreachable))))
  (global.set $hi (local.get $end))"#
        )
    };
    let in_place = match realloc.in_place && !realloc.down {
        true => format!(
            r#"(if (i32.and ({p}.ne (local.get $old) ({p}.const 0))
      (i32.and ({p}.eq ({p}.add (local.get $old) (local.get $olds)) (global.get $hi))
        ({p}.lt_u (local.get $new) (local.get $olds)))) (then
    (global.set $hi ({p}.add (local.get $old) (local.get $new)))
    (return (local.get $old))))"#
        ),
        false => String::new(),
    };
    let notes = ["$old", "$olds", "$align", "$new"]
        .map(|arg| format!("(call $note {})", narrow(component, &format!("(local.get {arg})"))));
    let mut notes = notes.concat();
    if component.context {
        notes += &found(&narrow(component, "(local.get $new)"));
    }
    let fill =
        if realloc.fill { "(memory.fill (local.get $at) (i32.const 0xa5) (local.get $new))" } else { "" };
    format!(
        r#"(func $realloc (export "realloc") (param $old {p}) (param $olds {p}) (param $align {p}) (param $new {p}) (result {p})
  (local $at {p}) (local $end {p})
  {least}
  {notes}
  (if (i32.or (i32.eq (global.get $kind) (i32.const {gives})) (i32.eq (global.get $kind) (i32.const {traps}))) (then
    (if (i32.eqz (global.get $place)) (then
      (if (call $once (i32.const {traps})) (then unreachable))
      (global.set $kind (i32.const 0))
      (return ({p}.xor (global.get $lo) {value}))))
    (global.set $place (i32.sub (global.get $place) (i32.const 1)))))
  {in_place}
  {place}
  {fill}
  (memory.copy (local.get $at) (local.get $old)
    (select (local.get $olds) (local.get $new) ({p}.lt_u (local.get $olds) (local.get $new))))
  (local.get $at))
"#,
        least = match compact {
            true => format!(
                "(if ({p}.eq (local.get $align) ({p}.const 1)) (then (local.set $align ({p}.const 2))))"
            ),
            false => String::new(),
        },
        gives = Poke::ReallocGives as u32,
        traps = Poke::ReallocTraps as u32,
        value = widen(component, "(global.get $value)"),
    )
}
