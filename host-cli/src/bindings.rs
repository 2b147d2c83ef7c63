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

impl From<lib::WacSource> for wit::WacSource {
    fn from(wac: lib::WacSource) -> Self {
        wit::WacSource { name: wac.name, text: wac.text }
    }
}

impl From<lib::Composing> for wit::Composing {
    fn from(composing: lib::Composing) -> Self {
        let lib::Composing { wac, in_order, stub } = composing;
        wit::Composing { wac: wac.map(Into::into), in_order, stub }
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
            composing: options.composing.into(),
            opaque_rep: options.opaque_rep,
            skip: options.optimizations.into(),
            explain: options.explain,
        }
    }
}

/// The library says which optimisations to do, the interface which to do without.
impl From<lib::Optimizations> for wit::Optimizations {
    fn from(on: lib::Optimizations) -> Self {
        use wit::Optimizations as Skip;
        let lib::Optimizations {
            direct_calls,
            bulk_copies,
            elide_checks,
            inline_handles,
            import_shims,
            unreachable,
        } = on;
        let switches = [
            (direct_calls, Skip::DIRECT_CALLS),
            (bulk_copies, Skip::BULK_COPIES),
            (elide_checks, Skip::ELIDE_CHECKS),
            (inline_handles, Skip::INLINE_HANDLES),
            (import_shims, Skip::IMPORT_SHIMS),
            (unreachable, Skip::UNREACHABLE),
        ];
        switches.into_iter().filter(|(on, _)| !on).fold(Skip::empty(), |skip, (_, flag)| skip | flag)
    }
}

impl From<wit::Fused> for lib::Fused {
    fn from(fused: wit::Fused) -> Self {
        lib::Fused {
            bytes: fused.bytes,
            statistics: fused.statistics.into(),
            explanation: fused.explanation.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<wit::Note> for lib::Note {
    fn from(wit::Note { optimization, what, place }: wit::Note) -> Self {
        lib::Note { optimization, what, place }
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

impl From<wit::Wiring> for lib::Wiring {
    fn from(wiring: wit::Wiring) -> Self {
        lib::Wiring {
            instances: wiring.instances.into_iter().map(Into::into).collect(),
            connections: wiring.connections.into_iter().map(Into::into).collect(),
            exports: wiring.exports.into_iter().map(Into::into).collect(),
            refused: wiring.refused.map(Into::into),
        }
    }
}

impl From<wit::WiredInstance> for lib::WiredInstance {
    fn from(instance: wit::WiredInstance) -> Self {
        lib::WiredInstance { name: instance.name, input: instance.input }
    }
}

impl From<wit::Connection> for lib::Connection {
    fn from(connection: wit::Connection) -> Self {
        let wit::Connection { instance, import, met_by } = connection;
        lib::Connection { instance, import, met_by: met_by.into() }
    }
}

impl From<wit::MetBy> for lib::MetBy {
    fn from(met_by: wit::MetBy) -> Self {
        match met_by {
            wit::MetBy::Export(of) => lib::MetBy::Export(of.into()),
            wit::MetBy::Host => lib::MetBy::Host,
            wit::MetBy::Ambiguous(several) => {
                lib::MetBy::Ambiguous(several.into_iter().map(Into::into).collect())
            }
            wit::MetBy::Misfit(wit::Misfit { export, why }) => {
                lib::MetBy::Misfit(lib::Misfit { export: export.into(), why })
            }
            wit::MetBy::Stub => lib::MetBy::Stub,
            wit::MetBy::Follows(import) => lib::MetBy::Follows(import),
        }
    }
}

impl From<wit::ExportOf> for lib::ExportOf {
    fn from(of: wit::ExportOf) -> Self {
        lib::ExportOf { instance: of.instance, name: of.name }
    }
}

impl From<wit::WiredExport> for lib::WiredExport {
    fn from(export: wit::WiredExport) -> Self {
        lib::WiredExport { r#as: export.as_, of: export.of.map(Into::into) }
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
