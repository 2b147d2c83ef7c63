//! Random programs over streams, futures and waitable sets in two components. In: a seed. Out: components as text,
//! whose export `run: async func() -> u64` gives a hash over what each step has returned. Not its job: running it.
//!
//! Both components have the same core module, whose function `step` does one thing to an end that it has put into one
//! of its slots. The second component takes turns: steps of its own, steps of the first one, ends given and taken.
//! Every step returns at once, so that what comes back follows from the specification alone. Two ends with events are
//! never in one set, whose order is free.

use crate::random::Random;
use std::fmt::Write;

/// The types of channels: what passes through each, its size in bytes, and whether it is a future.
const TYPES: [(&str, &str, u32, bool); 8] = [
    ("s0", "(stream)", 0, false),
    ("s1", "(stream u8)", 1, false),
    ("s2", "(stream u32)", 4, false),
    ("s3", "(stream string)", 8, false),
    ("s4", "(stream $pair)", 16, false),
    ("f0", "(future)", 0, true),
    ("f1", "(future u16)", 2, true),
    ("f2", "(future string)", 8, true),
];

/// What `step` can do.
const OPERATIONS: [&str; 9] = [
    "new",
    "read",
    "write",
    "cancel-read",
    "cancel-write",
    "drop-readable",
    "drop-writable",
    "poll-readable",
    "poll-writable",
];

/// The two components of a seed, as text.
pub struct Program {
    first: String,
    second: String,
}

impl Program {
    /// Both in one component.
    pub fn whole(&self) -> String {
        let Program { first, second } = self;
        format!(
            "(component\n{first}{second}(instance $first (instantiate $first))
            (instance $second (instantiate $second (with \"first\" (instance $first))))
            (func (export \"run\") (alias export $second \"run\")))\n"
        )
    }

    /// The first one, whose exports are an instance `first`, and the second one, which imports that.
    pub fn parts(&self) -> [String; 2] {
        let Program { first, second } = self;
        let exported = "(instance $first (instantiate $first)) (export \"first\" (instance $first))";
        [format!("(component\n{first}{exported})"), second.clone()]
    }
}

/// The program of a seed.
pub fn program(seed: u64) -> Program {
    let mut random = Random::new(seed);
    let mut types = Vec::new();
    for _ in 0..1 + random.below(3) {
        types.push(random.below(TYPES.len()));
    }
    types.sort_unstable();
    types.dedup();
    let (mut first_text, mut second_text) = (String::new(), String::new());
    let encodings = ["utf8", "utf16", "latin1+utf16"];
    let [first, second] = [encodings[random.below(3)], encodings[random.below(3)]];
    component(&mut first_text, "$first", &types, first, None);
    let steps = 5 + random.below(60);
    let run = run(&mut random, &types, steps);
    component(&mut second_text, "$second", &types, second, Some(&run));
    Program { first: first_text, second: second_text }
}

/// Where the ends of one type are, as far as that is easily known: enough to take mostly steps that do not trap.
#[derive(Clone, Copy, Default)]
struct Ends {
    /// In the first component, or in the second; none before the first `new`, and after a drop.
    readable: Option<bool>,
    writable: Option<bool>,
    /// A read or write has begun and may not have been told of.
    reads: bool,
    writes: bool,
    /// It has told of all that it will.
    over: bool,
    /// There was a write.
    written: bool,
    /// Some of it may have been read, and its writer not told. What becomes of the rest where the readable end goes is
    /// not the same everywhere (docs/ASYNC.md).
    untold: bool,
}

impl Ends {
    fn after(&mut self, operation: usize) {
        match operation {
            1 => self.untold |= self.written,
            2 => self.written = true,
            4 | 8 => self.untold = false,
            _ => {}
        }
    }
}

/// The calls of `run`: each puts its result into the trace.
fn run(random: &mut Random, types: &[usize], steps: usize) -> String {
    let mut text = String::new();
    let mut all = [Ends::default(); TYPES.len()];
    for _ in 0..steps {
        let ty = types[random.below(types.len())];
        let call = step(random, ty, &mut all[ty]);
        writeln!(text, "        (call $trace {call})").expect("a string");
    }
    text
}

fn step(random: &mut Random, ty: usize, ends: &mut Ends) -> String {
    let name = TYPES[ty].0;
    let wild = random.below(25) == 0;
    let (Some(readable), Some(writable)) = (ends.readable, ends.writable) else {
        // Now and then an end that is left alone.
        if wild || (random.below(2) == 0 && (ends.readable.is_some() || ends.writable.is_some())) {
            // Each operation of a readable end is followed by that of a writable one. Of the other end, which is gone,
            // the index may be another one's by now: wasmtime 48 does not look whether it reads or writes.
            let pair = 1 + 2 * random.below(4);
            let (operation, whose) = match (ends.readable, ends.writable) {
                // wasmtime 48 has an event for them, and the specification none (docs/ASYNC.md).
                (None, Some(whose)) if pair == 7 && !ends.writes => (2, whose),
                (Some(whose), None) if pair == 7 && !ends.reads => (1, whose),
                (None, Some(whose)) => (pair + 1, whose),
                (Some(whose), _) => (pair, whose),
                (None, None) => (pair, false),
            };
            ends.after(operation);
            return call(ty, operation, random, whose);
        }
        let first = random.below(2) == 0;
        *ends = Ends { readable: Some(first), writable: Some(first), ..Ends::default() };
        return call(ty, 0, random, first);
    };
    if wild {
        let whose = random.below(2) == 0;
        let operation = 1 + random.below(8);
        ends.after(operation);
        return call(ty, operation, random, whose);
    }
    match random.below(12) {
        0 | 1 if !ends.reads && !ends.over && !ends.untold && !readable => {
            ends.readable = Some(true);
            format!("(call $give-{name})")
        }
        0 | 1 if !ends.reads && !ends.over && !ends.untold => {
            ends.readable = Some(false);
            format!("(call $take-{name})")
        }
        2..=4 if !ends.reads && !ends.over => {
            ends.reads = !ends.writes;
            ends.after(1);
            call(ty, 1, random, readable)
        }
        5..=7 if !ends.writes && !ends.over => {
            ends.writes = !ends.reads;
            ends.after(2);
            call(ty, 2, random, writable)
        }
        8 if ends.reads => {
            ends.reads = false;
            call(ty, 3, random, readable)
        }
        9 if ends.writes => {
            ends.writes = false;
            ends.after(4);
            call(ty, 4, random, writable)
        }
        10 if !ends.reads && random.below(3) == 0 => {
            ends.readable = None;
            ends.over = true;
            call(ty, 5, random, readable)
        }
        11 if !ends.writes && random.below(3) == 0 => {
            ends.writable = None;
            ends.over = true;
            call(ty, 6, random, writable)
        }
        turn => {
            let reads = turn % 2 == 0;
            let busy = if reads { &mut ends.reads } else { &mut ends.writes };
            *busy &= random.below(2) == 0;
            let operation = if reads { 7 } else { 8 };
            ends.after(operation);
            call(ty, operation, random, if reads { readable } else { writable })
        }
    }
}

/// A step of the first component, or of the second.
fn call(ty: usize, operation: usize, random: &mut Random, first: bool) -> String {
    let count = [0, 1, 1, 2, 3, 5, 9][random.below(7)];
    let whose = if first { "$first-step" } else { "$step" };
    format!("(call {whose} (i32.const {ty}) (i32.const {operation}) (i32.const {count}))")
}

/// A component with its definitions; `run` is what the second one does.
fn component(text: &mut String, name: &str, types: &[usize], encoding: &str, run: Option<&str>) {
    let mut w = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    w(&format!("(component {name}"));
    w("  (type $pair (tuple u8 string))");
    for ty in types {
        let (name, ty, ..) = TYPES[*ty];
        w(&format!("  (type ${name} {ty})"));
    }
    if run.is_some() {
        w("  (import \"first\" (instance $first");
        w("    (alias outer $second $pair (type $pair'))");
        w(
            "    (export \"step\" (func async (param \"ty\" u32) (param \"operation\" u32) (param \"count\" u32) (result u32)))",
        );
        for ty in types {
            let name = TYPES[*ty].0;
            w(&format!("    (alias outer $second ${name} (type ${name}'))"));
            w(&format!("    (export \"give-{name}\" (func (param \"end\" ${name}')))"));
            w(&format!("    (export \"take-{name}\" (func (result ${name}')))"));
        }
        w("  ))");
    }
    w("  (core module $Memory");
    w("    (memory (export \"memory\") 4)");
    w("    (global $next (mut i32) (i32.const 0x20000))");
    w("    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) (local $at i32)");
    w("      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))");
    w("      (global.set $next (i32.add (local.get $at) (local.get 3)))");
    w(
        "      (if (i32.gt_u (global.get $next) (i32.const 0x3f000)) (then (global.set $next (i32.const 0x20000))))",
    );
    w("      (memory.copy (local.get $at) (local.get 0) (local.get 1))");
    w("      (local.get $at)))");
    w("  (core instance $memory (instantiate $Memory))");
    w("  (core func $set-new (canon waitable-set.new))");
    w("  (core func $set-poll (canon waitable-set.poll (memory (core memory $memory \"memory\"))))");
    w("  (core func $set-drop (canon waitable-set.drop))");
    w("  (core func $join (canon waitable.join))");
    let options = format!(
        "async string-encoding={encoding} (memory (core memory $memory \"memory\")) \
         (realloc (core func $memory \"realloc\"))"
    );
    for ty in types {
        let (name, _, size, future) = TYPES[*ty];
        let kind = if future { "future" } else { "stream" };
        let read = if size == 0 { "async".to_string() } else { options.clone() };
        w(&format!("  (core func $new-{name} (canon {kind}.new ${name}))"));
        w(&format!("  (core func $read-{name} (canon {kind}.read ${name} {read}))"));
        let write = read.replace(" (realloc (core func $memory \"realloc\"))", "");
        w(&format!("  (core func $write-{name} (canon {kind}.write ${name} {write}))"));
        for what in ["cancel-read", "cancel-write", "drop-readable", "drop-writable"] {
            w(&format!("  (core func ${what}-{name} (canon {kind}.{what} ${name}))"));
        }
    }
    if run.is_some() {
        w("  (core func $first-step (canon lower (func $first \"step\")))");
        for ty in types {
            let name = TYPES[*ty].0;
            w(&format!("  (core func $first-give-{name} (canon lower (func $first \"give-{name}\")))"));
            w(&format!("  (core func $first-take-{name} (canon lower (func $first \"take-{name}\")))"));
        }
    }
    w("  (core module $Code");
    w("    (import \"memory\" \"memory\" (memory 4))");
    w("    (import \"\" \"set-new\" (func $set-new (result i32)))");
    w("    (import \"\" \"set-poll\" (func $set-poll (param i32 i32) (result i32)))");
    w("    (import \"\" \"set-drop\" (func $set-drop (param i32)))");
    w("    (import \"\" \"join\" (func $join (param i32 i32)))");
    for ty in types {
        let (name, _, _, future) = TYPES[*ty];
        let params = if future { "i32 i32" } else { "i32 i32 i32" };
        w(&format!("    (import \"\" \"new-{name}\" (func $new-{name} (result i64)))"));
        w(&format!("    (import \"\" \"read-{name}\" (func $read-{name} (param {params}) (result i32)))"));
        w(&format!("    (import \"\" \"write-{name}\" (func $write-{name} (param {params}) (result i32)))"));
        for what in ["cancel-read", "cancel-write"] {
            w(&format!("    (import \"\" \"{what}-{name}\" (func ${what}-{name} (param i32) (result i32)))"));
        }
        for what in ["drop-readable", "drop-writable"] {
            w(&format!("    (import \"\" \"{what}-{name}\" (func ${what}-{name} (param i32)))"));
        }
        if run.is_some() {
            w(&format!("    (import \"\" \"first-give-{name}\" (func $first-give-{name} (param i32)))"));
            w(&format!("    (import \"\" \"first-take-{name}\" (func $first-take-{name} (result i32)))"));
        }
    }
    if run.is_some() {
        w("    (import \"\" \"first-step\" (func $first-step (param i32 i32 i32) (result i32)))");
    }
    w(CODE);
    for ty in types {
        steps(&mut w, *ty, run.is_some());
    }
    w(
        "    (func $step (export \"step\") (param $ty i32) (param $operation i32) (param $count i32) (result i32)",
    );
    for ty in types {
        let name = TYPES[*ty].0;
        w(&format!("      (if (i32.eq (local.get $ty) (i32.const {ty}))"));
        w(&format!("        (then (return (call $step-{name} (local.get $operation) (local.get $count)))))"));
    }
    w("      (unreachable))");
    if let Some(run) = run {
        w("    (func (export \"run\") (result i64)");
        w(run);
        w("        (global.get $trace))");
    }
    w("  )");
    w("  (core instance $code (instantiate $Code (with \"memory\" (instance $memory)) (with \"\" (instance");
    for what in ["set-new", "set-poll", "set-drop", "join"] {
        w(&format!("    (export \"{what}\" (func ${what}))"));
    }
    for ty in types {
        let name = TYPES[*ty].0;
        for what in ["new", "read", "write", "cancel-read", "cancel-write", "drop-readable", "drop-writable"]
        {
            w(&format!("    (export \"{what}-{name}\" (func ${what}-{name}))"));
        }
        if run.is_some() {
            w(&format!("    (export \"first-give-{name}\" (func $first-give-{name}))"));
            w(&format!("    (export \"first-take-{name}\" (func $first-take-{name}))"));
        }
    }
    if run.is_some() {
        w("    (export \"first-step\" (func $first-step))");
    }
    w("  ))))");
    if run.is_some() {
        w("  (func (export \"run\") async (result u64) (canon lift (core func $code \"run\"))))");
        return;
    }
    w(
        "  (func (export \"step\") async (param \"ty\" u32) (param \"operation\" u32) (param \"count\" u32) (result u32)",
    );
    w("    (canon lift (core func $code \"step\")))");
    for ty in types {
        let name = TYPES[*ty].0;
        w(&format!(
            "  (func (export \"give-{name}\") (param \"end\" ${name}) (canon lift (core func $code \"put-{name}\")))"
        ));
        w(&format!(
            "  (func (export \"take-{name}\") (result ${name}) (canon lift (core func $code \"get-{name}\")))"
        ));
    }
    w(")");
}

/// What the core module has for one type: slots for both ends, and its steps.
fn steps(w: &mut impl FnMut(&str), ty: usize, second: bool) {
    let (name, _, size, future) = TYPES[ty];
    // Buffers: what is read lies apart from what is written.
    let (from, to) = (0x1000 + ty * 0x400, 0x4000 + ty * 0x400);
    w(&format!("    (global $r-{name} (mut i32) (i32.const 0))"));
    w(&format!("    (global $w-{name} (mut i32) (i32.const 0))"));
    w(&format!(
        "    (func $step-{name} (param $operation i32) (param $count i32) (result i32) (local $ends i64)"
    ));
    let when = |operation: &str| {
        let number = OPERATIONS.iter().position(|o| *o == operation).expect("an operation");
        format!("      (if (i32.eq (local.get $operation) (i32.const {number})) (then")
    };
    w(&when("new"));
    w("        ;; An end that is still there is left behind.");
    w(&format!("        (local.set $ends (call $new-{name}))"));
    w(&format!("        (global.set $r-{name} (i32.wrap_i64 (local.get $ends)))"));
    w(&format!("        (global.set $w-{name} (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))))"));
    w(&format!(
        "        (return (i32.add (global.get $r-{name}) (i32.shl (global.get $w-{name}) (i32.const 16))))))"
    ));
    let count = if future { "" } else { " (local.get $count)" };
    w(&when("read"));
    w(&format!(
        "        (return (i32.add (call $read-{name} (global.get $r-{name}) (i32.const {to}){count})"
    ));
    w(&format!("          (i32.shl (call $hash (i32.const {to}) (i32.const {size})) (i32.const 12))))))"));
    w(&when("write"));
    w(&format!("        (call $fill (i32.const {from}) (i32.const {ty}) (local.get $count))"));
    w(&format!("        (return (call $write-{name} (global.get $w-{name}) (i32.const {from}){count}))))"));
    for (operation, end) in [("cancel-read", "r"), ("cancel-write", "w")] {
        w(&when(operation));
        w(&format!("        (return (call ${operation}-{name} (global.get ${end}-{name})))))"));
    }
    for (operation, end) in [("drop-readable", "r"), ("drop-writable", "w")] {
        w(&when(operation));
        w(&format!("        (call ${operation}-{name} (global.get ${end}-{name})) (return (i32.const 1))))"));
    }
    for (operation, end) in [("poll-readable", "r"), ("poll-writable", "w")] {
        w(&when(operation));
        w(&format!("        (return (i32.add (call $poll (global.get ${end}-{name}))"));
        w(&format!(
            "          (i32.shl (call $hash (i32.const {to}) (i32.const {size})) (i32.const 12))))))"
        ));
    }
    w("      (unreachable))");
    w(&format!("    (func (export \"put-{name}\") (param i32) (global.set $r-{name} (local.get 0)))"));
    w(&format!("    (func $get-{name} (export \"get-{name}\") (result i32) (global.get $r-{name}))"));
    if second {
        w(&format!(
            "    (func $give-{name} (result i32) (call $first-give-{name} (global.get $r-{name})) (i32.const 7))"
        ));
        w(&format!("    (func $take-{name} (result i32)"));
        w(&format!("      (global.set $r-{name} (call $first-take-{name})) (global.get $r-{name}))"));
    }
}

/// What all have: the trace, a set that an end is in for a moment, buffers filled and looked at.
const CODE: &str = r#"
    (global $trace (mut i64) (i64.const 0))
    (global $seed (mut i32) (i32.const 1))
    (func $trace (param $value i32)
      (global.set $trace
        (i64.mul
          (i64.xor (global.get $trace) (i64.extend_i32_u (local.get $value)))
          (i64.const 0x100000001b3))))
    (func $poll (param $end i32) (result i32) (local $set i32) (local $event i32)
      (local.set $set (call $set-new))
      (call $join (local.get $end) (local.get $set))
      (local.set $event (call $set-poll (local.get $set) (i32.const 0x200)))
      (call $join (local.get $end) (i32.const 0))
      (call $set-drop (local.get $set))
      (if (i32.eqz (local.get $event)) (then (return (i32.const 0))))
      (i32.add (local.get $event) (i32.add (i32.load (i32.const 0x200)) (i32.shl (i32.load (i32.const 0x204)) (i32.const 8)))))
    ;; Elements of 10 at most: numbers, or pairs of an address and a length, in which is what fits all encodings.
    (func $fill (param $at i32) (param $ty i32) (param $count i32) (local $n i32) (local $place i32)
      (loop $next
        (local.set $place (i32.add (local.get $at) (i32.mul (local.get $n) (i32.const 8))))
        (i32.store (local.get $place) (global.get $seed))
        (i32.store offset=4 (local.get $place) (i32.mul (global.get $seed) (i32.const 77)))
        (global.set $seed (i32.add (i32.mul (global.get $seed) (i32.const 0x19660d)) (i32.const 0x3c6ef35f)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 12))))
      (if (i32.or (i32.eq (local.get $ty) (i32.const 3)) (i32.eq (local.get $ty) (i32.const 7)))
        (then (call $strings (local.get $at) (i32.const 8) (i32.const 0))))
      (if (i32.eq (local.get $ty) (i32.const 4))
        (then (call $strings (local.get $at) (i32.const 12) (i32.const 4)))))
    (func $strings (param $at i32) (param $stride i32) (param $offset i32) (local $n i32) (local $place i32)
      (loop $next
        (local.set $place
          (i32.add (local.get $offset) (i32.add (local.get $at) (i32.mul (local.get $n) (local.get $stride)))))
        (i32.store (local.get $place) (i32.add (i32.const 0x300) (i32.mul (local.get $n) (i32.const 2))))
        (i32.store offset=4 (local.get $place) (i32.and (global.get $seed) (i32.const 6)))
        (global.set $seed (i32.add (i32.mul (global.get $seed) (i32.const 0x19660d)) (i32.const 0x3c6ef35f)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 10)))))
    (data (i32.const 0x300) "a\00b\00c\00d\00e\00f\00g\00h\00i\00j\00k\00l\00m\00n\00o\00p\00q\00r\00s\00")
    ;; Of what is read, but for addresses.
    (func $hash (param $at i32) (param $size i32) (result i32) (local $n i32) (local $sum i32)
      (if (i32.eqz (local.get $size)) (then (return (i32.const 0))))
      (if (i32.gt_u (local.get $size) (i32.const 4))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (if (i32.eq (local.get $size) (i32.const 16)) (then (local.set $at (i32.add (local.get $at) (i32.const 4)))))
          (return (i32.add (i32.load (local.get $at)) (i32.load8_u offset=8 (local.get $at))))))
      (loop $next
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (i32.load8_u (i32.add (local.get $at) (local.get $n)))))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 36))))
      (local.get $sum))
"#;
