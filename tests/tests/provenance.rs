//! Where a result says that it came from is where it came from: each function's name in the input, at the place
//! that `meld:provenance` tells, is its name in the result; and what it tells is enough to make it again.

use anyhow::{Context, Result, ensure};
use meld_fuser::{Code, Composing, Input, Memory, Options, OutputKind, WacSource, Wasi};
use meld_tests::{compose, fused, guests, wasi_program};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use wasmparser::{BinaryReader, Name, NameSectionReader, Parser, Payload, TypeRef};

/// What is read of a core module.
#[derive(Default)]
struct Module<'m> {
    imported: u32,
    functions: u32,
    code: &'m [u8],
    names: HashMap<u32, &'m str>,
    provenance: Option<Value>,
}

/// The core module that begins at `offset` of a component.
fn core_module_at(component: &[u8], offset: usize) -> Result<&[u8]> {
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::ModuleSection { unchecked_range: range, .. } = payload?
            && range.start as usize == offset
        {
            return Ok(&component[offset..range.end as usize]);
        }
    }
    anyhow::bail!("no core module begins at {offset}")
}

/// What there is to read of a core module.
fn module(bytes: &[u8]) -> Result<Module<'_>> {
    let mut found = Module::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    found.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionStart { count, range, .. } => {
                found.functions = count;
                found.code = &bytes[range.start as usize..range.end as usize];
            }
            Payload::CustomSection(section) if section.name() == "name" => {
                for names in NameSectionReader::new(BinaryReader::new(section.data(), 0)) {
                    if let Name::Function(map) = names? {
                        for naming in map {
                            let naming = naming?;
                            found.names.insert(naming.index, naming.name);
                        }
                    }
                }
            }
            Payload::CustomSection(section) if section.name() == "meld:provenance" => {
                ensure!(found.provenance.is_none(), "two sections");
                found.provenance = Some(serde_json::from_slice(section.data())?);
            }
            _ => {}
        }
    }
    Ok(found)
}

/// The core modules right inside a component; of a core module, itself.
fn core_modules(bytes: &[u8]) -> Result<Vec<&[u8]>> {
    if Parser::is_core_wasm(bytes) {
        return Ok(vec![bytes]);
    }
    let mut modules = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::ModuleSection { unchecked_range: range, .. } = payload? {
            modules.push(&bytes[range.start as usize..range.end as usize]);
        }
    }
    Ok(modules)
}

/// Base 64 VLQ.
fn numbers(text: &str) -> Result<Vec<i64>> {
    let (mut numbers, mut number, mut shift) = (Vec::new(), 0i64, 0);
    for c in text.bytes() {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        number += i64::from(digit & 31) << shift;
        shift += 5;
        if digit < 32 {
            numbers.push(if number & 1 == 1 { -(number >> 1) } else { number >> 1 });
            (number, shift) = (0, 0);
        }
    }
    ensure!(shift == 0, "the last number has no end");
    Ok(numbers)
}

fn index(value: &Value) -> Result<usize> {
    Ok(usize::try_from(value.as_u64().context("a number")?)?)
}

/// Checks all that the result says against the inputs; how many functions are of each input, and how many generated.
fn check(inputs: &[Input], result: &[u8]) -> Result<(Vec<usize>, usize)> {
    let modules = core_modules(result)?;
    let bytes = modules.iter().find(|bytes| module(bytes).is_ok_and(|module| module.provenance.is_some()));
    let bytes = *bytes.context("no core module tells where it came from")?;
    let result = module(bytes)?;
    let told = result.provenance.context("the section")?;
    ensure!(told["version"] == 1 && told["meld"]["version"] == env!("CARGO_PKG_VERSION"));
    for (input, told) in inputs.iter().zip(told["inputs"].as_array().context("inputs")?) {
        ensure!(told["name"] == *input.name && told["bytes"] == input.bytes.len() as u64);
        ensure!(told["sha256"] == format!("{:x}", Sha256::digest(&input.bytes)));
    }
    let functions = &told["functions"];
    ensure!(functions["count"] == result.functions);
    ensure!(functions["code-sha256"] == format!("{:x}", Sha256::digest(result.code)));
    let origins = functions["origins"].as_str().context("origins")?;
    ensure!(
        origins.len() <= 8 * result.functions as usize,
        "{} bytes for {}",
        origins.len(),
        result.functions
    );
    let mut numbers = numbers(origins)?.into_iter();

    let (mut of_inputs, mut generated) = (vec![0; inputs.len()], 0);
    let (mut source, mut last) = (0, HashMap::<i64, i64>::new());
    let mut read = HashMap::new();
    for nth in 0..result.functions {
        source += numbers.next().context("a source")?;
        let at = last.entry(source).or_default();
        *at += numbers.next().context("an index")?;
        let name = result.names.get(&(result.imported + nth)).copied();
        if source == 0 {
            let what = functions["generated"][usize::try_from(*at)?].as_str().context("a name")?;
            // Of what runs beside the guests, some functions have no name.
            let unnamed = name.is_none() && ["handles", "scheduler", "transcode"].contains(&what);
            ensure!(name == Some(what) || unnamed, "{name:?} is told as {what}");
            generated += 1;
            continue;
        }
        let instance = &told["instances"][usize::try_from(source - 1)?];
        let number = index(&instance["module"])?;
        let of = &told["modules"][number];
        // What meld adds is not at hand.
        let Some(input) = of.get("input") else { continue };
        let input = index(input)?;
        of_inputs[input] += 1;
        let module = match read.get(&number) {
            Some(module) => module,
            None => {
                let bytes = core_module_at(&inputs[input].bytes, index(&of["offset"])?)?;
                read.entry(number).or_insert(module(bytes)?)
            }
        };
        let original = module.names.get(&u32::try_from(*at)?).copied();
        let label = instance["name"].as_str().context("a label")?;
        let expected = original.map(|original| format!("{label}!{original}"));
        ensure!(expected.as_deref() == name, "{name:?} is told as {expected:?}");
    }
    ensure!(numbers.next().is_none(), "more numbers than functions");
    let memories = told["memories"].as_array().context("memories")?;
    for memory in memories {
        ensure!(memory.get("instance").is_none_or(|of| of.as_u64().is_some()));
    }
    Ok((of_inputs, generated))
}

fn inputs(case: &guests::Case) -> Vec<Input> {
    case.parts.iter().rev().map(|part| Input::new(part.role.clone(), part.bytes.clone())).collect()
}

fn options(output: OutputKind) -> Options {
    Options { output, names: true, provenance: true, ..Options::default() }
}

/// Options of every kind, for inputs that a document composes.
fn all_options(case: &guests::Case) -> Result<Vec<Options>> {
    let parts: Vec<_> = case.parts.iter().map(|part| (part.role.as_str(), part.bytes.as_slice())).collect();
    let wac = Some(WacSource { name: "how.wac".into(), text: compose::document(&parts)? });
    let mut all = Vec::new();
    for output in [OutputKind::CoreModule, OutputKind::Component] {
        for memory in [Memory::Multi, Memory::Single] {
            let composing = Composing { wac: wac.clone(), ..Composing::default() };
            all.push(Options { memory, composing, ..options(output) });
        }
        let mut none = options(output);
        none.optimizations.unreachable = false;
        none.composing.in_order = true;
        all.push(none);
    }
    Ok(all)
}

#[test]
fn every_function_of_the_guests() -> Result<()> {
    for name in ["lists", "resource-methods", "async-calls"] {
        let case = guests::case(name)?;
        let inputs = inputs(&case);
        for options in all_options(&case)? {
            let result = fused::fuse(&inputs, &options)?;
            let (of_inputs, generated) =
                check(&inputs, &result).with_context(|| format!("{name}: {options:?}"))?;
            ensure!(generated > 0 && of_inputs.iter().all(|count| *count > 0), "{name}: {of_inputs:?}");
            meld_fuser::verify(inputs.clone(), Input::new("fused", result))?;
        }
    }
    Ok(())
}

#[test]
fn a_program_on_the_platform() -> Result<()> {
    let inputs = [Input::new("files", wasi_program::program("files")?)];
    let options = Options { wasi: Wasi::Preview1, memory: Memory::Single, ..options(OutputKind::CoreModule) };
    let result = fused::fuse(&inputs, &options)?;
    let (of_inputs, generated) = check(&inputs, &result)?;
    ensure!(generated > 0 && of_inputs[0] > 0);
    let told = module(&result)?.provenance.context("the section")?;
    let added = told["modules"].as_array().context("modules")?.iter().filter_map(|of| of["added"].as_str());
    let added: BTreeSet<_> = added.collect();
    assert_eq!(added, BTreeSet::from(["the start of WASI 0.1", "the platform of WASI 0.1"]));
    meld_fuser::verify(inputs.to_vec(), Input::new("fused", result))?;
    Ok(())
}

#[test]
fn another_input_or_result_is_found_out() -> Result<()> {
    let case = guests::case("lists")?;
    let inputs = inputs(&case);
    let options = &all_options(&case)?[0];
    let result = fused::fuse(&inputs, options)?;
    let refused = |inputs: &[Input], result: &[u8], code: Code, words: &str| {
        let error = meld_fuser::verify(inputs.to_vec(), Input::new("fused", result)).expect_err(words);
        assert!(error.code == code && error.message.contains(words), "{words}: {error:?}");
    };
    // Names do not count, only what the inputs are.
    let elsewhere: Vec<Input> = inputs.iter().map(|input| Input::new("x", input.bytes.clone())).collect();
    meld_fuser::verify(elsewhere, Input::new("fused", result.clone()))?;

    let mut other = inputs.clone();
    other[1].bytes.extend([0, 2, 1, b'x']);
    refused(&other, &result, Code::Invalid, "input 2 is another");
    refused(&inputs[1..], &result, Code::Invalid, "it came from");
    refused(
        &inputs,
        &fused::fuse(&inputs, &Options { provenance: false, ..options.clone() })?,
        Code::Unsupported,
        "no section",
    );

    // A byte of the code, and one behind it.
    let code = module(&result)?.code;
    let place = code.as_ptr() as usize - result.as_ptr() as usize + code.len() - 1;
    let mut changed = result.clone();
    changed[place] ^= 1;
    refused(&inputs, &changed, Code::Invalid, "its code has been changed");
    let mut longer = result.clone();
    longer.extend([0, 2, 1, b'x']);
    refused(&inputs, &longer, Code::Invalid, "differs from byte");
    Ok(())
}
