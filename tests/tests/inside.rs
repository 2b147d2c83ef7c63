//! Bad input inside the component: target/meld.wasm in wasmtime, as the native command runs it. A panic
//! is a trap there, and so is whatever hangs or takes more memory than docs/LIMITS.md says. Nothing
//! may trap, nothing may end in `internal`, and what is not refused must be valid.

use meld_tests::items::items;
use meld_tests::random::Random;
use meld_tests::sandbox::{Error, OutputKind, Running, Said, Sandbox};
use meld_tests::shapes::{Made, Shape, Way};
use meld_tests::{features, generated, guests, hostile, mutate, smith};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

/// Mutations, of all seeds together.
const MUTATIONS: usize = 30_000;

/// The bound in docs/LIMITS.md: a fixed part, so many times the bytes that go in and come out, and so many
/// bytes for each item that the input defines and each step of instantiation.
const FIXED: usize = 17 << 20;
const TIMES: usize = 16;
const EACH: usize = 512;
/// Where inputs are composed first: each import and export is in an input, in wac's graph and in the composition.
const EACH_COMPOSED: usize = 4096;
/// The most steps that there may be, for inputs that instantiate one thing many times.
const STEPS: usize = 2_000_000;

/// The largest input and output of a shape that `shapes` feeds: larger ones take the time of all else.
const LARGEST_SHAPE: usize = 400_000;

/// A seed of ordinary size, so that the mutations of one do not take the time of all.
const LARGEST: usize = 100_000;

fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::new().expect("target/meld.wasm"))
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Real components: fixtures and guests, and generated ones.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let fixtures = std::fs::read_dir(here("cases/wat")).expect("the fixtures");
    let mut paths: Vec<PathBuf> = fixtures.map(|entry| entry.expect("a fixture").path()).collect();
    paths.sort();
    seeds.extend(paths.iter().map(|path| wat::parse_file(path).expect("a fixture")));
    let case = guests::case("resource-borrows").expect("the guests");
    seeds.extend(case.parts.into_iter().map(|part| part.bytes));
    for seed in 1..=20 {
        let text = generated::text(&generated::bytes(seed)).expect("a composition");
        seeds.push(wat::parse_str(text).expect("a composition"));
        seeds.push(smith::component(&smith::bytes(seed)).expect("a component"));
    }
    seeds.retain(|seed| seed.len() <= LARGEST);
    seeds
}

/// What the fuser may do with any input.
fn check(said: &Said) -> Result<(), String> {
    match said {
        Ok(fused) => features::validate(fused).map_err(|error| format!("the output is not valid: {error:#}")),
        Err(Error::Internal(diagnostic)) => Err(format!("internal: {diagnostic:?}")),
        Err(_) => Ok(()),
    }
}

/// Has it do so; `what` names the input in a failure. Gives the size of what comes out.
fn feed(
    running: &mut Running,
    what: &str,
    bytes: &[u8],
    output: OutputKind,
    names: bool,
) -> Result<Option<usize>, String> {
    let keep = |why: String| {
        let path = std::env::temp_dir().join("meld-bad-input.wasm");
        let _ = std::fs::write(&path, bytes);
        format!("{what}, kept in {}: {why}", path.display())
    };
    fused(running, &one(bytes), output, names).map_err(keep)
}

fn one(bytes: &[u8]) -> Made {
    Made { inputs: vec![bytes.to_vec()], ..Made::default() }
}

fn fused(
    running: &mut Running,
    made: &Made,
    output: OutputKind,
    names: bool,
) -> Result<Option<usize>, String> {
    let said = running.fuse_all(made, output, names).map_err(|trapped| trapped.0)?;
    check(&said)?;
    Ok(said.ok().map(|fused| fused.len()))
}

/// Runs a job for each number on all processors.
fn share(count: usize, job: impl Fn(usize, &mut Running) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // Instances keep their memory: the largest input decides.
    let most = FIXED + 2 * TIMES * LARGEST;
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut running = sandbox().start(most).expect("an instance");
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    if nth >= count {
                        return;
                    }
                    job(nth, &mut running);
                }
            });
        }
    });
}

#[test]
fn mutations() {
    let seeds = seeds();
    let fused = AtomicUsize::new(0);
    share(MUTATIONS, |nth, running| {
        let mut random = Random::new(nth as u64 + 1);
        let seed = &seeds[nth % seeds.len()];
        let other = &seeds[random.below(seeds.len())];
        let bytes = mutate::mutant(seed, other, &mut random);
        let output = [OutputKind::Component, OutputKind::CoreModule][random.below(2)];
        let what = format!("mutation {nth}");
        let size = feed(running, &what, &bytes, output, random.below(4) == 0);
        if size.unwrap_or_else(|why| panic!("{why}")).is_some() {
            fused.fetch_add(1, Ordering::Relaxed);
        }
        if random.below(8) == 0 {
            let told = running.inspect(&bytes).unwrap_or_else(|trapped| panic!("{what}: {}", trapped.0));
            assert!(!matches!(told, Err(Error::Internal(_))), "{what}: {told:?}");
        }
    });
    let fused = fused.into_inner();
    println!("{MUTATIONS} mutations of {} seeds: {fused} are fused", seeds.len());
    // Refused at the door is nothing tested, and changing nothing neither.
    assert!(fused > MUTATIONS / 50 && fused < MUTATIONS * 3 / 4, "{fused}");
}

#[test]
fn cut_at_every_section() {
    let cuts: Vec<Vec<u8>> = seeds()
        .iter()
        .flat_map(|seed| {
            let boundaries = mutate::boundaries(seed);
            let step = boundaries.len().div_ceil(60);
            let cut = |at: usize| seed[..at.min(seed.len())].to_vec();
            boundaries
                .into_iter()
                .step_by(step)
                .flat_map(move |at| [cut(at), cut(at + 1)])
                .collect::<Vec<_>>()
        })
        .collect();
    println!("{} cuts", cuts.len());
    share(cuts.len(), |nth, running| {
        let size = feed(running, &format!("cut {nth}"), &cuts[nth], OutputKind::Component, false);
        size.unwrap_or_else(|why| panic!("{why}"));
    });
}

#[test]
fn hostile_ones() {
    let mut failures = Vec::new();
    for (name, bytes) in hostile::all() {
        for output in [OutputKind::Component, OutputKind::CoreModule] {
            failures.extend(bounded(&name, &one(&bytes), output, STEPS).err());
        }
        failures.extend(told(&name, &one(&bytes), STEPS).err());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Real ones, the largest of them the fuser itself.
#[test]
fn memory_is_bounded() {
    let mut inputs = seeds();
    inputs.push(std::fs::read(here("../target/meld.wasm")).expect("target/meld.wasm"));
    for (nth, bytes) in inputs.iter().enumerate() {
        let name = format!("input {nth}");
        bounded(&name, &one(bytes), OutputKind::Component, 0).unwrap_or_else(|why| panic!("{why}"));
    }
}

/// Where nearly all is code and data, the input is in memory, and the output, and what is known of each
/// function, but no second copy of anything.
#[test]
fn large_ones_take_less_than_three_times_their_size() {
    let bytes = large();
    for output in [OutputKind::CoreModule, OutputKind::Component] {
        let mut running = sandbox().start(3 * bytes.len()).expect("an instance");
        let size = feed(&mut running, "a large input", &bytes, output, false);
        let size = size.unwrap_or_else(|why| panic!("{why}")).expect("it is fused");
        println!("{} bytes in, {size} out, {} of memory", bytes.len(), running.memory());
        assert!(size > bytes.len() / 10 * 9, "{size}: most of it has been left out");
    }
}

/// A component of 20 MB: functions that call each other, and data.
fn large() -> Vec<u8> {
    const FUNCTIONS: usize = 20_000;
    let mut code = String::new();
    for function in 0..FUNCTIONS {
        code += &format!("(func $f{function} (result i32) (local i32)\n");
        for _ in 0..80 {
            let callee = (function + 1) % FUNCTIONS;
            code += &format!("(local.set 0 (i32.load offset=8 (i32.add (local.get 0) (call $f{callee}))))\n");
        }
        code += "local.get 0)\n";
    }
    let data = "x".repeat(1 << 20);
    let data: String = (0..4).map(|n| format!("(data (i32.const {}) \"{data}\")", n << 20)).collect();
    let text = format!(
        "(component (core module $m (memory 64) {data} {code} (export \"f\" (func $f0)))
            (core instance $i (instantiate $m))
            (func (export \"f\") (result u32) (canon lift (core func $i \"f\"))))"
    );
    wat::parse_str(text).expect("the text parses")
}

/// Whether so much memory is what docs/LIMITS.md promises.
fn held(name: &str, made: &Made, out: usize, memory: usize, steps: usize) -> Result<(), String> {
    let (bytes, items) = (made.bytes(), made.inputs.iter().map(|bytes| items(bytes)).sum::<usize>());
    let each = if made.composed() { EACH_COMPOSED } else { EACH };
    let bound = FIXED + TIMES * (bytes + out) + each * (items + steps);
    println!("{name}: {bytes} bytes in, {out} out, {memory} of memory, {bound} at most");
    match memory > bound {
        true => Err(format!("{name}: {memory} bytes of memory for {bytes} in and {out} out, not {bound}")),
        false => Ok(()),
    }
}

/// Each thing that a component, or inputs together, can have many of, twice as many each time, until it is refused or large.
/// `just limits` goes on to where it takes seconds.
#[test]
fn shapes() {
    let all: Vec<_> = meld_tests::shapes::all().collect();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(shape) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    shape.doubled(|way, n, made| {
                        let held = held_to(shape, way, n, made);
                        held.unwrap_or_else(|why| {
                            failures.lock().expect("no panic elsewhere").push(why);
                            false
                        })
                    });
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic elsewhere");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Whether it is done, and small enough for twice as much.
fn held_to(shape: &Shape, way: Way, n: usize, made: &Made) -> Result<bool, String> {
    let (name, steps) = (format!("{}: {n}, {way:?}", shape.name), shape.steps(n));
    let out = match way {
        Some(output) => bounded(&name, made, output, steps)?,
        None => told(&name, made, steps)?,
    };
    Ok(out.is_some_and(|out| out.max(made.bytes()) <= LARGEST_SHAPE))
}

/// Fuses in an instance of its own, with all names kept. Gives the size of what comes out.
fn bounded(name: &str, made: &Made, output: OutputKind, steps: usize) -> Result<Option<usize>, String> {
    let mut running = sandbox().start(2 << 30).map_err(|error| error.to_string())?;
    let out = fused(&mut running, made, output, true).map_err(|why| format!("{name}: {why}"))?;
    held(name, made, out.unwrap_or(0), running.memory(), steps)?;
    Ok(out)
}

/// The same for what is told about it.
fn told(name: &str, made: &Made, steps: usize) -> Result<Option<usize>, String> {
    let mut running = sandbox().start(2 << 30).map_err(|error| error.to_string())?;
    let told = running.tell(made).map_err(|trapped| format!("{name}: {}", trapped.0))?;
    if let Err(Error::Internal(diagnostic)) = &told {
        return Err(format!("{name}: {diagnostic:?}"));
    }
    let told = told.ok();
    held(name, made, told.unwrap_or(0), running.memory(), steps)?;
    Ok(told)
}
