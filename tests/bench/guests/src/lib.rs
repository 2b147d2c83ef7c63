//! Nothing: the guests are the examples, see Cargo.toml. What they share is in shared/.
