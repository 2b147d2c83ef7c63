//! Programs on WASI 0.2 as they are, and on WASI 0.1 fused with meld's platform: output, exit status and files
//! are the same.

use anyhow::{Result, ensure};
use meld_fuser::{Code, Composing, Error, Input, Memory, Optimizations, Options, OutputKind, Wasi};
use meld_tests::engine::bare;
use meld_tests::fused;
use meld_tests::wasi_program::{End, Outcome, Start, program, run_component, run_module, run_module_on};
use std::sync::atomic::{AtomicI32, Ordering};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

fn on_preview1(inputs: &[Input]) -> Result<Vec<u8>> {
    with(inputs, Memory::Single)
}

fn with(inputs: &[Input], memory: Memory) -> Result<Vec<u8>> {
    fused::fuse(inputs, &Options { wasi: Wasi::Preview1, memory, ..Options::default() })
}

/// A program of tests/wasi by the names of its components.
fn inputs(names: &[&str]) -> Result<Vec<Input>> {
    names.iter().map(|name| Ok(Input::new(*name, program(name)?))).collect()
}

/// Runs a program of tests/wasi as it is, unfused, and fused with one memory and with several; what comes of it.
fn same(names: &[&str], start: &Start) -> Result<Outcome> {
    let inputs = inputs(names)?;
    let unfused = match inputs.as_slice() {
        [input] => run_component(&input.bytes, start)?,
        _ => run_component(&meld_fuser::compose(inputs.clone(), Composing::default())?, start)?,
    };
    for memory in [Memory::Single, Memory::Multi] {
        let module = with(&inputs, memory)?;
        let fused = run_module(&module, start)?;
        if unfused != fused {
            for (one, two) in unfused.output.lines().zip(fused.output.lines()).filter(|(one, two)| one != two)
            {
                println!("0.2: {one}\n0.1: {two}");
            }
        }
        ensure!(unfused.errors == fused.errors, "0.2: {}\n0.1: {}", unfused.errors, fused.errors);
        assert_eq!(unfused, fused, "{memory:?}");
    }
    Ok(unfused)
}

const FILES: &[(&str, &[u8])] = &[("here/is/a.txt", b"a file"), ("top", b"another"), ("empty", b"")];

#[test]
fn a_program_of_the_standard_library() -> Result<()> {
    let start = Start {
        arguments: &["one", "two words", "", "z\u{e4}hl"],
        variables: &[("NAME", "value"), ("EMPTY", ""), ("TWO", "a=b")],
        input: &[b"first line\n".as_slice(), &[b'x'; 200_000]].concat(),
        files: FILES,
    };
    let outcome = same(&["files"], &start)?;
    assert_eq!(outcome.end, End::Status(0), "{}", outcome.errors);
    assert!(outcome.output.contains("\nmany 300\n"));
    Ok(())
}

/// Files, standard input and the command in a component each, with resources between them.
const SPLIT: &[&str] = &["clerk", "desk", "shelf"];

#[test]
fn a_program_in_three_components() -> Result<()> {
    let input = [b"first line\n".as_slice(), &[b'x'; 50_000]].concat();
    for (argument, status) in [("done", 0), ("fail", 1)] {
        let arguments = &[argument, "two words"];
        let start = Start { arguments, variables: &[("NAME", "value")], input: &input, files: FILES };
        let outcome = same(SPLIT, &start)?;
        assert_eq!(outcome.end, End::Status(status), "{}\n{}", outcome.output, outcome.errors);
        assert!(outcome.output.contains("\nsizes Ok(50)\n"), "{}", outcome.output);

        let options = Options {
            wasi: Wasi::Preview1,
            memory: Memory::Single,
            optimizations: Optimizations::none(),
            ..Options::default()
        };
        let plain = run_module(&fused::fuse(&inputs(SPLIT)?, &options)?, &start)?;
        assert_eq!(plain, outcome, "without optimisations");
    }
    Ok(())
}

#[test]
fn exit_statuses() -> Result<()> {
    let end =
        |argument| anyhow::Ok(same(&["files"], &Start { arguments: &[argument], ..Start::default() })?.end);
    // Rust's standard library knows nothing but success and failure on WASI 0.2.
    assert_eq!(end("exit")?, End::Status(1));
    assert_eq!(end("fail")?, End::Status(1));
    assert_eq!(end("panic")?, End::Trap);
    Ok(())
}

#[test]
fn every_interface() -> Result<()> {
    let start = Start {
        arguments: &["x"],
        input: &[b"first line\n".as_slice(), &[b'x'; 100_000]].concat(),
        files: FILES,
        ..Start::default()
    };
    let outcome = same(&["interfaces"], &start)?;
    assert_eq!(outcome.end, End::Status(3), "{}\n{}", outcome.output, outcome.errors);
    Ok(())
}

#[test]
fn there_are_no_sockets() -> Result<()> {
    let module = on_preview1(&[Input::new("interfaces", program("interfaces")?)])?;
    let outcome = run_module(&module, &Start { arguments: &["sockets"], ..Start::default() })?;
    let refused = "Err(ErrorCode { code: 2, name: \"not-supported\", message: \"\" })\n";
    assert_eq!((outcome.output, outcome.end), (refused.repeat(5), End::Status(0)));
    Ok(())
}

/// Every error number of WASI 0.1, against the table in the documentation.
#[test]
fn error_codes() -> Result<()> {
    let table = include_str!("../../docs/WASI-0.1.md");
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let number = cells.next()?.parse::<i32>().ok()?;
        Some((number, cells.nth(1)?.trim_end_matches(" |").trim_matches('`').to_string()))
    });
    let rows: Vec<(i32, String)> = rows.collect();
    assert!((1..77).eq(rows.iter().map(|(number, _)| *number)));
    let expected: Vec<&str> = rows.iter().map(|(_, code)| code.as_str()).collect();

    let module = on_preview1(&[Input::new("interfaces", program("interfaces")?)])?;
    let next = AtomicI32::new(0);
    let start = Start { arguments: &["codes"], ..Start::default() };
    let outcome = run_module_on(&module, &start, |linker| {
        linker.func_wrap("wasi_snapshot_preview1", "path_unlink_file", move |_: i32, _: i32, _: i32| {
            next.fetch_add(1, Ordering::Relaxed) + 1
        })?;
        Ok(())
    })?;
    assert_eq!(outcome.output.lines().collect::<Vec<_>>(), expected);
    Ok(())
}

/// The imports of a module by both names, and its exports.
fn outside(module: &[u8]) -> Result<(Vec<String>, Vec<String>)> {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    ensure!(matches!(import.ty, TypeRef::Func(_)), "{import:?}");
                    imports.push(format!("{} {}", import.module, import.name));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind != ExternalKind::Global {
                        exports.push(export.name.to_string());
                    }
                }
            }
            Payload::StartSection { .. } => ensure!(false, "there is a start section"),
            _ => {}
        }
    }
    Ok((imports, exports))
}

/// Something that is no command: its start function asks for the time, which its function returns.
const LIBRARY: &str = r#"(component
    (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock (export "now" (func (result u64)))))
    (import "acme:other/thing" (instance $other (export "act" (func))))
    (core func $now (canon lower (func $clock "now")))
    (core func $act (canon lower (func $other "act")))
    (core module $code
        (import "" "now" (func $now (result i64)))
        (import "" "act" (func $act))
        (global $time (mut i64) (i64.const 0))
        (func $start (global.set $time (call $now)))
        (func (export "time") (result i64) (call $act) (global.get $time))
        (start $start))
    (core instance $code (instantiate $code (with "" (instance
        (export "now" (func $now)) (export "act" (func $act))))))
    (func (export "time") (result u64) (canon lift (core func $code "time"))))"#;

#[test]
fn a_library_is_made_ready() -> Result<()> {
    let options = Options { wasi: Wasi::Preview1, ..Options::default() };
    let fused = meld_fuser::fuse(vec![Input::new("library", LIBRARY)], options)?;
    assert_eq!(fused.notes, ["no part of WASI 0.1, and left to the host: `acme:other/thing`"]);
    let (imports, exports) = outside(&fused.bytes)?;
    assert_eq!(imports, ["wasi_snapshot_preview1 clock_time_get", "acme:other/thing act"]);
    assert_eq!(exports, ["memory", "time", "_initialize"]);
    assert_eq!(fused.statistics.host_imports, 2);

    let engine = wasmtime::Engine::new(&bare())?;
    let module = wasmtime::Module::new(&engine, &fused.bytes)?;
    let mut linker = wasmtime::Linker::new(&engine);
    linker.func_wrap("acme:other/thing", "act", || ())?;
    // A host that knows no memory before the module is there.
    let clock = |mut caller: wasmtime::Caller<'_, bool>, _: i32, _: i64, time: i32| {
        assert!(*caller.data());
        let memory = caller.get_export("memory").and_then(|memory| memory.into_memory()).unwrap();
        memory.write(&mut caller, time as usize, &1234u64.to_le_bytes()).unwrap();
        0i32
    };
    linker.func_wrap("wasi_snapshot_preview1", "clock_time_get", clock)?;
    let mut store = wasmtime::Store::new(&engine, false);
    let instance = linker.instantiate(&mut store, &module)?;
    *store.data_mut() = true;
    instance.get_typed_func::<(), ()>(&mut store, "_initialize")?.call(&mut store, ())?;
    assert_eq!(instance.get_typed_func::<(), i64>(&mut store, "time")?.call(&mut store, ())?, 1234);
    Ok(())
}

fn refused(name: &str, text: &str, output: OutputKind) -> Error {
    let options = Options { wasi: Wasi::Preview1, output, ..Options::default() };
    meld_fuser::fuse(vec![Input::new(name, text)], options).unwrap_err()
}

#[test]
fn what_is_refused() {
    let command = r#"(component
        (import "acme:other/thing" (instance (export "act" (func))))
        (import "acme:other/more" (instance (export "act" (func))))
        (core module $code (func (export "run") (result i32) (i32.const 0)))
        (core instance $code (instantiate $code))
        (func $run (result (result)) (canon lift (core func $code "run")))
        (instance $run (export "run" (func $run)))
        (export "wasi:cli/run@0.2.3" (instance $run)))"#;
    let error = refused("command", command, OutputKind::CoreModule);
    assert_eq!((error.code, error.input.as_deref()), (Code::Unsupported, Some("command")));
    assert_eq!(
        error.message,
        "WASI 0.1 has nothing for the imports `acme:other/thing`, `acme:other/more` of a command"
    );

    let inside = r#"(component
        (import "meld:platform/snapshot-preview1" (instance (export "fd-close" (func (param "fd" u32) (result u32))))))"#;
    let error = refused("inside", inside, OutputKind::CoreModule);
    assert_eq!((error.code, error.input.as_deref()), (Code::Unsupported, Some("inside")));
    assert!(error.message.starts_with("`meld:platform/snapshot-preview1` is between"), "{}", error.message);

    let error = refused("library", LIBRARY, OutputKind::Component);
    assert_eq!(error.code, Code::InvalidOption);
}

#[test]
fn what_is_stubbed_is_no_import() -> Result<()> {
    let composing = Composing { stub: vec!["acme:*".into()], ..Composing::default() };
    let options = Options { wasi: Wasi::Preview1, composing, ..Options::default() };
    let fused = meld_fuser::fuse(vec![Input::new("library", LIBRARY)], options)?;
    assert!(fused.notes.is_empty());
    assert_eq!(outside(&fused.bytes)?.0, ["wasi_snapshot_preview1 clock_time_get"]);
    Ok(())
}
