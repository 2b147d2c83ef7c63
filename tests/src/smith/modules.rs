//! Random core modules that import from each other. In: a stream of bytes. Out: modules, and the host
//! functions and tags that they may import. Not its job: instantiating them.

use super::catalog::Catalog;
use anyhow::{Context, Result};
use arbitrary::Unstructured;
use wasm_encoder::EntityType;
use wasm_smith::{Config, MemoryOffsetChoices};

/// The functions that the root component imports, as the modules see them: name, type.
pub const HOST: &str = r#"(module
    (func (export "log") (param i32) unreachable)
    (func (export "ask") (param i32) (result i32) unreachable)
    (func (export "mix") (param i64 f32) (result f64) unreachable))"#;

/// wasm-smith never exports a tag; these are there to be shared.
pub const TAGS: &str = r#"(module
    (tag (export "empty")) (tag (export "one") (param i32)) (tag (export "two") (param i64 f64)))"#;

/// The modules of one case. Each imports from `host`, from `tags` if there are any, and from `m0`, `m1`
/// and so on before it.
pub struct Modules {
    pub modules: Vec<Vec<u8>>,
    pub tags: bool,
}

/// What the modules of one case may use, so that what comes out can be held against it.
struct Choices {
    config: Config,
    fuel: u32,
}

impl Modules {
    /// Takes all of the bytes.
    pub fn new(u: &mut Unstructured<'_>) -> Result<Modules> {
        let choices = Choices::new(u)?;
        let tags = choices.config.exceptions_enabled;
        let mut catalog = Catalog::default();
        catalog.add("host", &wat::parse_str(HOST)?)?;
        if tags {
            catalog.add("tags", &wat::parse_str(TAGS)?)?;
        }
        let count = u.int_in_range(2..=3)?;
        let share = u.len() / count;
        let mut modules = Vec::new();
        for nth in 0..count {
            let bytes = u.bytes(share)?;
            let module = choices.module(bytes, &catalog).context("wasm-smith")?;
            catalog.add(&format!("m{nth}"), &module)?;
            // wasm-smith validates what it is given to import without this proposal.
            catalog.items.retain(
                |item| !matches!(item.ty, EntityType::Memory(memory) if memory.page_size_log2.is_some()),
            );
            modules.push(module);
        }
        Ok(Modules { modules, tags })
    }
}

impl Choices {
    fn new(u: &mut Unstructured<'_>) -> arbitrary::Result<Choices> {
        let mut often = |percent: u8| Ok(u.int_in_range(1..=100)? <= percent);
        let mut config = Config {
            reference_types_enabled: often(75)?,
            bulk_memory_enabled: often(75)?,
            multi_value_enabled: often(75)?,
            sign_extension_ops_enabled: often(75)?,
            saturating_float_to_int_enabled: often(75)?,
            simd_enabled: often(40)?,
            relaxed_simd_enabled: often(50)?,
            memory64_enabled: often(40)?,
            tail_call_enabled: often(50)?,
            exceptions_enabled: often(40)?,
            gc_enabled: often(35)?,
            extended_const_enabled: often(50)?,
            wide_arithmetic_enabled: often(25)?,
            custom_page_sizes_enabled: often(15)?,
            disallow_traps: often(75)?,
            export_everything: often(80)?,
            allow_start_export: often(60)?,
            max_memories: if often(60)? { 3 } else { 1 },
            max_tables: if often(70)? { 3 } else { 1 },
            // Left to itself, every second module would have no code.
            min_funcs: 3,
            min_globals: 1,
            min_exports: 4,
            min_memories: u32::from(often(80)?),
            min_tables: u32::from(often(70)?),
            min_data_segments: usize::from(often(50)?),
            min_element_segments: usize::from(often(50)?),
            ..Config::default()
        };
        bound(&mut config);
        config.max_instructions = *u.choose(&[20, 60, 150])?;
        let fuel = *u.choose(&[200, 40, 8])?;
        Ok(Choices { config, fuel })
    }

    fn module(&self, bytes: &[u8], catalog: &Catalog) -> Result<Vec<u8>> {
        let mut config = self.config.clone();
        config.available_imports = Some(catalog.importer());
        let new = |config: &Config| wasm_smith::Module::new(config.clone(), &mut Unstructured::new(bytes));
        let mut module = match new(&config) {
            Ok(module) => module,
            // With what it has imported it can't have as much as it should.
            Err(_) => {
                without_minima(&mut config);
                new(&config)?
            }
        };
        module.ensure_termination(self.fuel)?;
        Ok(module.to_bytes())
    }
}

fn without_minima(config: &mut Config) {
    (config.min_funcs, config.min_globals, config.min_exports) = (0, 0, 0);
    (config.min_memories, config.min_tables) = (0, 0);
    (config.min_data_segments, config.min_element_segments) = (0, 0);
}

/// Small, so that there can be many, and nothing on which two runs might differ: no shared memories,
/// whose atomics wait, and no NaNs but one.
fn bound(config: &mut Config) {
    config.threads_enabled = false;
    config.canonicalize_nans = true;
    config.memory_max_size_required = true;
    config.table_max_size_required = true;
    config.max_memory32_bytes = 2 << 16;
    config.max_memory64_bytes = 2 << 16;
    config.max_table_elements = 40;
    config.max_funcs = 12;
    config.max_types = 12;
    config.max_globals = 10;
    config.max_tags = 4;
    config.max_exports = 12;
    config.max_data_segments = 5;
    config.max_element_segments = 5;
    config.max_elements = 8;
    config.max_type_size = 300;
    config.limit_arrays_in_const_exprs = true;
    config.memory_offset_choices = MemoryOffsetChoices(95, 4, 1);
}
