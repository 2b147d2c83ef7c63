//! What is reserved for a memory that is a part of one: the size that is asked for, by the label that `inspect` shows,
//! of several inputs and of their composition, with either WASI. Not its job: what a part is (`windows`).

use anyhow::Result;
use meld_fuser::{
    Code, Composing, Input, Memory, Options, OutputKind, Reservation, Wasi, compose, fuse, inspect,
};
use meld_tests::engine::{engine, told};
use wasmtime::{Linker, Module, Store};

const STORE: &str = r#"(component
    (core module $code
        (memory 1)
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
    (core instance $main (instantiate $code))
    (func (export "grow") (param "pages" u32) (result s32) (canon lift (core func $main "grow"))))"#;

/// Its memory is used more, so that it is the last one.
const APP: &str = r#"(component
    (import "grow" (func $grow (param "pages" u32) (result s32)))
    (core func $lowered (canon lower (func $grow)))
    (core module $code
        (import "" "grow" (func $grow (param i32) (result i32)))
        (memory 1)
        (func (export "run") (param i32) (result i32)
            (i32.store (i32.const 0) (local.get 0))
            (i32.store (i32.const 4) (call $grow (i32.load (i32.const 0))))
            (i32.load (i32.const 4))))
    (core instance $main (instantiate $code (with "" (instance (export "grow" (func $lowered))))))
    (func (export "run") (param "pages" u32) (result s32) (canon lift (core func $main "run"))))"#;

const LABEL: &str = "store/main";
const PAGE: u64 = 65536;

fn inputs() -> Vec<Input> {
    vec![Input::new("app", APP), Input::new("store", STORE)]
}

fn options(wasi: Wasi, reserve: &[(&str, u64)]) -> Options {
    let reserve =
        reserve.iter().map(|(label, bytes)| Reservation { instance: label.to_string(), bytes: *bytes });
    Options {
        output: OutputKind::CoreModule,
        memory: Memory::Single,
        wasi,
        reserve: reserve.collect(),
        ..Options::default()
    }
}

/// What growing the store's memory by each of these numbers of pages gives, one after the other.
fn grown(module: &[u8], pages: &[i32]) -> Result<Vec<i32>> {
    let mut store = Store::new(engine(), ());
    let module = Module::new(engine(), module).map_err(told)?;
    let instance = Linker::new(engine()).instantiate(&mut store, &module).map_err(told)?;
    let run = instance.get_typed_func::<i32, i32>(&mut store, "run").map_err(told)?;
    pages.iter().map(|pages| run.call(&mut store, *pages).map_err(told)).collect()
}

#[test]
fn a_memory_grows_to_what_is_reserved() -> Result<()> {
    let composed = compose(inputs(), Composing::default())?;
    let shown = inspect(&Input::new("composed", composed.clone()))?.json();
    assert!(shown.contains(&format!("\"{LABEL}\"")), "{shown}");
    for wasi in [Wasi::AsImported, Wasi::Preview1] {
        for inputs in [inputs(), vec![Input::new("composed", composed.clone())]] {
            let fused = fuse(inputs.clone(), options(wasi, &[(LABEL, 4 * PAGE)]))?;
            assert_eq!(grown(&fused.bytes, &[2, 2, 1, 1])?, [1, -1, 3, -1], "{wasi:?}");
            // Of two, the last counts; and the last memory of all grows as it likes.
            let fused = fuse(inputs.clone(), options(wasi, &[(LABEL, PAGE), (LABEL, 2 * PAGE)]))?;
            assert_eq!(grown(&fused.bytes, &[2, 1, 1])?, [-1, 1, -1], "{wasi:?}");
        }
    }
    Ok(())
}

#[test]
fn what_cannot_be_reserved_is_refused() {
    let refused = |reserve: &[(&str, u64)], memory| {
        let options = Options { memory, ..options(Wasi::Preview1, reserve) };
        let error = fuse(inputs(), options).expect_err("it is refused");
        assert_eq!(error.code, Code::InvalidOption);
        error.message
    };
    assert_eq!(
        refused(&[("store", 4 * PAGE)], Memory::Single),
        "there is no core instance store that defines a memory"
    );
    assert_eq!(
        refused(&[(LABEL, PAGE - 1)], Memory::Single),
        "65535 bytes are reserved for store/main, whose memory has 65536 at first"
    );
    assert_eq!(
        refused(&[(LABEL, PAGE)], Memory::Multi),
        "a reservation is a part of one memory, of which there are many"
    );
}
