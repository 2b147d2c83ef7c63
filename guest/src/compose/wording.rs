//! What the errors of this room say alike. In: errors of wac's, file names. Out: words. Not its job: when
//! there is an error.

/// The hint wherever meld will not choose.
pub const SETTLE: &str =
    "say in a WAC document which import is met by which export, leave an input out, or compose in two steps";

/// What the provider of stubs is called.
pub const STUBS: &str = "the stubs";

/// The last part of what may be a path.
pub fn file_name(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}

/// An error with all its causes, on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(|error| error.to_string()).collect::<Vec<_>>().join(": ")
}
