//! Alignment, size and flat form of value types. In: types of a plan. Out: bytes and flat core
//! types, as CanonicalABI.md says in "Alignment", "Element Size" and "Flattening". Not its job:
//! code.
