//! WASI 0.1 under WASI 0.2. In: nothing, or one component. Out: the components that `compose` puts around it,
//! so that what it imports of WASI 0.2 is met by calls of `wasi_snapshot_preview1`; and the core names that
//! those have. Not its job: what the calls do (`guest/platform`), and putting components together (`compose`).
//!
//! `docs/WASI-0.1.md` tells what comes out. All that the other rooms know of WASI is in this file.

use crate::error::{Code, Error, Result};
use crate::ids::InstanceId;
use crate::interface::Input;
use crate::link::{CanonKind, Func, Memory, Plan};
use crate::name::Name;
use std::collections::BTreeSet;
use wac_graph::types::are_semver_compatible;
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::Resolve;

/// What the platform imports, and no input may: addresses in its functions are of the platform's memory.
pub const IMPORT: &str = "meld:platform/snapshot-preview1";

/// What the composition exports for the host to start.
pub const ENTRY: &str = "meld:platform/entry";

/// The names of these parts in errors and in `meld inspect`.
pub const NAME: &str = "the platform of WASI 0.1";
pub const STARTER: &str = "the start of WASI 0.1";

/// The platform's core module.
static CORE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/platform.wasm"));

/// Its world, and packages before those that use them.
const WIT: [(&str, &str); 7] = [
    ("io.wit", include_str!("../../platform/wit/deps/io.wit")),
    ("clocks.wit", include_str!("../../platform/wit/deps/clocks.wit")),
    ("random.wit", include_str!("../../platform/wit/deps/random.wit")),
    ("cli.wit", include_str!("../../platform/wit/deps/cli.wit")),
    ("filesystem.wit", include_str!("../../platform/wit/deps/filesystem.wit")),
    ("sockets.wit", include_str!("../../platform/wit/deps/sockets.wit")),
    ("platform.wit", include_str!("../../platform/wit/platform.wit")),
];

/// The platform as a component.
pub fn platform() -> Result<Input> {
    let internal = |e: anyhow::Error| Error::internal(format!("{NAME}: {e:#}"));
    let mut resolve = Resolve::default();
    let mut package = None;
    for (file, text) in WIT {
        package = Some(resolve.push_str(file, text).map_err(internal)?);
    }
    let package = package.ok_or_else(|| Error::internal("no world"))?;
    let world = resolve.select_world(&[package], Some("platform")).map_err(internal)?;
    let mut module = CORE.to_vec();
    wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .map_err(internal)?;
    let mut encoder = ComponentEncoder::default();
    let bytes =
        encoder.validate(false).module(&module).and_then(|encoder| encoder.encode()).map_err(internal)?;
    Ok(Input::new(NAME, bytes))
}

/// Calls a command's `run`, and ends the program with the status that the result means.
pub fn starter() -> Result<Input> {
    const TEXT: &str = r#"(component
        (import "wasi:cli/run@0.2.12" (instance $run (export "run" (func (result (result))))))
        (import "meld:platform/snapshot-preview1" (instance $host
          (export "proc-exit" (func (param "status" u32)))))
        (core func $run (canon lower (func $run "run")))
        (core func $exit (canon lower (func $host "proc-exit")))
        (core module $code
          (import "" "run" (func $run (result i32)))
          (import "" "exit" (func $exit (param i32)))
          (func (export "start") (call $exit (call $run)) unreachable))
        (core instance $code (instantiate $code (with "" (instance
          (export "run" (func $run)) (export "exit" (func $exit))))))
        (func $start (canon lift (core func $code "start")))
        (instance $entry (export "start" (func $start)))
        (export "meld:platform/entry" (instance $entry)))"#;
    let bytes = wat::parse_str(TEXT).map_err(|e| Error::internal(format!("{STARTER}: {e}")))?;
    Ok(Input::new(STARTER, bytes))
}

/// Whether an export's name is that of a command's entry.
pub fn is_command(export: &str) -> bool {
    const RUN: &str = "wasi:cli/run@0.2.0";
    export == RUN || are_semver_compatible(export, RUN)
}

/// Whether an import is of an interface whose functions always fail on this platform.
pub fn is_refusing(import: &str) -> bool {
    const FAILING: [&str; 3] = ["tcp-create-socket@", "udp-create-socket@", "ip-name-lookup@"];
    let socket = import.strip_prefix("wasi:sockets/");
    socket.is_some_and(|name| FAILING.iter().any(|failing| name.starts_with(failing)))
}

/// No input may import what is the platform's, nor export it.
pub fn refuse(name: &str) -> Result<()> {
    match name.split('@').next() {
        Some(IMPORT | ENTRY) => Err(Error::new(
            Code::Unsupported,
            format!("`{name}` is between meld's platform of WASI 0.1 and the host, and no part of an input"),
        )),
        _ => Ok(()),
    }
}

/// The core name of a function that the platform imports: the one small table. None for what another
/// component imports.
pub fn core_import(path: &[Name]) -> Option<(String, String)> {
    match path {
        [interface, function] if **interface == *IMPORT => {
            Some(("wasi_snapshot_preview1".to_string(), function.replace('-', "_")))
        }
        _ => None,
    }
}

/// Whether a function that is exported is what the host starts.
pub fn is_entry(path: &[Name]) -> bool {
    matches!(path, [interface, _] if **interface == *ENTRY)
}

/// What a host of WASI 0.1 calls first: a command's entry, or what makes a library ready.
pub const COMMAND: &str = "_start";
pub const LIBRARY: &str = "_initialize";

/// The platform's memory, which the host knows as `memory`: that of the component instance whose functions
/// read and write what is lifted with it, and that calls the host.
pub fn memory(plan: &Plan<'_>) -> Result<Memory> {
    let of_host = |func: &Func| match func {
        Func::Import(import) => core_import(&plan.imports[*import].path).is_some(),
        Func::Lift(_) => false,
    };
    let lowers = |kind: &CanonKind| matches!(kind, CanonKind::Lower { func, .. } if of_host(func));
    let callers = plan.canons.values().filter(|canon| lowers(&canon.kind));
    let callers: BTreeSet<InstanceId> = callers.map(|canon| canon.instance).collect();
    let mut memories = plan.lifts.values().filter_map(|lift| Some((lift.instance, lift.options.memory?)));
    let found = memories.find(|(instance, _)| callers.contains(instance));
    found.map(|(_, memory)| memory).ok_or_else(|| Error::internal("the platform has no memory"))
}
