//! The component's exports. In: calls as `wit/fuser.wit` declares them. Out: the library's
//! results in the types of the bindings. Not its job: anything else.

use crate::command;
use crate::error::{Code, Error};
use std::cell::RefCell;

mod bindings {
    wit_bindgen::generate!({ path: "../wit", world: "meld" });
    use super::Component;
    export!(Component);
}

use bindings::exports::meld::fuser::fuser as wit;

struct Component;

impl bindings::exports::wasi::cli::run::Guest for Component {
    fn run() -> Result<(), ()> {
        let arguments = std::env::args_os().collect();
        let exit = command::run(arguments, |_: &command::NoHostArguments| command::Direct);
        // WASI 0.2 knows success and failure, and no exit codes beyond these.
        if exit == command::Exit::Done { Ok(()) } else { Err(()) }
    }
}

impl wit::Guest for Component {
    type Session = Session;

    fn fuse(inputs: Vec<wit::Input>, options: wit::Options) -> Result<wit::Fused, wit::Error> {
        let inputs = inputs.into_iter().map(Into::into).collect();
        Ok(crate::fuse(inputs, options.into())?.into())
    }

    fn inspect(input: wit::Input) -> Result<wit::Inspection, wit::Error> {
        let inspection = crate::inspect(&input.into())?;
        let (text, json) = (inspection.text(), inspection.json());
        Ok(wit::Inspection { wit: inspection.wit, text, json })
    }

    fn compose(inputs: Vec<wit::Input>, composing: wit::Composing) -> Result<Vec<u8>, wit::Error> {
        let inputs = inputs.into_iter().map(Into::into).collect();
        Ok(crate::compose(inputs, composing.into())?)
    }

    fn wire(inputs: Vec<wit::Input>, composing: wit::Composing) -> Result<wit::Wiring, wit::Error> {
        let inputs = inputs.into_iter().map(Into::into).collect();
        Ok(crate::wire(inputs, composing.into())?.into())
    }

    fn version() -> String {
        crate::VERSION.to_string()
    }
}

/// The bindings hand out shared references, and `step` changes the session: hence the cell. No
/// call into the session leads out of the component, so it is never borrowed twice.
struct Session(RefCell<crate::Session>);

impl wit::GuestSession for Session {
    fn new(options: wit::Options) -> Session {
        Session(RefCell::new(crate::Session::new(options.into())))
    }

    fn add(&self, input: wit::Input) -> Result<(), wit::Error> {
        Ok(self.0.borrow_mut().add(input.into())?)
    }

    fn step(&self) -> Result<wit::Progress, wit::Error> {
        Ok(self.0.borrow_mut().step()?.into())
    }

    fn finish(session: wit::Session) -> Result<wit::Fused, wit::Error> {
        let session = session.into_inner::<Session>().0.into_inner();
        Ok(session.finish()?.into())
    }
}

impl From<wit::Input> for crate::Input {
    fn from(input: wit::Input) -> Self {
        crate::Input { name: input.name, bytes: input.bytes, package: input.package }
    }
}

impl From<wit::WacSource> for crate::WacSource {
    fn from(wac: wit::WacSource) -> Self {
        crate::WacSource { name: wac.name, text: wac.text }
    }
}

impl From<wit::Composing> for crate::Composing {
    fn from(composing: wit::Composing) -> Self {
        let wit::Composing { wac, in_order, stub } = composing;
        crate::Composing { wac: wac.map(Into::into), in_order, stub }
    }
}

impl From<wit::Options> for crate::Options {
    fn from(options: wit::Options) -> Self {
        crate::Options {
            output: match options.output {
                wit::OutputKind::CoreModule => crate::OutputKind::CoreModule,
                wit::OutputKind::Component => crate::OutputKind::Component,
            },
            names: options.names,
            composing: options.composing.into(),
            opaque_rep: options.opaque_rep,
            optimizations: options.skip.into(),
            explain: options.explain,
        }
    }
}

/// The interface says which optimisations to do without, the library which to do.
impl From<wit::Optimizations> for crate::Optimizations {
    fn from(skip: wit::Optimizations) -> Self {
        use wit::Optimizations as Skip;
        crate::Optimizations {
            direct_calls: !skip.contains(Skip::DIRECT_CALLS),
            bulk_copies: !skip.contains(Skip::BULK_COPIES),
            elide_checks: !skip.contains(Skip::ELIDE_CHECKS),
            inline_handles: !skip.contains(Skip::INLINE_HANDLES),
            import_shims: !skip.contains(Skip::IMPORT_SHIMS),
            unreachable: !skip.contains(Skip::UNREACHABLE),
        }
    }
}

impl From<crate::Fused> for wit::Fused {
    fn from(fused: crate::Fused) -> Self {
        wit::Fused {
            bytes: fused.bytes,
            statistics: fused.statistics.into(),
            explanation: fused.explanation.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<crate::Note> for wit::Note {
    fn from(crate::Note { optimization, what, place }: crate::Note) -> Self {
        wit::Note { optimization, what, place }
    }
}

impl From<crate::Statistics> for wit::Statistics {
    fn from(s: crate::Statistics) -> Self {
        wit::Statistics {
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

impl From<crate::Progress> for wit::Progress {
    fn from(progress: crate::Progress) -> Self {
        let phase = match progress.phase {
            crate::Phase::Compose => wit::Phase::Compose,
            crate::Phase::Read => wit::Phase::Read,
            crate::Phase::Link => wit::Phase::Link,
            crate::Phase::Merge => wit::Phase::Merge,
            crate::Phase::Wrap => wit::Phase::Wrap,
            crate::Phase::Done => wit::Phase::Done,
        };
        wit::Progress { phase, done: progress.done, total: progress.total }
    }
}

impl From<crate::Wiring> for wit::Wiring {
    fn from(wiring: crate::Wiring) -> Self {
        wit::Wiring {
            instances: wiring.instances.into_iter().map(Into::into).collect(),
            connections: wiring.connections.into_iter().map(Into::into).collect(),
            exports: wiring.exports.into_iter().map(Into::into).collect(),
            refused: wiring.refused.map(Into::into),
        }
    }
}

impl From<crate::WiredInstance> for wit::WiredInstance {
    fn from(instance: crate::WiredInstance) -> Self {
        wit::WiredInstance { name: instance.name, input: instance.input }
    }
}

impl From<crate::Connection> for wit::Connection {
    fn from(connection: crate::Connection) -> Self {
        let crate::Connection { instance, import, met_by } = connection;
        wit::Connection { instance, import, met_by: met_by.into() }
    }
}

impl From<crate::MetBy> for wit::MetBy {
    fn from(met_by: crate::MetBy) -> Self {
        match met_by {
            crate::MetBy::Export(of) => wit::MetBy::Export(of.into()),
            crate::MetBy::Host => wit::MetBy::Host,
            crate::MetBy::Ambiguous(several) => {
                wit::MetBy::Ambiguous(several.into_iter().map(Into::into).collect())
            }
            crate::MetBy::Misfit(crate::Misfit { export, why }) => {
                wit::MetBy::Misfit(wit::Misfit { export: export.into(), why })
            }
            crate::MetBy::Stub => wit::MetBy::Stub,
            crate::MetBy::Follows(import) => wit::MetBy::Follows(import),
        }
    }
}

impl From<crate::ExportOf> for wit::ExportOf {
    fn from(of: crate::ExportOf) -> Self {
        wit::ExportOf { instance: of.instance, name: of.name }
    }
}

impl From<crate::WiredExport> for wit::WiredExport {
    fn from(export: crate::WiredExport) -> Self {
        wit::WiredExport { as_: export.r#as, of: export.of.map(Into::into) }
    }
}

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        let Error { code, message, input, offset, path, hint } = error;
        let diagnostic = wit::Diagnostic { message, input, offset, path, hint };
        match code {
            Code::Malformed => wit::Error::Malformed(diagnostic),
            Code::Invalid => wit::Error::Invalid(diagnostic),
            Code::NotAComponent => wit::Error::NotAComponent(diagnostic),
            Code::Unsupported => wit::Error::Unsupported(diagnostic),
            Code::LimitExceeded => wit::Error::LimitExceeded(diagnostic),
            Code::AmbiguousImport => wit::Error::AmbiguousImport(diagnostic),
            Code::ImportCycle => wit::Error::ImportCycle(diagnostic),
            Code::NothingInCommon => wit::Error::NothingInCommon(diagnostic),
            Code::IncompatibleTypes => wit::Error::IncompatibleTypes(diagnostic),
            Code::InvalidWac => wit::Error::InvalidWac(diagnostic),
            Code::InvalidOption => wit::Error::InvalidOption(diagnostic),
            Code::Internal => wit::Error::Internal(diagnostic),
        }
    }
}
