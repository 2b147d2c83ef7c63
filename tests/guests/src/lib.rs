//! Nothing: the guests are the examples, see Cargo.toml.
