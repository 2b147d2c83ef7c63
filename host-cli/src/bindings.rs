//! The fuser's interface as `wit/` declares it, and its types in those of the library. Not its
//! job: calls.

wasmtime::component::bindgen!({ path: "../wit", world: "meld" });

use exports::meld::fuser::fuser as wit;
use meld_fuser as lib;

impl From<lib::Input> for wit::Input {
    fn from(input: lib::Input) -> Self {
        wit::Input { name: input.name, bytes: input.bytes, package: input.package }
    }
}

impl From<lib::Options> for wit::Options {
    fn from(options: lib::Options) -> Self {
        wit::Options {
            output: match options.output {
                lib::OutputKind::CoreModule => wit::OutputKind::CoreModule,
                lib::OutputKind::Component => wit::OutputKind::Component,
            },
            names: options.names,
            wac: options.wac.map(|wac| wit::WacSource { name: wac.name, text: wac.text }),
            opaque_rep: options.opaque_rep,
        }
    }
}

impl From<wit::Fused> for lib::Fused {
    fn from(fused: wit::Fused) -> Self {
        lib::Fused { bytes: fused.bytes, statistics: fused.statistics.into() }
    }
}

impl From<wit::Statistics> for lib::Statistics {
    fn from(s: wit::Statistics) -> Self {
        lib::Statistics {
            input_bytes: s.input_bytes,
            output_bytes: s.output_bytes,
            component_instances: s.component_instances,
            core_instances: s.core_instances,
            functions: s.functions,
            memories: s.memories,
            direct_calls: s.direct_calls,
            adapters: s.adapters,
            host_imports: s.host_imports,
            exports: s.exports,
            resource_types: s.resource_types,
            handle_tables: s.handle_tables,
        }
    }
}

impl From<wit::Progress> for lib::Progress {
    fn from(progress: wit::Progress) -> Self {
        let phase = match progress.phase {
            wit::Phase::Compose => lib::Phase::Compose,
            wit::Phase::Read => lib::Phase::Read,
            wit::Phase::Link => lib::Phase::Link,
            wit::Phase::Merge => lib::Phase::Merge,
            wit::Phase::Wrap => lib::Phase::Wrap,
            wit::Phase::Done => lib::Phase::Done,
        };
        lib::Progress { phase, done: progress.done, total: progress.total }
    }
}

impl From<wit::Error> for lib::Error {
    fn from(error: wit::Error) -> Self {
        let (code, diagnostic) = match error {
            wit::Error::Malformed(d) => (lib::Code::Malformed, d),
            wit::Error::Invalid(d) => (lib::Code::Invalid, d),
            wit::Error::NotAComponent(d) => (lib::Code::NotAComponent, d),
            wit::Error::Unsupported(d) => (lib::Code::Unsupported, d),
            wit::Error::LimitExceeded(d) => (lib::Code::LimitExceeded, d),
            wit::Error::AmbiguousImport(d) => (lib::Code::AmbiguousImport, d),
            wit::Error::ImportCycle(d) => (lib::Code::ImportCycle, d),
            wit::Error::NothingInCommon(d) => (lib::Code::NothingInCommon, d),
            wit::Error::IncompatibleTypes(d) => (lib::Code::IncompatibleTypes, d),
            wit::Error::InvalidWac(d) => (lib::Code::InvalidWac, d),
            wit::Error::InvalidOption(d) => (lib::Code::InvalidOption, d),
            wit::Error::Internal(d) => (lib::Code::Internal, d),
        };
        let wit::Diagnostic { message, input, offset, path, hint } = diagnostic;
        lib::Error { code, message, input, offset, path, hint }
    }
}
