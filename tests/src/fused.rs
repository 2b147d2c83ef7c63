//! Fusing, with what must hold for every output. In: inputs. Out: bytes that are valid and were
//! made twice, alike; after an optimiser, if there is one. Not its job: running them.

use crate::features;
use crate::optimiser;
use crate::reading::reading;
use anyhow::{Context, Result, bail, ensure};
use meld_fuser::{Code, Error, Input, Inspection, Memory, Optimizations, Options, OutputKind, Wasi};

/// Both kinds of output.
pub const KINDS: [OutputKind; 2] = [OutputKind::Component, OutputKind::CoreModule];

/// Fuses; an error of meld's is an error, `Internal` ones and invalid outputs as well.
pub fn fuse(inputs: &[Input], options: &Options) -> Result<Vec<u8>> {
    let bytes = meld_fuser::fuse(inputs.to_vec(), options.clone())
        .map_err(|e| anyhow::anyhow!("{}", show(&e)))?
        .bytes;
    let is_component = wasmparser::Parser::is_component(&bytes);
    ensure!(is_component == (options.output == OutputKind::Component), "the other kind of output");
    features::validate(&bytes)?;
    let again = meld_fuser::fuse(inputs.to_vec(), options.clone())?.bytes;
    ensure!(bytes == again, "fusing twice gives two outputs");
    if !is_component {
        wraps_alike(inputs, options, &bytes)?;
    }
    if is_component {
        let input = match inputs {
            [input] if !options.composing.is_needed(1) => wat::parse_bytes(&input.bytes)?.into_owned(),
            _ => meld_fuser::compose(inputs.to_vec(), options.composing.clone())?,
        };
        read_alike(&input, &bytes)?;
    }
    optimiser::between(inputs, options, bytes)
}

/// Errors unless wrapping the core module `core` gives what fusing to a component gives, or both are refused.
fn wraps_alike(inputs: &[Input], options: &Options, core: &[u8]) -> Result<()> {
    let wrapped = meld_fuser::wrap(Input::new("the fused module", core));
    let options = Options { output: OutputKind::Component, ..options.clone() };
    let component = match (options.wasi, options.memory) {
        (Wasi::AsImported, Memory::Multi) => meld_fuser::fuse(inputs.to_vec(), options),
        // Such a module may carry nothing of a component, and where it does, may differ from what is in one.
        _ => return wrapped.map_or_else(no_defect, |component| features::validate(&component)),
    };
    match (wrapped, component) {
        (Ok(wrapped), Ok(component)) => {
            ensure!(wrapped == component.bytes, "wrapping gives another component")
        }
        (Err(error), Err(_)) => no_defect(error)?,
        (Ok(_), Err(error)) => bail!("it can be wrapped, and not fused to a component: {}", show(&error)),
        (Err(error), Ok(_)) => bail!("it can be fused to a component, and not wrapped: {}", show(&error)),
    }
    Ok(())
}

fn no_defect(error: Error) -> Result<()> {
    ensure!(error.code != Code::Internal, "{}", show(&error));
    Ok(())
}

/// Errors unless the imports and exports of both components read alike, to the validator and as WIT.
pub fn read_alike(original: &[u8], fused: &[u8]) -> Result<()> {
    let (expected, found) = (reading(original)?, reading(fused)?);
    let differ = expected.iter().zip(&found).find(|(expected, found)| expected != found);
    ensure!(differ.is_none(), "reads otherwise: {differ:#?}");
    ensure!(expected.len() == found.len(), "has other imports or exports: {expected:#?}, {found:#?}");
    let (expected, found) = (wit(original)?, wit(fused)?);
    ensure!(expected.wit == found.wit, "the WIT was\n{}\nand is\n{}", expected.wit, found.wit);
    ensure!(expected.wit_refused.is_some() == found.wit_refused.is_some(), "{:?}", found.wit_refused);
    Ok(())
}

fn wit(component: &[u8]) -> Result<Inspection> {
    meld_fuser::inspect(&Input::new("a component", component)).context("what does it import and export?")
}

/// Both kinds with all optimisations, with as many memories as there are and with one, and one setting that is
/// drawn.
pub fn drawn(inputs: &[Input]) -> Vec<Options> {
    let all = KINDS.map(|output| Options { output, ..Options::default() });
    all.iter().cloned().chain(all.iter().map(single)).chain([draw(inputs)]).collect()
}

/// Both kinds with all optimisations and with none, with one memory too, and each optimisation skipped once,
/// with the kinds by turns: so that a case about one of them runs with it and without it.
pub fn each_skipped() -> Vec<Options> {
    let both = |optimizations| KINDS.map(|output| Options { output, optimizations, ..Options::default() });
    let ends = both(Optimizations::all()).into_iter().chain(both(Optimizations::none()));
    let ends: Vec<Options> = ends.collect();
    let skipped = Optimizations::LIST.iter().map(|(name, _)| without(name));
    let by_turns = KINDS.into_iter().cycle().zip(skipped);
    let by_turns =
        by_turns.map(|(output, optimizations)| Options { output, optimizations, ..Options::default() });
    ends.iter().cloned().chain(ends.iter().map(single)).chain(by_turns).collect()
}

fn single(options: &Options) -> Options {
    Options { memory: Memory::Single, ..options.clone() }
}

/// A setting that follows from the inputs: no optimisation at all, or all but one.
fn draw(inputs: &[Input]) -> Options {
    let bytes = inputs.iter().flat_map(|input| &input.bytes);
    let hash = bytes.fold(0usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let names = Optimizations::LIST;
    let optimizations = match names.get(hash / 2 % (names.len() + 1)) {
        None => Optimizations::none(),
        Some((name, _)) => without(name),
    };
    Options { output: KINDS[hash % 2], optimizations, ..Options::default() }
}

/// Whether the inputs can be fused so: one memory takes none that is shared, none with 64-bit addresses among others
/// without, and in a component those of the host's values have 32 bits.
/// Errors: such memories are not refused as that, or others are.
pub fn is_possible(inputs: &[Input], options: &Options) -> Result<bool> {
    if options.memory == Memory::Multi {
        return Ok(true);
    }
    let Err(error) = meld_fuser::fuse(inputs.to_vec(), options.clone()) else { return Ok(true) };
    if !error.message.contains("among those that become one") {
        return Ok(true);
    }
    ensure!(error.code == Code::Unsupported, "{}", show(&error));
    let (mut shared, mut wide, mut narrow) = (false, false, options.output == OutputKind::Component);
    for input in inputs {
        for payload in wasmparser::Parser::new(0).parse_all(&wat::parse_bytes(&input.bytes)?) {
            if let wasmparser::Payload::MemorySection(section) = payload? {
                for memory in section {
                    let memory = memory?;
                    shared |= memory.shared;
                    wide |= memory.memory64;
                    narrow |= !memory.memory64;
                }
            }
        }
    }
    ensure!(shared || wide && narrow, "{}", show(&error));
    Ok(false)
}

fn without(name: &str) -> Optimizations {
    let mut optimizations = Optimizations::all();
    *optimizations.get_mut(name).expect("its switch") = false;
    optimizations
}

/// One input, and no option but the kind.
pub fn fuse_one(name: &str, bytes: &[u8], output: OutputKind) -> Result<Vec<u8>> {
    fuse(&[Input::new(name, bytes)], &Options { output, ..Options::default() })
}

/// All that an error says.
pub fn show(error: &Error) -> String {
    let code = if error.code == Code::Internal { "INTERNAL" } else { error.code.name() };
    let path = error.path.join(" / ");
    format!("[{code}] {error} at {path}; hint: {}", error.hint.as_deref().unwrap_or("none"))
}
