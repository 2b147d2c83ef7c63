//! The guests are the examples, see Cargo.toml.
