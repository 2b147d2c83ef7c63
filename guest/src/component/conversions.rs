//! The types of `wit/fuser.wit` made of the library's, and the library's of those. In and out: values.
//! Compiled twice, because two generators of bindings make types of the same names: wit-bindgen for
//! the component, wasmtime for the native command. The module that includes this file calls them `wit`,
//! and the library `lib`. Not its job: calls.
//!
//! Each type is taken apart in full, so that a field that only one side has does not compile.

use super::{lib, wit};

/// A field's value, or a payload's, in the types of the other side.
macro_rules! converted {
    ($value:expr, as_is) => {
        $value
    };
    ($value:expr, into) => {
        $value.into()
    };
    ($value:expr, if_any) => {
        $value.map(Into::into)
    };
    ($value:expr, each) => {
        $value.into_iter().map(Into::into).collect()
    };
}

/// A record. `of / of_wit` is a field that the library calls `of` and the bindings `of_wit`.
macro_rules! record {
    ($name:ident { $($lib:ident / $wit:ident: $how:ident),+ $(,)? }) => {
        impl From<lib::$name> for wit::$name {
            fn from(lib::$name { $($lib),+ }: lib::$name) -> Self {
                wit::$name { $($wit: converted!($lib, $how)),+ }
            }
        }

        impl From<wit::$name> for lib::$name {
            fn from(wit::$name { $($wit),+ }: wit::$name) -> Self {
                lib::$name { $($lib: converted!($wit, $how)),+ }
            }
        }
    };
    ($name:ident { $($field:ident: $how:ident),+ $(,)? }) => {
        record!($name { $($field / $field: $how),+ });
    };
}

/// A variant or an enum.
macro_rules! variant {
    ($name:ident { $($case:ident $(($payload:ident: $how:ident))?),+ $(,)? }) => {
        impl From<lib::$name> for wit::$name {
            fn from(value: lib::$name) -> Self {
                match value {
                    $(lib::$name::$case $(($payload))? => wit::$name::$case $((converted!($payload, $how)))?,)+
                }
            }
        }

        impl From<wit::$name> for lib::$name {
            fn from(value: wit::$name) -> Self {
                match value {
                    $(wit::$name::$case $(($payload))? => lib::$name::$case $((converted!($payload, $how)))?,)+
                }
            }
        }
    };
}

record!(Input { name: as_is, bytes: as_is, package: as_is });
record!(WacSource { name: as_is, text: as_is });
record!(Options {
    output / output: into,
    names / names: as_is,
    wac / wac: if_any,
    opaque_rep / opaque_rep: as_is,
    optimizations / skip: into,
    explain / explain: as_is,
});
variant!(OutputKind { CoreModule, Component });

record!(Fused { bytes: as_is, statistics: into, explanation: each });
record!(Note { optimization: as_is, what: as_is, place: as_is });
record!(Statistics {
    input_bytes: as_is,
    output_bytes: as_is,
    component_instances: as_is,
    core_instances: as_is,
    functions: as_is,
    memories: as_is,
    direct_calls: as_is,
    adapters: as_is,
    host_imports: as_is,
    exports: as_is,
    resource_types: as_is,
    handle_tables: as_is,
});
record!(Progress { phase: into, done: as_is, total: as_is });
variant!(Phase { Compose, Read, Link, Merge, Wrap, Done });

record!(Wiring { instances: each, connections: each, exports: each, refused: if_any });
record!(WiredInstance { name: as_is, input: as_is });
record!(Connection { instance: as_is, import: as_is, met_by: into });
variant!(MetBy { Export(of: into), Host, Ambiguous(several: each), Misfit(misfit: into), Follows(import: as_is) });
record!(Misfit { export: into, why: as_is });
record!(ExportOf { instance: as_is, name: as_is });
record!(WiredExport { r#as / as_: as_is, of / of: if_any });

/// The library says which optimisations to do, the interface which to do without.
macro_rules! optimizations {
    ($($switch:ident / $flag:ident),+ $(,)?) => {
        impl From<lib::Optimizations> for wit::Optimizations {
            fn from(lib::Optimizations { $($switch),+ }: lib::Optimizations) -> Self {
                let mut skip = wit::Optimizations::empty();
                $(if !$switch {
                    skip |= wit::Optimizations::$flag;
                })+
                skip
            }
        }

        impl From<wit::Optimizations> for lib::Optimizations {
            fn from(skip: wit::Optimizations) -> Self {
                lib::Optimizations { $($switch: !skip.contains(wit::Optimizations::$flag)),+ }
            }
        }
    };
}

optimizations! {
    direct_calls / DIRECT_CALLS,
    bulk_copies / BULK_COPIES,
    elide_checks / ELIDE_CHECKS,
    inline_handles / INLINE_HANDLES,
    import_shims / IMPORT_SHIMS,
    unreachable / UNREACHABLE,
}

/// The library keeps the code beside what an error says, the interface around it.
macro_rules! error {
    ($($code:ident),+ $(,)?) => {
        impl From<lib::Error> for wit::Error {
            fn from(error: lib::Error) -> Self {
                let lib::Error { code, message, input, offset, path, hint } = error;
                let diagnostic = wit::Diagnostic { message, input, offset, path, hint };
                match code {
                    $(lib::Code::$code => wit::Error::$code(diagnostic),)+
                }
            }
        }

        impl From<wit::Error> for lib::Error {
            fn from(error: wit::Error) -> Self {
                let (code, diagnostic) = match error {
                    $(wit::Error::$code(diagnostic) => (lib::Code::$code, diagnostic),)+
                };
                let wit::Diagnostic { message, input, offset, path, hint } = diagnostic;
                lib::Error { code, message, input, offset, path, hint }
            }
        }
    };
}

error! {
    Malformed,
    Invalid,
    NotAComponent,
    Unsupported,
    LimitExceeded,
    AmbiguousImport,
    ImportCycle,
    NothingInCommon,
    IncompatibleTypes,
    InvalidWac,
    InvalidOption,
    Internal,
}
