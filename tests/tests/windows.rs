//! Random functions over a memory, in a window of one memory: they give what they gave, trap for the same reason, leave the
//! same bytes behind when they trap, and no byte outside of their window changes. In: seeds. Out: nothing. Not its job:
//! components as such (`generated`), and cases that somebody thought of (tests/cases/wat/windows.wat).

use anyhow::{Context, Result, ensure};
use meld_fuser::assemble::boundary::PlacedMemory;
use meld_fuser::{Input, Memory, Optimizations, Options};
use meld_tests::boundary_host::{place, read_boundary};
use meld_tests::engine::{engine, told};
use meld_tests::fused;
use meld_tests::random::Random;
use meld_tests::reason::Reason;
use std::fmt::Write;
use wasmtime::{Instance, Memory as CoreMemory, Module, Store};

/// How many programs are run; `MELD_WINDOWS` says otherwise.
const PROGRAMS: u64 = 1200;
const FUNCTIONS: usize = 3;
const CALLS: usize = 12;
const PAGE: u32 = 1 << 16;

/// Where the memory of a program is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Open,
    Fixed,
    Growing,
}

/// Numbers around which addresses are likely to be right and wrong.
const EDGES: [u32; 12] =
    [0, 1, 8, 100, PAGE - 8, PAGE - 4, PAGE - 1, PAGE, 2 * PAGE - 4, 2 * PAGE, u32::MAX, u32::MAX - 7];
const OFFSETS: [u32; 10] = [0, 0, 0, 1, 4, 8, 60, PAGE - 4, PAGE - 1, PAGE + 3];

/// What a memory with 64-bit addresses can have too.
const FAR: [u64; 4] = [1 << 32, u64::MAX - 7, u64::MAX, u64::MAX - (PAGE as u64)];

const LOADS: [&str; 6] =
    ["i32.load", "i32.load8_u", "i32.load16_u", "i32.load8_s", "i32.load16_s", "i32.load"];
const STORES: [&str; 3] = ["i32.store", "i32.store8", "i32.store16"];
const BINARY: [&str; 9] = ["add", "sub", "and", "or", "xor", "shl", "shr_u", "mul", "lt_u"];

/// Writes functions.
struct Writer {
    random: Random,
    place: Place,
    /// Addresses have 64 bits.
    wide: bool,
}

impl Writer {
    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.random.below(of.len())]
    }

    fn number(&mut self) -> u32 {
        let edge = self.pick(&EDGES);
        match self.random.below(4) {
            0 => edge,
            1 => edge.wrapping_add(self.random.below(9) as u32).wrapping_sub(4),
            2 => self.random.below(PAGE as usize) as u32,
            _ => self.random.below(64) as u32,
        }
    }

    /// An i32. Locals 0 and 1 are parameters, 2 to 4 are written too.
    fn value(&mut self, depth: usize) -> String {
        match self.random.below(if depth == 0 { 3 } else { 9 }) {
            0 => format!("(i32.const {})", self.number().cast_signed()),
            1 | 2 => format!("(local.get {})", self.random.below(5)),
            3 => {
                let (load, address) = (self.pick(&LOADS), self.address(depth - 1));
                self.access(load, &address, "")
            }
            4 => {
                let [one, other, condition] = [0; 3].map(|_| self.value(depth - 1));
                format!("(select {one} {other} {condition})")
            }
            5 => format!("(local.tee {} {})", 2 + self.random.below(3), self.value(depth - 1)),
            _ => {
                let op = self.pick(&BINARY);
                format!("(i32.{op} {} {})", self.value(depth - 1), self.value(depth - 1))
            }
        }
    }

    /// An i32 that is often an address.
    fn address(&mut self, depth: usize) -> String {
        let mask = self.pick(&[0xff, 0xfff, PAGE - 4, PAGE - 1, 0x7ff8]);
        match self.random.below(5) {
            0 | 1 => format!("(local.get {})", self.random.below(5)),
            2 => format!("(i32.and {} (i32.const {mask}))", self.value(depth)),
            _ => self.value(depth),
        }
    }

    /// An access: the instruction, its offset and its address, and what comes behind the address.
    fn access(&mut self, instruction: &str, address: &str, operands: &str) -> String {
        let offset = match self.random.below(24) {
            0 if self.wide => self.pick(&FAR),
            _ => self.pick(&OFFSETS).into(),
        };
        format!("({instruction} offset={offset} {} {operands})", self.widened(address))
    }

    /// An address of the memory's width, of an i32. Local 9 is an i64.
    fn widened(&mut self, address: &str) -> String {
        if !self.wide {
            return address.to_string();
        }
        match self.random.below(8) {
            0 => "(local.get 9)".to_string(),
            1 => format!("(local.tee 9 (i64.extend_i32_u {address}))"),
            2 => format!("(i64.extend_i32_s {address})"),
            3 => {
                format!("(i64.or (i64.extend_i32_u {address}) (i64.const {}))", self.pick(&FAR).cast_signed())
            }
            _ => format!("(i64.extend_i32_u {address})"),
        }
    }

    /// An instruction that takes a range.
    fn bulk(&mut self) -> String {
        let [to, from, value] = [0; 3].map(|_| self.address(1));
        let to = self.widened(&to);
        let length = self.pick(&[0, 1, 7, PAGE - 1, PAGE, PAGE + 8, 2 * PAGE, u32::MAX]).cast_signed();
        let (long, short) = (self.widened(&format!("(i32.const {length})")), self.random.below(12));
        match self.random.below(3) {
            0 => format!("(memory.fill {to} {value} {long})\n"),
            1 => format!("(memory.copy {to} {} {long})\n", self.widened(&from)),
            _ => format!(
                "(memory.init $passive {to} (i32.const {}) (i32.const {short}))\n",
                self.random.below(3)
            ),
        }
    }

    fn statements(&mut self, depth: usize) -> String {
        (0..1 + self.random.below(5)).map(|_| self.statement(depth)).collect()
    }

    fn statement(&mut self, depth: usize) -> String {
        let local = 2 + self.random.below(3);
        match self.random.below(if depth == 0 { 6 } else { 10 }) {
            0 => format!("(local.set {local} {})\n", self.value(2)),
            1 => format!("(local.set {local} (i32.and {} (i32.const 0xfffc)))\n", self.value(1)),
            2 | 3 => {
                let load = self.pick(&LOADS);
                let of = self.address(1);
                summed(&self.access(load, &of, ""))
            }
            4 => {
                let store = self.pick(&STORES);
                let (address, value) = (self.address(1), self.value(1));
                self.access(store, &address, &value) + "\n"
            }
            5 => match self.random.below(10) {
                0 if self.place == Place::Growing => {
                    let more = self.pick(&[0, 1, 1, 2, u32::MAX]).cast_signed();
                    summed(&narrow(
                        self.wide,
                        &format!("(memory.grow {})", self.widened(&format!("(i32.const {more})"))),
                    ))
                }
                1 => {
                    let (address, value) = (self.address(1), self.value(1));
                    self.access("i64.store", &address, &format!("(i64.extend_i32_u {value})")) + "\n"
                }
                2 => {
                    let (address, value) = (self.address(1), self.value(1));
                    self.access("f64.store", &address, &format!("(f64.convert_i32_u {value})")) + "\n"
                }
                8 => self.bulk(),
                9 => summed(&narrow(self.wide, "(memory.size)")),
                3 | 4 => self.now_and_then(),
                _ => self.members(),
            },
            6 => {
                let condition = self.value(1);
                let (then, other) = (self.statements(depth - 1), self.statements(depth - 1));
                format!("(if {condition} (then {then}) (else {other}))\n")
            }
            7 => {
                let (before, condition) = (self.statements(depth - 1), self.value(1));
                let after = self.statements(depth - 1);
                format!("(block {before} (br_if 0 {condition}) {after})\n")
            }
            8 => {
                // Rounds are counted in a local that nothing else writes.
                let counter = 5 + depth;
                let body = self.statements(depth - 1);
                format!(
                    "(local.set {counter} (i32.const 3)) (loop {body}
                      (br_if 0 (local.tee {counter} (i32.sub (local.get {counter}) (i32.const 1)))))\n"
                )
            }
            _ => format!("(if {} (then (return (local.get 5))))\n", self.value(1)),
        }
    }

    /// A local that is small, and large on one of the ways that lead to where it is used.
    fn now_and_then(&mut self) -> String {
        let (local, parameter) = (2 + self.random.below(3), self.random.below(2));
        let mask = self.pick(&[0xff, 0xfffc]);
        let small = format!("(local.set {local} (i32.and {} (i32.const {mask})))", self.value(1));
        let large = format!("(local.set {local} (local.get {parameter}))");
        let load = summed(&self.access("i32.load", &format!("(local.get {local})"), ""));
        let condition = self.value(1);
        match self.random.below(4) {
            0 => format!("{large} (if {condition} (then {small})) {load}\n"),
            1 => format!("{large} (if {condition} (then {small}) (else (nop))) {load}\n"),
            2 => format!("{large} (block (br_if 0 {condition}) {small}) {load}\n"),
            _ => format!(
                "{small} (local.set 8 (i32.const 2))
                  (loop {load} {large} (br_if 0 (local.tee 8 (i32.sub (local.get 8) (i32.const 1)))))\n"
            ),
        }
    }

    /// What two locals point to, member by member; now and then one of them is set, or something is stored.
    fn members(&mut self) -> String {
        let locals = [self.random.below(5), 2 + self.random.below(3)];
        // With 64 bits, through a local of its own, which is set once.
        let wide = self.wide;
        let pointer = |at: usize| match wide {
            true if at == locals[0] => "(local.get 9)".to_string(),
            true => format!("(i64.extend_i32_u (local.get {at}))"),
            false => format!("(local.get {at})"),
        };
        let set = match wide {
            true => format!("(local.set 9 (i64.extend_i32_u (local.get {})))\n", locals[0]),
            false => String::new(),
        };
        let member = |writer: &mut Writer| {
            let (at, offset) = (writer.pick(&locals), writer.random.below(40));
            match writer.random.below(8) {
                0 => format!("(local.set {} (i32.add (local.get {at}) (i32.const 4)))\n", locals[1]),
                1 => format!("(i32.store offset={offset} {} (local.get 5))\n", pointer(at)),
                _ => summed(&format!("(i32.load offset={offset} {})", pointer(at))),
            }
        };
        set + &(0..8).map(|_| member(self)).collect::<String>()
    }

    fn functions(&mut self) -> String {
        let mut text = String::new();
        for nth in 0..FUNCTIONS {
            let body = self.statements(2);
            let _ = write!(
                text,
                "(func (export \"f{nth}\") (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 i32 i32 i64)
                  {body} (local.get 5))"
            );
        }
        text
    }
}

/// Pages as an i32.
fn narrow(wide: bool, pages: &str) -> String {
    if wide { format!("(i32.wrap_i64 {pages})") } else { pages.to_string() }
}

/// Takes an i32 into the sum that a function gives back.
fn summed(value: &str) -> String {
    format!("(local.set 5 (i32.add {value} (i32.mul (local.get 5) (i32.const 31))))\n")
}

/// Functions `f0` and so on, of two parameters, and a memory.
struct Program {
    place: Place,
    wide: bool,
    module: String,
}

impl Program {
    fn new(place: Place, wide: bool, functions: &str) -> Program {
        let maximum = if place == Place::Growing { "3" } else { "" };
        let (ty, index, load) = if wide { ("i64", "i64", "i64.load32_u") } else { ("i32", "", "i32.load") };
        let grow = match place {
            Place::Growing => {
                let grown = narrow(wide, &format!("(memory.grow ({ty}.const 1))"));
                format!("(func (export \"grow\") (result i32) {grown})")
            }
            _ => String::new(),
        };
        let module = format!(
            "(memory (export \"memory\") {index} 1 {maximum})
             (data ({ty}.const 0) \"\\10\\00\\00\\00 begin\") (data ({ty}.const 65528) \"the end.\")
             (data $passive \"passive\")
             (func (export \"where\") (result {ty}) ({load} ({ty}.const 60)))
             {functions} {grow})"
        );
        Program { place, wide, module }
    }

    /// The program between two others' memories, of which one is last unless the program's is.
    fn component(&self, functions: usize) -> String {
        let loads = match self.place {
            Place::Open => "(drop (memory.size))".to_string(),
            _ if self.wide => "(local.set 0 (i32.load (i64.extend_i32_u (local.get 0))))".repeat(400),
            _ => "(local.set 0 (i32.load (local.get 0)))".repeat(400),
        };
        let (ty, index) = if self.wide { ("i64", "i64") } else { ("i32", "") };
        let mut text = format!(
            "(component (core module $program {}
              (core module $other (memory {index} 1) (data ({ty}.const 0) \"{}\")
                (func (export \"f\") (param i32) (result i32) {loads} (local.get 0)))
              (core instance $before (instantiate $other))
              (core instance $program (instantiate $program))
              (core instance $behind (instantiate $other))
              (func (export \"read\") (result (list u8))
                (canon lift (core func $program \"where\") (memory $program \"memory\")))",
            self.module,
            "neighbour".repeat(20),
        );
        let u32s = "(param \"a\" u32) (param \"b\" u32) (result u32)";
        for nth in 0..functions {
            let _ = write!(
                text,
                "(func (export \"f{nth}\") {u32s} (canon lift (core func $program \"f{nth}\")))"
            );
        }
        if self.place == Place::Growing {
            text += "(func (export \"grow\") (result u32) (canon lift (core func $program \"grow\")))";
        }
        for name in ["before", "behind"] {
            let _ = write!(
                text,
                "(func (export \"{name}\") (param \"a\" u32) (result u32) (canon lift (core func ${name} \"f\")))"
            );
        }
        text + ")"
    }
}

/// A core module that runs, and where the program's memory is in its memory.
struct Running {
    store: Store<()>,
    instance: Instance,
    memory: CoreMemory,
    place: place::Place,
    /// All bytes before the first call.
    before: Vec<u8>,
}

impl Running {
    fn new(module: &Module, memories: &[PlacedMemory]) -> Result<Running> {
        let mut store = Store::new(engine(), ());
        let instance = Instance::new(&mut store, module, &[]).map_err(told)?;
        let mut export = |name: &str| instance.get_export(&mut store, name);
        let place = place::Place::of("memory", memories, &mut export).context("no memory")?;
        let memory = instance.get_memory(&mut store, "memory").context("no memory")?;
        let before = memory.data(&store).to_vec();
        Ok(Running { store, instance, memory, place, before })
    }

    /// The bytes of the program's memory. Errors: one outside of it has changed.
    fn own(&mut self) -> Result<Vec<u8>> {
        let range = self.place.range(&mut self.store);
        let all = self.memory.data(&self.store);
        let outside = |bytes: &[u8]| {
            let behind = bytes.get(range.end..).unwrap_or_default();
            [&bytes[..range.start], behind].concat()
        };
        ensure!(outside(all) == outside(&self.before), "a byte outside of the window has changed");
        Ok(all[range].to_vec())
    }

    fn call(&mut self, nth: usize, (a, b): (u32, u32)) -> Result<Result<i32, Reason>> {
        let name = format!("f{nth}");
        let function =
            self.instance.get_typed_func::<(i32, i32), i32>(&mut self.store, &name).map_err(told)?;
        let result = function.call(&mut self.store, (a.cast_signed(), b.cast_signed()));
        Ok(result.map_err(|error| Reason::of(&error)))
    }
}

/// A function, and its two arguments.
type Call = (usize, (u32, u32));

/// Makes calls of functions; how many have returned, and how many have trapped.
fn compare(program: &Program, functions: usize, options: &Options, calls: &[Call]) -> Result<[usize; 2]> {
    let alone = Module::new(engine(), format!("(module {}", program.module)).map_err(told)?;
    let inputs = [Input::new("program", program.component(functions))];
    let explained = meld_fuser::fuse(inputs.to_vec(), options.clone())?.explanation;
    let words = match program.place {
        Place::Open => "open at its end",
        Place::Fixed => "checked against a constant",
        Place::Growing => "checked against a global",
    };
    let note =
        explained.iter().find(|note| note.optimization == "windows" && note.place.ends_with("program"));
    ensure!(note.is_some_and(|note| note.what.contains(words)), "not {words}: {explained:?}");
    let bytes = fused::fuse(&inputs, options)?;
    let boundary = read_boundary(&bytes)?;
    ensure!(boundary.memories.len() == 1, "not one memory at the boundary: {:?}", boundary.memories);
    let fused = Module::new(engine(), &bytes).map_err(told)?;

    let start = || anyhow::Ok((Running::new(&alone, &[])?, Running::new(&fused, &boundary.memories)?));
    let (mut one, mut other) = start()?;
    let mut ran = [0; 2];
    for (nth, arguments) in calls.iter().copied() {
        let (expected, got) = (one.call(nth, arguments)?, other.call(nth, arguments)?);
        ensure!(expected == got, "f{nth}{arguments:?}: {expected:?}, but fused {got:?}");
        ensure!(one.own()? == other.own()?, "f{nth}{arguments:?}: other bytes ({expected:?})");
        ran[usize::from(expected.is_err())] += 1;
        if expected.is_err() {
            (one, other) = start()?;
        }
    }
    Ok(ran)
}

fn options(optimizations: Optimizations) -> Options {
    Options { memory: Memory::Single, explain: true, optimizations, ..Options::default() }
}

fn check(seed: u64) -> Result<[usize; 2]> {
    let place = [Place::Open, Place::Fixed, Place::Growing][(seed % 3) as usize];
    let wide = seed / 3 % 3 == 2;
    let mut writer = Writer { random: Random::new(seed), place, wide };
    let program = Program::new(place, wide, &writer.functions());
    let calls = (0..CALLS).map(|_| (writer.random.below(FUNCTIONS), (writer.number(), writer.number())));
    let optimizations = if seed.is_multiple_of(5) { Optimizations::none() } else { Optimizations::all() };
    compare(&program, FUNCTIONS, &options(optimizations), &calls.collect::<Vec<_>>())
}

#[test]
fn random_functions_do_the_same_in_windows() -> Result<()> {
    let programs = std::env::var("MELD_WINDOWS").ok().and_then(|n| n.parse().ok()).unwrap_or(PROGRAMS);
    let (mut ran, mut wrong) = ([0; 2], Vec::new());
    for seed in 0..programs {
        match check(seed) {
            Ok(more) => ran = [ran[0] + more[0], ran[1] + more[1]],
            Err(error) => wrong.push(format!("seed {seed}: {error:#}")),
        }
    }
    wrong.sort_by_key(String::len);
    ensure!(wrong.is_empty(), "{} of {programs}: {:#?}", wrong.len(), &wrong[..wrong.len().min(5)]);
    // Neither end alone tells anything.
    ensure!(ran.iter().all(|count| *count > programs as usize), "{ran:?}");
    Ok(())
}

/// One address first, so many others behind another address, and the first one again: more than is remembered.
#[test]
fn what_is_checked_stays_checked_up_to_where_it_was() -> Result<()> {
    let load = |local: usize, offset: usize| format!("(i32.load8_u offset={offset} (local.get {local}))");
    let others: String = (1..36).map(|offset| format!("{} i32.add ", load(1, offset))).collect();
    let body = format!("{} {others} {} i32.add", load(0, 100), load(0, 3));
    let functions = format!("(func (export \"f0\") (param i32 i32) (result i32) {body})");
    let edges = [0, 65435, 65436, 65532, 65533, 65536, u32::MAX];
    let calls: Vec<Call> = edges.iter().flat_map(|one| edges.map(|other| (0, (*one, other)))).collect();
    for place in [Place::Fixed, Place::Growing] {
        let ran =
            compare(&Program::new(place, false, &functions), 1, &options(Optimizations::all()), &calls)?;
        ensure!(ran.iter().all(|count| *count > 0), "{ran:?}");
    }
    Ok(())
}
