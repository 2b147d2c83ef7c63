//! Which features of WebAssembly a binary needs. In: what went in and what came out. Out: whether the
//! latter needs more than it may. Not its job: running either.

use anyhow::{Context, Result, ensure};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// Validates with every feature that meld knows.
pub fn validate(bytes: &[u8]) -> Result<()> {
    Validator::new_with_features(WasmFeatures::all()).validate_all(bytes)?;
    Ok(())
}

/// Errors if `output` needs a feature that is not among those that the input `needed`, other than bulk
/// memory, and multiple memories or tables (that is a part of reference types) where there are several.
pub fn check(needed: WasmFeatures, output: &[u8]) -> Result<()> {
    let (memories, tables) = most(output)?;
    // A component may have floats in its types and none in its core modules.
    let mut allowed = needed | WasmFeatures::BULK_MEMORY | WasmFeatures::FLOATS;
    if memories > 1 {
        allowed |= WasmFeatures::MULTI_MEMORY;
    }
    if tables > 1 {
        allowed |= WasmFeatures::REFERENCE_TYPES;
    }
    let valid = Validator::new_with_features(allowed).validate_all(output);
    valid.with_context(|| format!("the output needs more than {allowed:?}"))?;
    Ok(())
}

/// The features without which it is not valid.
pub fn needed(bytes: &[u8]) -> Result<WasmFeatures> {
    let valid = |features| Validator::new_with_features(features).validate_all(bytes).is_ok();
    // Most binaries need no others: it saves asking for each.
    let common = WasmFeatures::FLOATS
        | WasmFeatures::GC_TYPES
        | WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::MEMORY64
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::CM_MAP
        | WasmFeatures::CM_FIXED_LENGTH_LISTS
        | WasmFeatures::CM64;
    let mut features = if valid(common) { common } else { WasmFeatures::all() };
    // Later proposals build on earlier ones.
    for feature in features.iter().collect::<Vec<_>>().into_iter().rev() {
        if valid(features - feature) {
            features -= feature;
        }
    }
    ensure!(valid(features), "not valid with any features");
    Ok(features)
}

/// How many memories and tables a core module in it has at most.
fn most(bytes: &[u8]) -> Result<(u32, u32)> {
    let (mut most, mut now) = ((0, 0), (0, 0));
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { .. } => now = (0, 0),
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    match import?.ty {
                        wasmparser::TypeRef::Memory(_) => now.0 += 1,
                        wasmparser::TypeRef::Table(_) => now.1 += 1,
                        _ => {}
                    }
                }
            }
            Payload::MemorySection(section) => now.0 += section.count(),
            Payload::TableSection(section) => now.1 += section.count(),
            _ => {}
        }
        most = (most.0.max(now.0), most.1.max(now.1));
    }
    Ok(most)
}
