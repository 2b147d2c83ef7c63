//! The budgets that keep a hostile input from using up the machine. In: nothing. Out: the numbers,
//! in one place; the README states them. Not its job: enforcing them, which each room does for
//! what it makes.

/// Component instances in a plan.
pub const INSTANCES: usize = 10_000;
/// Core instances in a plan.
pub const CORE_INSTANCES: usize = 10_000;
/// Steps of evaluation: one for each definition of each component instance, one for each argument,
/// field and parameter. A step keeps up to some 300 bytes in memory; a component of 18 MB that
/// JavaScript or Python became takes a few thousand.
pub const EVALUATION_STEPS: usize = 2_000_000;
/// Bytes of core modules that merging may copy: the sum over all core instances.
pub const MERGED_BYTES: usize = 1 << 30;
/// Functions in the merged module; engines refuse more.
pub const FUNCTIONS: usize = 1_000_000;
/// Depth of nested components.
pub const COMPONENT_DEPTH: usize = 100;
