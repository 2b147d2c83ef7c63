//! How many bytes a discriminant and flags take up (CanonicalABI.md, "Element Size"). In: how many cases
//! or labels there are. Out: 1, 2 or 4. Not its job: what else a value takes up, which the rooms work out
//! for types of their own.

/// `elem_size(discriminant_type(cases))`
pub fn discriminant_size(cases: usize) -> u32 {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

/// `elem_size_flags`
pub fn flags_size(labels: usize) -> u32 {
    match labels {
        0..=8 => 1,
        9..=16 => 2,
        _ => 4,
    }
}
