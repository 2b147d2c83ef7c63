//! The types of `wit/fuser.wit` made of the library's, or the library's of those. In and out: values. Not
//! its job: calls.
//!
//! Compiled twice, as two generators of bindings make types of the same names: for the component with
//! those of wit-bindgen, for the native command with those of wasmtime. The module that includes this file
//! calls them `wit`, and the library `lib`. What the one takes apart the other puts together. Each type is
//! taken apart in full, so that a field that only one side has does not compile.

use super::{lib, wit};

/// Types that the fuser is given: the command makes them, the component takes them.
macro_rules! given {
    ($($kind:ident! { $($type:tt)+ })+) => {
        $(
            #[cfg(target_family = "wasm")]
            $kind! { from_wit $($type)+ }
            #[cfg(not(target_family = "wasm"))]
            $kind! { to_wit $($type)+ }
        )+
    };
}

/// Types that the fuser gives: the component makes them, the command takes them.
macro_rules! given_back {
    ($($kind:ident! { $($type:tt)+ })+) => {
        $(
            #[cfg(target_family = "wasm")]
            $kind! { to_wit $($type)+ }
            #[cfg(not(target_family = "wasm"))]
            $kind! { from_wit $($type)+ }
        )+
    };
}

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

/// A record. `a / b` is a field that the library calls `a` and the bindings `b`.
macro_rules! record {
    (to_wit $name:ident { $($lib:ident / $wit:ident: $how:ident),+ $(,)? }) => {
        impl From<lib::$name> for wit::$name {
            fn from(lib::$name { $($lib),+ }: lib::$name) -> Self {
                wit::$name { $($wit: converted!($lib, $how)),+ }
            }
        }
    };
    (from_wit $name:ident { $($lib:ident / $wit:ident: $how:ident),+ $(,)? }) => {
        impl From<wit::$name> for lib::$name {
            fn from(wit::$name { $($wit),+ }: wit::$name) -> Self {
                lib::$name { $($lib: converted!($wit, $how)),+ }
            }
        }
    };
    ($way:ident $name:ident { $($field:ident: $how:ident),+ $(,)? }) => {
        record! { $way $name { $($field / $field: $how),+ } }
    };
}

/// A variant or an enum.
macro_rules! variant {
    (to_wit $($type:tt)+) => { variant! { lib wit $($type)+ } };
    (from_wit $($type:tt)+) => { variant! { wit lib $($type)+ } };
    ($from:ident $to:ident $name:ident { $($case:ident $(($payload:ident: $how:ident))?),+ $(,)? }) => {
        impl From<$from::$name> for $to::$name {
            fn from(value: $from::$name) -> Self {
                match value {
                    $($from::$name::$case $(($payload))? => $to::$name::$case $((converted!($payload, $how)))?,)+
                }
            }
        }
    };
}

/// The library says which optimisations to do, the interface which to do without.
macro_rules! optimizations {
    (to_wit $($switch:ident / $flag:ident),+ $(,)?) => {
        impl From<lib::Optimizations> for wit::Optimizations {
            fn from(lib::Optimizations { $($switch),+ }: lib::Optimizations) -> Self {
                let mut skip = wit::Optimizations::empty();
                $(if !$switch {
                    skip |= wit::Optimizations::$flag;
                })+
                skip
            }
        }
    };
    (from_wit $($switch:ident / $flag:ident),+ $(,)?) => {
        impl From<wit::Optimizations> for lib::Optimizations {
            fn from(skip: wit::Optimizations) -> Self {
                lib::Optimizations { $($switch: !skip.contains(wit::Optimizations::$flag)),+ }
            }
        }
    };
}

/// The library keeps the code beside what an error says, the interface around it.
macro_rules! error {
    (to_wit $($code:ident),+ $(,)?) => {
        impl From<lib::Error> for wit::Error {
            fn from(error: lib::Error) -> Self {
                let lib::Error { code, message, input, offset, path, hint } = error;
                let diagnostic = wit::Diagnostic { message, input, offset, path, hint };
                match code {
                    $(lib::Code::$code => wit::Error::$code(diagnostic),)+
                }
            }
        }
    };
    (from_wit $($code:ident),+ $(,)?) => {
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

given! {
    record! { Input { name: as_is, bytes: as_is, package: as_is } }
    record! { WacSource { name: as_is, text: as_is } }
    record! { Composing { wac: if_any, in_order: as_is, stub: as_is } }
    record! { Options {
        output / output: into,
        wasi / wasi: into,
        names / names: as_is,
        debug_info / debug_info: as_is,
        provenance / provenance: as_is,
        composing / composing: into,
        opaque_rep / opaque_rep: as_is,
        memory / memory: into,
        reserve / reserve: each,
        optimizations / skip: into,
        explain / explain: as_is,
    } }
    variant! { OutputKind { CoreModule, Component } }
    variant! { Memory { Multi, Single } }
    record! { Reservation { instance: as_is, bytes: as_is } }
    variant! { Wasi { AsImported, Preview1 } }
    optimizations! {
        direct_calls / DIRECT_CALLS,
        bulk_copies / BULK_COPIES,
        elide_checks / ELIDE_CHECKS,
        inline_handles / INLINE_HANDLES,
        import_shims / IMPORT_SHIMS,
        unreachable / UNREACHABLE,
    }
}

given_back! {
    record! { Fused { bytes: as_is, statistics: into, explanation: each, notes: as_is } }
    record! { Note { optimization: as_is, what: as_is, place: as_is } }
    record! { Statistics {
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
    } }
    record! { Progress { phase: into, done: as_is, total: as_is } }
    variant! { Phase { Compose, Read, Link, Merge, Wrap, Done } }

    record! { Wiring { instances: each, connections: each, exports: each, refused: if_any } }
    record! { WiredInstance { name: as_is, input: as_is } }
    record! { Connection { instance: as_is, import: as_is, met_by: into } }
    variant! { MetBy {
        Export(of: into),
        Host,
        Ambiguous(several: each),
        Misfit(misfit: into),
        Stub,
        Follows(import: as_is),
    } }
    record! { Misfit { export: into, why: as_is } }
    record! { ExportOf { instance: as_is, name: as_is } }
    record! { WiredExport { r#as / as_: as_is, of / of: if_any } }

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
}
