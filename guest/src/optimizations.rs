//! The optimisations, each of which can be switched off, and what is told about them. In: nothing,
//! these are the types. Out: the one list of their names, for options, documents and
//! explanations. Not its job: optimising.

use serde::Serialize;

macro_rules! optimizations {
    ($($(#[doc = $doc:literal])+ $field:ident = $name:literal,)+) => {
        /// Which optimisations are on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct Optimizations {
            $($(#[doc = $doc])+ pub $field: bool,)+
        }

        impl Optimizations {
            /// The name of each and what it does, in the order in which the work is done.
            pub const LIST: &[(&str, &str)] = &[$(($name, concat!($($doc),+))),+];

            /// All of them: the default.
            pub const fn all() -> Optimizations {
                Optimizations { $($field: true),+ }
            }

            /// None of them.
            pub const fn none() -> Optimizations {
                Optimizations { $($field: false),+ }
            }

            /// The switch of this name.
            pub fn get_mut(&mut self, name: &str) -> Option<&mut bool> {
                match name {
                    $($name => Some(&mut self.$field),)+
                    _ => None,
                }
            }
        }

        /// The names, as `Note::optimization` has them.
        #[cfg(feature = "pipeline")]
        pub mod name {
            $(#[allow(non_upper_case_globals)] pub const $field: &str = $name;)+
        }
    };
}

optimizations! {
    /// Calls between components that need no adapter go to the callee itself
    direct_calls = "direct-calls",
    /// Lists and records without validity rules are copied as one block of bytes
    bulk_copies = "bulk-copies",
    /// Checks that can never fire are left out, and what is kept for them alone
    elide_checks = "elide-checks",
    /// What the handle runtime does in most calls is done where it is needed, without a call
    inline_handles = "inline-handles",
    /// Functions that only call through a table that is filled once give way to what they call
    import_shims = "import-shims",
    /// What nothing can reach is left out: functions, globals, tables, memories, segments, types
    unreachable = "unreachable",
}

/// Not optimisations, but told beside them where the result has one memory: their names, and what they do.
pub const WINDOWS: (&str, &str) = ("windows", " Each memory is a part of one, at a constant place");
pub const TABLES: (&str, &str) =
    ("tables", " Tables of one element type are parts of one, at constant places");

/// The name of notes on async functions, and what they tell.
pub const ASYNC: (&str, &str) =
    ("async", " Functions that can come to where only a second stack could go on");

/// The name of notes on debug information, and what they tell.
pub const DEBUG_INFO: (&str, &str) = ("debug-info", " What was carried over, and what was left out");

/// The name of notes on what the inputs say of themselves, and what they tell.
#[cfg(feature = "pipeline")]
pub const METADATA: (&str, &str) = ("metadata", " What the inputs say of themselves, and the result cannot");

impl Default for Optimizations {
    fn default() -> Optimizations {
        Optimizations::all()
    }
}

/// One thing that an optimisation has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its name, as in `Optimizations::LIST`.
    pub optimization: String,
    /// What it has done.
    pub what: String,
    /// Where: instances, functions, offsets of definitions in the input.
    pub place: String,
}

impl Note {
    /// A note about the optimisation of this name.
    pub fn new(optimization: &str, what: impl Into<String>, place: impl Into<String>) -> Note {
        Note { optimization: optimization.to_string(), what: what.into(), place: place.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_switch_is_one_of_the_list_and_each_of_the_list_is_a_switch() {
        let mut switches = Optimizations::none();
        for (name, doc) in Optimizations::LIST {
            let switch = switches.get_mut(name).unwrap();
            assert!(!std::mem::replace(switch, true), "{name}");
            assert!(doc.starts_with(' ') && !doc.ends_with('.'), "{doc}");
        }
        assert_eq!(switches, Optimizations::all());
        assert_eq!(switches.get_mut("direct_calls"), None);
    }
}
