//! The budgets that keep a hostile input from using up the machine. In: nothing. Out: the numbers,
//! in one place; docs/LIMITS.md states them. Not its job: enforcing them, which each room does for
//! what it makes.

/// Component instances in a plan.
pub const INSTANCES: usize = 10_000;
/// Core instances in a plan.
pub const CORE_INSTANCES: usize = 10_000;
/// Steps of evaluation: one for each definition of each component instance, one for each argument,
/// field and parameter. A step keeps up to 512 bytes in memory; a component of 18 MB that
/// JavaScript or Python became takes a few thousand.
pub const EVALUATION_STEPS: usize = 2_000_000;
/// Steps of the longest walk that wit-component may take over a world (`wit_walk`): WASI's have a few
/// thousand. Past that, a core module has no `component-type`.
pub const WIT_STEPS: u64 = 1_000_000;
/// Functions and types that a component may import and export for its core module to have a
/// `component-type`: wit-component compares each function with each, and keeps several copies of a world.
pub const WIT_ITEMS: usize = 2000;
/// Bytes of names and of types, written out, that WIT may tell.
pub const WIT_BYTES: usize = 2 << 20;
/// Bytes of what goes around a core module to make a component of it, past which the module does not carry it;
/// and of `meld:boundary` where it is read. WASI's worlds have some ten thousand.
pub const WRAPPING_BYTES: usize = 16 << 20;
/// Bytes of core modules that merging may copy: the sum over all core instances. The fuser has four
/// times as much in memory in the end, and as a component it has 4 GiB at most, by default 2.
pub const MERGED_BYTES: usize = 256 << 20;
/// Bytes of code that carries values over boundaries: so many in any case, so many for each byte that goes
/// in, and for each step of instantiation. The fuser has three times as much in memory.
pub const ADAPTER_BYTES: usize = 2 << 20;
pub const ADAPTER_BYTES_PER_BYTE: usize = 4;
pub const ADAPTER_BYTES_PER_STEP: usize = 64;
/// Types that calls with borrows are searched for handles, call by call.
pub const HANDLE_TYPES: usize = 20_000_000;
/// Functions in the merged module; engines refuse more.
pub const FUNCTIONS: usize = 1_000_000;
/// What engines take of a core module, as wasmparser has it (WebAssembly JavaScript Interface,
/// "Implementation-defined Limits"), where merging can go past what each input keeps to.
pub const TYPES: usize = 1_000_000;
pub const TABLES: usize = 100;
pub const MEMORIES: usize = 100;
pub const GLOBALS: usize = 1_000_000;
pub const TAGS: usize = 1_000_000;
pub const ELEMENT_SEGMENTS: usize = 100_000;
pub const DATA_SEGMENTS: usize = 100_000;
pub const BODY_BYTES: usize = 7_654_321;
pub const LOCALS: u32 = 50_000;
pub const NAME_BYTES: usize = 100_000;
/// Inputs that are composed at once, and instances that a document makes of them: a component may have as many
/// instances.
pub const INPUTS: usize = 1000;
/// Exports and inputs that are looked at for imports that they could meet, beyond a few for each import.
pub const CANDIDATES: usize = 200_000;
/// Pairs of imports, and of exports, of one instance in a composition, and of imports of which one has a
/// version: wac goes through them.
pub const COMPOSED_ITEMS_SQUARED: u64 = 400_000_000;
pub const COMPARED_NAMES: u64 = 20_000_000;
/// Pairs of a type that an imported function uses and of an export of an imported interface: likewise.
pub const COMPARED_TYPES: u64 = 400_000_000;
/// Interfaces and their exports, counted each time that one is imported or another one uses types of it.
pub const USE_STEPS: usize = 5_000_000;
/// Depth of nested value types. wasmparser keeps to it (`MAX_WASM_COMPONENT_TYPE_DEPTH`), not we;
/// layouts, adapters, the boundary and compositions recurse over types, and rely on it.
pub const TYPE_DEPTH: usize = 100;
/// Types that the items of a component define or refer to, with every index in them written out: the validator
/// compares them so. What toolchains make has some ten thousand.
pub const TYPE_STEPS: u64 = 5_000_000;
/// Types of instances and of components in the type of one item, written out likewise: the validator makes new
/// ones of them where it compares. Interfaces have none, worlds some dozens.
pub const INSTANCE_TYPES: u64 = 10_000;
/// Depth of types in each other, of whatever sort. wasmparser asserts that it is less than 128, and the
/// instance and the component that are made of a type are a level around it each.
pub const TYPE_NESTING: usize = 120;
/// Depth of nested components, of nested component types, and of nested instances at the root.
pub const COMPONENT_DEPTH: usize = 100;
