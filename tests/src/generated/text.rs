//! The text of a random composition. In: a program. Out: one component as WAT. Not its job: the core
//! modules (`glue`, `memory`).
//!
//! Of a type with a name, `$tN` is what a component imports or defines, `$xtN` what it exports.

use super::program::{Component, Dtor, End, Function, Placement, Program};
use super::types::{any, inside};
use super::{glue, memory};
use crate::boundary_host::layout::flat_count;
use crate::value::{ResourceType, Type};
use std::fmt::Write;
use std::sync::Arc;

/// The whole composition. It imports an instance `host`, and exports the first component's instance
/// as `api` (and that of its twin as `api2`).
pub fn program(program: &Program) -> String {
    let names = Names::new(program);
    let mut out = String::from("(component\n");
    out += &names.import_host(program);
    for k in (0..program.components.len()).rev() {
        let component = names.component(program, k);
        out += &match program.components[k].wrapped {
            true => names.wrapper(program, k, &component),
            false => component,
        };
    }
    for twin in ["", "2"].into_iter().take(1 + usize::from(program.twin)) {
        for k in (0..program.components.len()).rev() {
            let wrapped = program.components[k].wrapped;
            let instance = if wrapped { format!("$w{k}{twin}") } else { format!("$i{k}{twin}") };
            let of = if wrapped { format!("$W{k}") } else { format!("$C{k}") };
            let next = if k + 1 < program.components.len() {
                format!(" (with \"next\" (instance $i{}{twin}))", k + 1)
            } else {
                String::new()
            };
            line(
                &mut out,
                &format!("(instance {instance} (instantiate {of} (with \"host\" (instance $host)){next}))"),
            );
            if wrapped {
                line(&mut out, &format!("(alias export {instance} \"inner\" (instance $i{k}{twin}))"));
            }
        }
        line(&mut out, &format!("(export \"api{twin}\" (instance $i0{twin}))"));
    }
    out + ")\n"
}

/// What has a name wherever it is declared.
struct Names {
    types: Vec<Arc<Type>>,
}

impl Names {
    fn new(program: &Program) -> Names {
        let mut names = Names { types: Vec::new() };
        for function in &program.functions {
            for ty in function.params.iter().chain(&function.result) {
                names.add(ty);
            }
        }
        names
    }

    /// What is inside goes first.
    fn add(&mut self, ty: &Arc<Type>) {
        for ty in inside(ty) {
            self.add(ty);
        }
        let named = matches!(**ty, Type::Record(_) | Type::Variant(_) | Type::Enum(_) | Type::Flags(_));
        if named && !self.types.contains(ty) {
            self.types.push(ty.clone());
        }
    }

    /// The text of a type where those with a name are `$PREFIXtN`.
    fn ty(&self, ty: &Type, prefix: &str) -> String {
        if let Some(n) = self.types.iter().position(|other| **other == *ty) {
            return format!("${prefix}t{n}");
        }
        self.definition(ty, prefix)
    }

    fn definition(&self, ty: &Type, prefix: &str) -> String {
        let text = |ty: &Type| self.ty(ty, prefix);
        let quoted = |labels: &[String]| labels.iter().map(|l| format!(" \"{l}\"")).collect::<String>();
        match ty {
            Type::Bool => "bool".into(),
            Type::S8 => "s8".into(),
            Type::U8 => "u8".into(),
            Type::S16 => "s16".into(),
            Type::U16 => "u16".into(),
            Type::S32 => "s32".into(),
            Type::U32 => "u32".into(),
            Type::S64 => "s64".into(),
            Type::U64 => "u64".into(),
            Type::F32 => "f32".into(),
            Type::F64 => "f64".into(),
            Type::Char => "char".into(),
            Type::String => "string".into(),
            Type::List(ty) => format!("(list {})", text(ty)),
            Type::FixedList(ty, length) => format!("(list {} {length})", text(ty)),
            Type::Map(key, value) => format!("(map {} {})", text(key), text(value)),
            Type::Tuple(types) => {
                format!("(tuple{})", types.iter().map(|ty| format!(" {}", text(ty))).collect::<String>())
            }
            Type::Option(ty) => format!("(option {})", text(ty)),
            Type::Result { ok, err } => {
                let ok = ok.as_ref().map(|ty| format!(" {}", text(ty))).unwrap_or_default();
                let err = err.as_ref().map(|ty| format!(" (error {})", text(ty))).unwrap_or_default();
                format!("(result{ok}{err})")
            }
            Type::Own(r) => format!("(own {})", resource(r, prefix)),
            Type::Borrow(r) => format!("(borrow {})", resource(r, prefix)),
            Type::Record(fields) => {
                let fields = fields.iter().map(|(name, ty)| format!(" (field \"{name}\" {})", text(ty)));
                format!("(record{})", fields.collect::<String>())
            }
            Type::Variant(cases) => {
                let cases = cases.iter().map(|(name, ty)| {
                    let ty = ty.as_ref().map(|ty| format!(" {}", text(ty))).unwrap_or_default();
                    format!(" (case \"{name}\"{ty})")
                });
                format!("(variant{})", cases.collect::<String>())
            }
            Type::Enum(labels) => format!("(enum{})", quoted(labels)),
            Type::Flags(labels) => format!("(flags{})", quoted(labels)),
        }
    }

    /// ` (param "p0" …) … (result …)`
    fn signature(&self, function: &Function, prefix: &str) -> String {
        let params = function.params.iter().enumerate();
        let params = params.map(|(n, ty)| format!(" (param \"p{n}\" {})", self.ty(ty, prefix)));
        let result = function.result.iter().map(|ty| format!(" (result {})", self.ty(ty, prefix)));
        params.chain(result).collect()
    }

    /// The types with a name that `functions` need, by their number.
    fn needed<'f>(&self, functions: impl Iterator<Item = &'f Function>) -> Vec<usize> {
        let functions: Vec<&Function> = functions.collect();
        let uses = |wanted: &Arc<Type>| {
            let types = |f: &&Function| {
                f.params.iter().chain(&f.result).any(|ty| any(ty, &|inner| *inner == **wanted))
            };
            functions.iter().any(types)
        };
        (0..self.types.len()).filter(|n| uses(&self.types[*n])).collect()
    }

    /// The host's instance: its resources, the types that its functions need, and these; with
    /// aliases of the resources.
    fn import_host(&self, program: &Program) -> String {
        let mut out = String::from("(import \"host\" (instance $host\n");
        let resources: Vec<_> =
            program.resources.iter().filter(|r| r.definer.is_none()).map(|r| r.ty.index).collect();
        for r in &resources {
            line(&mut out, &format!("(export \"r{r}\" (type $r{r} (sub resource)))"));
        }
        self.declare(&mut out, &self.needed(program.of_host()), "h");
        for function in program.of_host() {
            let (name, signature) = (&function.name, self.signature(function, "h"));
            line(&mut out, &format!("(export \"{name}\" (func{signature}))"));
        }
        line(&mut out, "(export \"dropped\" (func (param \"rep\" u32)))))");
        for r in &resources {
            line(&mut out, &format!("(alias export $host \"r{r}\" (type $r{r}))"));
        }
        out
    }

    /// Types with names inside of an instance type.
    fn declare(&self, out: &mut String, types: &[usize], prefix: &str) {
        for n in types {
            let definition = self.definition(&self.types[*n], prefix);
            line(out, &format!("(type ${prefix}t{n}' {definition})"));
            line(out, &format!("(export \"t{n}\" (type ${prefix}t{n} (eq ${prefix}t{n}')))"));
        }
    }

    /// The instance of component `k`, as the one before it imports it.
    fn import_next(&self, program: &Program, k: usize) -> String {
        let mut out = String::from("(import \"next\" (instance $next\n");
        for resource in program.resources.iter().filter(|r| r.definer.is_some_and(|d| d >= k)) {
            let r = resource.ty.index;
            line(&mut out, &format!("(export \"r{r}\" (type $r{r} (sub resource)))"));
        }
        self.declare(&mut out, &self.needed(program.exported(k)), "n");
        for function in program.exported(k) {
            let (name, signature) = (&function.name, self.signature(function, "n"));
            line(&mut out, &format!("(export \"{name}\" (func{signature}))"));
        }
        for (name, signature) in CONTROLS {
            line(&mut out, &format!("(export \"{name}\" (func {signature}))"));
        }
        out + "))\n"
    }

    /// A component with component `k` in it, whose instance it exports.
    fn wrapper(&self, program: &Program, k: usize, component: &str) -> String {
        let mut out = format!("(component $W{k}\n");
        out += &self.import_host(program);
        let mut next = "";
        if k + 1 < program.components.len() {
            out += &self.import_next(program, k + 1);
            next = " (with \"next\" (instance $next))";
        }
        out += component;
        line(&mut out, &format!("(instance $x (instantiate $C{k} (with \"host\" (instance $host)){next}))"));
        line(&mut out, "(export \"inner\" (instance $x)))");
        out
    }

    fn component(&self, program: &Program, k: usize) -> String {
        let component = &program.components[k];
        let mut out = format!("(component $C{k}\n");
        out += &self.import_host(program);
        if k + 1 < program.components.len() {
            out += &self.import_next(program, k + 1);
        }
        // Memories first: destructors are beside them.
        line(&mut out, "(core func $dropped (canon lower (func $host \"dropped\")))");
        let functions = glue::functions(program, k);
        for m in 0..component.memories {
            out += &memory::module(program, k, m, &functions);
            let mut with = String::from("(with \"host\" (instance (export \"dropped\" (func $dropped))))");
            if component.context {
                line(&mut out, &format!("(core func $get-{m} (canon context.get i32 {m}))"));
                line(&mut out, &format!("(core func $set-{m} (canon context.set i32 {m}))"));
                let _ = write!(
                    with,
                    " (with \"context\" (instance (export \"get\" (func $get-{m})) (export \"set\" (func $set-{m}))))"
                );
            }
            line(&mut out, &format!("(core instance $m{m} (instantiate $M{m} {with}))"));
        }
        for resource in &program.resources {
            let r = resource.ty.index;
            match resource.definer {
                Some(d) if d == k => {
                    let dtor = match resource.dtor {
                        Dtor::None => String::new(),
                        _ => format!(" (dtor (core func $m0 \"dtor-r{r}\"))"),
                    };
                    line(&mut out, &format!("(type $r{r} (resource (rep i32){dtor}))"));
                }
                Some(d) if d > k => line(&mut out, &format!("(alias export $next \"r{r}\" (type $r{r}))")),
                _ => continue,
            }
            line(&mut out, &format!("(export $xr{r} \"r{r}\" (type $r{r}))"));
        }
        for n in self.needed(program.exported(k)) {
            // What it is made of is known by the names that are exported, not by those of the next one.
            line(&mut out, &format!("(type $t{n} {})", self.definition(&self.types[n], "x")));
            line(&mut out, &format!("(export $xt{n} \"t{n}\" (type $t{n}))"));
        }
        out += &self.core(program, k, &functions);
        for function in program.exported(k) {
            let place = &function.at[k];
            let name = &function.name;
            let of = if place.bare { format!("$low-{name}") } else { format!("$g \"{name}\"") };
            let mut options = options(component, function, place, Direction::Lift);
            if place.post_return && !place.bare {
                let _ = write!(options, " (post-return (func $g \"post-{name}\"))");
            }
            let signature = self.signature(function, "x");
            line(&mut out, &format!("(func $lift-{name}{signature} (canon lift (core func {of}){options}))"));
            line(&mut out, &format!("(export \"{name}\" (func $lift-{name}))"));
        }
        for (name, signature) in CONTROLS {
            line(
                &mut out,
                &format!("(func (export \"{name}\") {signature} (canon lift (core func $g \"{name}\")))"),
            );
        }
        out + ")\n"
    }

    /// What is lowered, and the core module that calls it.
    fn core(&self, program: &Program, k: usize, functions: &str) -> String {
        let component = &program.components[k];
        let mut lowered = String::new();
        let mut builtins = Vec::new();
        let mut calls = Vec::new();
        for function in program.exported(k) {
            let (name, place) = (&function.name, &function.at[k]);
            let from = match (function.last == k, function.end) {
                (false, _) => "$next",
                (true, End::Host) => "$host",
                _ => continue,
            };
            let options = options(component, function, place, Direction::Lower);
            line(
                &mut lowered,
                &format!("(core func $low-{name} (canon lower (func {from} \"{name}\"){options}))"),
            );
            calls.push(glue::Call::of(function, component.wide));
        }
        if k + 1 < program.components.len() {
            for (name, _) in CONTROLS {
                line(&mut lowered, &format!("(core func $low-{name} (canon lower (func $next \"{name}\")))"));
                calls.push(glue::Call::control(name));
            }
        }
        for resource in &program.resources {
            let r = resource.ty.index;
            if resource.definer.is_some_and(|d| d < k) {
                continue;
            }
            let mine = resource.definer == Some(k);
            for builtin in ["drop", "new", "rep"].into_iter().take(if mine { 3 } else { 1 }) {
                builtins.push((format!("{builtin}-r{r}"), format!("(canon resource.{builtin} $r{r})")));
            }
        }
        let module = glue::module(program, k, &calls, functions);
        let memories: String =
            (0..component.memories).map(|m| format!(" (with \"m{m}\" (instance $m{m}))")).collect();
        let export = |name: &str| format!("(export \"{name}\" (func ${name}))");
        let builtin_exports: String = builtins.iter().map(|(name, _)| export(name)).collect();
        let builtins: String =
            builtins.iter().map(|(name, canon)| format!("(core func ${name} {canon})\n")).collect();
        let exports: String = calls
            .iter()
            .map(|call| match component.shim {
                true => format!("(export \"low-{0}\" (func $shim \"{0}\"))", call.name),
                false => export(&format!("low-{}", call.name)),
            })
            .collect();
        let instance = format!(
            "(core instance $g (instantiate $G{memories} (with \"i\" (instance {exports}{builtin_exports}))))\n"
        );
        if !component.shim {
            return [lowered, builtins, module, instance].concat();
        }
        let given: String =
            calls.iter().map(|c| format!("(export \"{0}\" (func $low-{0}))", c.name)).collect();
        let fill = format!(
            "(core instance (instantiate $Fill (with \"\" (instance (export \"t\" (table $shim \"t\")){given}))))\n"
        );
        [glue::shim(&calls), builtins, module, instance, lowered, glue::fill(&calls), fill].concat()
    }
}

/// What every component exports besides its functions: to corrupt something in component `stage`, and
/// to tell all that has been seen.
pub const CONTROLS: [(&str, &str); 2] = [
    ("poke", "(param \"stage\" u32) (param \"kind\" u32) (param \"place\" u32) (param \"value\" u32)"),
    ("state", "(result u32)"),
];

/// The host's resources have the same name everywhere.
fn resource(ty: &ResourceType, prefix: &str) -> String {
    let prefix = if prefix == "x" && !ty.imported { "x" } else { "" };
    format!("${prefix}r{}", ty.index)
}

enum Direction {
    Lift,
    Lower,
}

/// The canonical options of a function.
fn options(component: &Component, function: &Function, place: &Placement, direction: Direction) -> String {
    let points = |ty: &Type| matches!(ty, Type::String | Type::List(_) | Type::Map(..));
    let needs = |types: &[Arc<Type>]| types.iter().any(|ty| any(ty, &points));
    let result: Vec<Arc<Type>> = function.result.iter().cloned().collect();
    let flat = |types: &[Arc<Type>]| types.iter().map(|ty| flat_count(ty)).sum::<usize>();
    // Parameters and results go into the memory of who is called and who calls, as realloc says.
    let (into, in_memory) = match direction {
        Direction::Lift => (&function.params, flat(&function.params) > 16),
        Direction::Lower => (&result, false),
    };
    let realloc = place.all_options || needs(into) || in_memory;
    let memory = realloc
        || needs(&function.params)
        || needs(&result)
        || flat(&function.params) > 16
        || flat(&result) > 1;
    let m = place.memory.min(component.memories - 1);
    let mut options = String::new();
    if memory {
        let _ = write!(options, " (memory $m{m} \"memory\") string-encoding={}", place.encoding);
    }
    if realloc {
        let own = match direction {
            Direction::Lift => format!("-lift-{}", function.name),
            Direction::Lower => format!("-lower-{}", function.name),
        };
        let own = if component.own_reallocs { own } else { String::new() };
        let _ = write!(options, " (realloc (func $m{m} \"realloc{own}\"))");
    }
    options
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
