//! The core module of a random component that calls the next one and returns what that returns, and
//! those that let it do so through a table. In: the component, its functions. Out: their text. Not
//! its job: lifting and lowering, and memories (`memory`).

use super::memory;
use super::program::{Component, End, Function, Program};
use crate::boundary_host::layout::{align, align_to, cases, fields, flat_count, size};
use crate::value::Type;
use std::fmt::{self, Write};
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Core {
    I32,
    I64,
    F32,
    F64,
}

impl fmt::Display for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Core::I32 => "i32",
            Core::I64 => "i64",
            Core::F32 => "f32",
            Core::F64 => "f64",
        })
    }
}

/// A function that `$G` calls, by its core type.
pub struct Call {
    pub name: String,
    params: Vec<Core>,
    results: Vec<Core>,
}

impl Call {
    /// As it is lowered.
    pub fn of(function: &Function, wide: bool) -> Call {
        let ptr = pointer(wide);
        let (mut params, results) = signature(function, wide);
        let flat = function.result.as_ref().map_or(0, |ty| flat_count(ty));
        if flat > 1 {
            params.push(ptr);
        }
        let results = if flat > 1 { Vec::new() } else { results };
        Call { name: function.name.clone(), params, results }
    }

    pub fn control(name: &str) -> Call {
        let (params, results) = match name {
            "poke" => (vec![Core::I32; 4], Vec::new()),
            _ => (Vec::new(), vec![Core::I32]),
        };
        Call { name: name.into(), params, results }
    }

    fn ty(&self) -> String {
        format!("{}{}", list("param", &self.params), list("result", &self.results))
    }
}

fn list(keyword: &str, types: &[Core]) -> String {
    types.iter().map(|ty| format!(" ({keyword} {ty})")).collect()
}

pub fn pointer(wide: bool) -> Core {
    if wide { Core::I64 } else { Core::I32 }
}

/// The core type of a function as it is lifted.
fn signature(function: &Function, wide: bool) -> (Vec<Core>, Vec<Core>) {
    let flat = |types: &mut dyn Iterator<Item = &Arc<Type>>, max: usize| {
        let flat: Vec<Core> = types.flat_map(|ty| flatten(ty, wide)).collect();
        if flat.len() > max { vec![pointer(wide)] } else { flat }
    };
    (flat(&mut function.params.iter(), 16), flat(&mut function.result.iter(), 1))
}

/// The flat types of a type.
fn flatten(ty: &Type, wide: bool) -> Vec<Core> {
    if let Some(fields) = fields(ty) {
        return fields.iter().flat_map(|ty| flatten(ty, wide)).collect();
    }
    if let Some(cases) = cases(ty) {
        let mut flat: Vec<Core> = Vec::new();
        for case in cases.into_iter().flatten() {
            for (n, ty) in flatten(case, wide).into_iter().enumerate() {
                match flat.get_mut(n) {
                    Some(joined) => *joined = join(*joined, ty),
                    None => flat.push(ty),
                }
            }
        }
        flat.insert(0, Core::I32);
        return flat;
    }
    match ty {
        Type::String | Type::List(_) | Type::Map(..) => vec![pointer(wide); 2],
        Type::S64 | Type::U64 => vec![Core::I64],
        Type::F32 => vec![Core::F32],
        Type::F64 => vec![Core::F64],
        _ => vec![Core::I32],
    }
}

fn join(a: Core, b: Core) -> Core {
    match (a, b) {
        (a, b) if a == b => a,
        (Core::I32, Core::F32) | (Core::F32, Core::I32) => Core::I32,
        _ => Core::I64,
    }
}

/// The functions of `$G` in component `k`.
pub fn functions(program: &Program, k: usize) -> String {
    let component = &program.components[k];
    let p = pointer(component.wide);
    let glue = |function| Glue { program, k, function, component, p, m: function.at[k].memory };
    let mut out: String = program.exported(k).map(|function| glue(function).text()).collect();
    let has_next = k + 1 < program.components.len();
    let pass_on = match has_next {
        true => {
            "(call $low-poke (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (local.get 2) (local.get 3))"
        }
        false => "",
    };
    let mine: String = (0..component.memories)
        .map(|m| format!("(call $poke-{m} (local.get 1) (local.get 2) (local.get 3))"))
        .collect();
    let _ = writeln!(
        out,
        "(func (export \"poke\") (param i32 i32 i32 i32) (if (i32.eqz (local.get 0)) (then {mine}) (else {pass_on})))"
    );
    let mut states: Vec<String> = (0..component.memories).map(|m| format!("(call $hash-{m})")).collect();
    if has_next {
        states.push("(call $low-state)".into());
    }
    let sum = states.into_iter().reduce(|a, b| format!("(i32.add (i32.mul {a} (i32.const 31)) {b})"));
    let _ = writeln!(out, "(func (export \"state\") (result i32) {})", sum.unwrap_or_default());
    out
}

/// The module `$G` of component `k`, of these functions, which imports `calls`.
pub fn module(program: &Program, k: usize, calls: &[Call], functions: &str) -> String {
    let component = &program.components[k];
    let mut out = String::from("(core module $G\n");
    for m in 0..component.memories {
        for helper in memory::helpers(component, m, functions) {
            let (name, ty) = (&helper.name, &helper.ty);
            let _ = writeln!(out, "(import \"m{m}\" \"{name}\" (func ${name}-{m} {ty}))");
        }
    }
    for call in calls {
        let _ = writeln!(out, "(import \"i\" \"low-{0}\" (func $low-{0}{1}))", call.name, call.ty());
    }
    for resource in program.resources.iter().filter(|r| r.definer.is_none_or(|d| d >= k)) {
        let r = resource.ty.index;
        let _ = writeln!(out, "(import \"i\" \"drop-r{r}\" (func $drop-r{r} (param i32)))");
        if resource.definer == Some(k) {
            let _ = writeln!(out, "(import \"i\" \"new-r{r}\" (func $new-r{r} (param i32) (result i32)))");
            let _ = writeln!(out, "(import \"i\" \"rep-r{r}\" (func $rep-r{r} (param i32) (result i32)))");
        }
    }
    out + functions + ")\n"
}

/// One function of `$G`.
struct Glue<'p> {
    program: &'p Program,
    k: usize,
    function: &'p Function,
    component: &'p Component,
    p: Core,
    /// The memory that it uses.
    m: usize,
}

impl Glue<'_> {
    fn text(&self) -> String {
        let name = &self.function.name;
        let m = self.m;
        let (params, results) = signature(self.function, self.component.wide);
        let p = self.p;
        let mut out =
            format!("(func (export \"{name}\"){}{}\n", list("param", &params), list("result", &results));
        let single = results.first().copied().unwrap_or(Core::I32);
        let _ = writeln!(out, "  (local $ret {p}) (local $single {single})\n  (call $before-{m})");
        for (n, ty) in params.iter().enumerate() {
            let _ = writeln!(out, "  (local.set {n} (call $param-{ty}-{m} (i32.const {n}) (local.get {n})))");
        }
        out += &match (self.function.last == self.k, self.function.end) {
            (false, _) | (_, End::Host) => self.call(&params),
            (_, End::Echo) => self.echo(),
            (_, End::Sink) => format!("  {}\n  (local.set $single (i32.const 42))\n", self.drops(true)),
            (_, End::New(r)) => format!("  (local.set $single (call $new-r{r} (local.get 0)))\n"),
            (_, End::Rep(_)) => "  (local.set $single (local.get 0))\n".into(),
            (_, End::Take(r)) => {
                format!("  (local.set $single (call $rep-r{r} (local.get 0)))\n  {}\n", self.drops(true))
            }
        };
        let _ = writeln!(out, "  (call $after-{m})");
        if let Some(ty) = results.first() {
            let result = if self.returns_pointer() { "$ret" } else { "$single" };
            let _ = writeln!(out, "  (call $result-{ty}-{m} (i32.const 0) (local.get {result}))");
        }
        out += ")\n";
        let notes: String = results.iter().map(|ty| format!("(call $note-{ty}-{m} (local.get 0))")).collect();
        let _ = writeln!(
            out,
            "(func (export \"post-{name}\"){} {notes} (call $post-{m}))",
            list("param", &results)
        );
        out
    }

    fn returns_pointer(&self) -> bool {
        self.function.result.as_ref().is_some_and(|ty| flat_count(ty) > 1)
    }

    fn result(&self) -> Type {
        self.function.result.as_deref().cloned().unwrap_or(Type::Tuple(Vec::new()))
    }

    fn ptr_size(&self) -> u64 {
        if self.component.wide { 8 } else { 4 }
    }

    /// `$ret` is room for the result.
    fn allocate(&self) -> String {
        let (ty, p) = (self.result(), self.p);
        let (size, align) = (size(&ty, self.ptr_size()), align(&ty, self.ptr_size()));
        format!(
            "  (local.set $ret (call $realloc-{} ({p}.const 0) ({p}.const 0) ({p}.const {align}) ({p}.const {size})))\n",
            self.m
        )
    }

    fn call(&self, params: &[Core]) -> String {
        let name = &self.function.name;
        let mut args: String = (0..params.len()).map(|n| format!(" (local.get {n})")).collect();
        let mut out = String::new();
        if self.returns_pointer() {
            out += &self.allocate();
            args += " (local.get $ret)";
        }
        let call = format!("(call $low-{name}{args})");
        let call = match self.function.result {
            Some(_) if !self.returns_pointer() => format!("(local.set $single {call})"),
            _ => call,
        };
        let _ = writeln!(out, "  (if (call $is-twice-{}) (then {call}))\n  {call}", self.m);
        let drops = self.drops(false);
        if !drops.is_empty() {
            let _ = writeln!(out, "  (if (i32.eqz (call $is-keeping-{})) (then {drops}))", self.m);
        }
        out
    }

    /// Drops the handles that are parameters themselves: the borrowed ones, or the `owned` as well.
    fn drops(&self, owned: bool) -> String {
        let mut out = String::new();
        let in_memory = self.function.params.iter().map(|ty| flat_count(ty)).sum::<usize>() > 16;
        let (mut flat, mut offset) = (0, 0);
        for ty in &self.function.params {
            offset = align_to(offset, align(ty, self.ptr_size()));
            let handle = match in_memory {
                true => format!(
                    "(call $load-i32-{} ({}.add (local.get 0) ({}.const {offset})))",
                    self.m, self.p, self.p
                ),
                false => format!("(local.get {flat})"),
            };
            let drop = match &**ty {
                // Whoever defines it gets the representation.
                Type::Borrow(r) => {
                    (self.program.resources[r.index as usize].definer != Some(self.k)).then_some(r.index)
                }
                Type::Own(r) => owned.then_some(r.index),
                _ => None,
            };
            if let Some(r) = drop {
                let _ = write!(out, "(call $drop-r{r} {handle})");
            }
            flat += flat_count(ty);
            offset += size(ty, self.ptr_size());
        }
        out
    }

    /// The first argument is the result.
    fn echo(&self) -> String {
        let ty = self.result();
        let drops = self.drops(false);
        let in_memory = self.function.params.iter().map(|ty| flat_count(ty)).sum::<usize>() > 16;
        let keeping = match drops.is_empty() {
            true => String::new(),
            false => format!("  (if (i32.eqz (call $is-keeping-{})) (then {drops}))\n", self.m),
        };
        let value = match (in_memory, self.returns_pointer()) {
            (true, true) => "  (local.set $ret (local.get 0))\n".into(),
            (true, false) => format!("  (local.set $single {})\n", self.load(&ty)),
            (false, false) => "  (local.set $single (local.get 0))\n".into(),
            (false, true) => {
                let mut out = self.allocate();
                self.store(&mut out, &ty, 0, &mut 0);
                out
            }
        };
        value + &keeping
    }

    /// The single flat value at the beginning of the parameters in memory.
    fn load(&self, ty: &Type) -> String {
        let sizes = size(ty, self.ptr_size());
        match flatten(ty, self.component.wide).first() {
            // Wider than the type: the rest is to be ignored.
            Some(Core::I32) => {
                let loaded = format!("(call $load-i32-{} (local.get 0))", self.m);
                match sizes {
                    1 => format!("(i32.and {loaded} (i32.const 0xff))"),
                    2 => format!("(i32.and {loaded} (i32.const 0xffff))"),
                    _ => loaded,
                }
            }
            Some(Core::F32) => format!("(f32.reinterpret_i32 (call $load-i32-{} (local.get 0)))", self.m),
            Some(ty) => {
                let (m, p) = (self.m, self.p);
                let half = |offset| {
                    format!(
                        "(i64.extend_i32_u (call $load-i32-{m} ({p}.add (local.get 0) ({p}.const {offset}))))"
                    )
                };
                let whole = format!("(i64.or {} (i64.shl {} (i64.const 32)))", half(0), half(4));
                if *ty == Core::F64 { format!("(f64.reinterpret_i64 {whole})") } else { whole }
            }
            None => "(unreachable)".into(),
        }
    }

    /// Stores a type without variants from its flat values.
    fn store(&self, out: &mut String, ty: &Type, offset: u64, flat: &mut usize) {
        if let Some(fields) = fields(ty) {
            let mut at = offset;
            for ty in fields {
                at = align_to(at, align(ty, self.ptr_size()));
                self.store(out, ty, at, flat);
                at += size(ty, self.ptr_size());
            }
            return;
        }
        let width = self.ptr_size();
        let mut put = |op: &str, at: u64| {
            let (m, p) = (self.m, self.p);
            let to = format!("({p}.add (local.get $ret) ({p}.const {at}))");
            let _ = writeln!(out, "  (call ${op}-{m} {to} (local.get {flat}))");
            *flat += 1;
        };
        match (ty, size(ty, width)) {
            (Type::String | Type::List(_) | Type::Map(..), _) => {
                let op = format!("{}.store", self.p);
                put(&op, offset);
                put(&op, offset + width);
            }
            (Type::F32, _) => put("f32.store", offset),
            (Type::F64, _) => put("f64.store", offset),
            (_, 1) => put("i32.store8", offset),
            (_, 2) => put("i32.store16", offset),
            (_, 4) => put("i32.store", offset),
            _ => put("i64.store", offset),
        }
    }
}

/// A module that calls through its table.
pub fn shim(calls: &[Call]) -> String {
    let mut out = String::from("(core module $Shim\n");
    let _ = writeln!(out, "(table (export \"t\") {} funcref)", calls.len());
    for (n, call) in calls.iter().enumerate() {
        let args: String = (0..call.params.len()).map(|n| format!(" (local.get {n})")).collect();
        let ty = call.ty();
        let _ =
            writeln!(out, "(func (export \"{}\"){ty} (call_indirect{ty}{args} (i32.const {n})))", call.name);
    }
    out + ")\n(core instance $shim (instantiate $Shim))\n"
}

/// The module that fills that table.
pub fn fill(calls: &[Call]) -> String {
    let mut out = format!("(core module $Fill\n(import \"\" \"t\" (table {} funcref))\n", calls.len());
    for call in calls {
        let _ = writeln!(out, "(import \"\" \"{0}\" (func ${0}{1}))", call.name, call.ty());
    }
    let names: String = calls.iter().map(|call| format!(" ${}", call.name)).collect();
    out + &format!("(elem (i32.const 0) func{names}))\n")
}
