//! A component out of core modules. In: the modules, a stream of choices. Out: a component in which
//! they are instantiated, some of them twice, with lifted functions around what they export and around
//! the witness. Not its job: the modules.

use super::catalog::{Catalog, Signature, imported_modules};
use super::modules::{HOST, Modules};
use super::witness::{SUM, Witness, is_number, is_seen};
use anyhow::Result;
use arbitrary::Unstructured;
use wasm_encoder::{
    CanonicalOption, ComponentBuilder, ComponentExportKind, ComponentTypeRef, ComponentValType, ExportKind,
    ModuleArg, PrimitiveValType, ValType,
};
use wasmparser::{Validator, WasmFeatures};

/// Functions that are lifted, beside the checksum.
const LIFTED: usize = 8;

/// The export with the checksum.
pub const CHECKSUM: &str = "sum";

pub fn component(u: &mut Unstructured<'_>, modules: &Modules) -> Result<Vec<u8>> {
    let mut builder = ComponentBuilder::default();
    let mut instances = Instances { host: host(&mut builder)?, tags: None, of_modules: Vec::new() };
    if modules.tags {
        let tags = builder.core_module_raw(None, &wat::parse_str(super::modules::TAGS)?);
        instances.tags = Some(builder.core_instantiate(None, tags, []));
    }
    let mut catalog = Catalog::default();
    // The exports whose signature is one of numbers: instance, name, signature.
    let mut direct: Vec<(u32, String, Signature)> = Vec::new();
    for module in &modules.modules {
        let index = builder.core_module_raw(None, module);
        let mut made = Vec::new();
        let times = if u.ratio(1, 3)? { 2 } else { 1 };
        for _ in 0..times {
            let instance = instances.instantiate(u, &mut builder, index, module)?;
            catalog.add(&instance.to_string(), module)?;
            made.push(instance);
        }
        instances.of_modules.push(made);
    }
    let references = need_references(&modules.modules);
    catalog.items.retain(|item| is_seen(item, references));
    for item in &catalog.items {
        if let Some(signature) = &item.func
            && item.plain
            && signature.params.len() <= 16
            && signature.results.len() <= 1
            && signature.params.iter().chain(&signature.results).all(is_number)
        {
            direct.push((item.module.parse()?, item.name.clone(), signature.clone()));
        }
    }
    let witness = Witness::new(&catalog);
    let module = builder.core_module_raw(None, &witness.bytes);
    let all: Vec<u32> = instances.of_modules.iter().flatten().copied().collect();
    let names: Vec<String> = all.iter().map(u32::to_string).collect();
    let args: Vec<_> =
        names.iter().zip(&all).map(|(name, i)| (name.as_str(), ModuleArg::Instance(*i))).collect();
    let eye = builder.core_instantiate(None, module, args);
    lift(&mut builder, CHECKSUM, eye, SUM, &Signature { params: vec![], results: vec![ValType::I64] });
    for nth in 0..LIFTED {
        let name = format!("f{nth}");
        if u.ratio(1, 3)? && !direct.is_empty() {
            let (instance, export, signature) = u.choose(&direct)?;
            lift(&mut builder, &name, *instance, export, signature);
        } else if !witness.callers.is_empty() {
            let caller = u.choose(&witness.callers)?;
            let signature = Signature { params: caller.params.clone(), results: vec![ValType::I64] };
            lift(&mut builder, &name, eye, &caller.name, &signature);
        }
    }
    Ok(builder.finish())
}

/// Whether a module has tables or globals of references, beyond what the first version has.
fn need_references(modules: &[Vec<u8>]) -> bool {
    let without = WasmFeatures::all() - WasmFeatures::REFERENCE_TYPES;
    modules.iter().any(|module| Validator::new_with_features(without).validate_all(module).is_err())
}

/// Imports what the modules call `host`, and lowers it. Gives the instance.
fn host(builder: &mut ComponentBuilder) -> Result<u32> {
    let mut catalog = Catalog::default();
    catalog.add("host", &wat::parse_str(HOST)?)?;
    let mut lowered = Vec::new();
    for item in &catalog.items {
        let Some(signature) = &item.func else { continue };
        let ty = func_type(builder, signature);
        let func = builder.import(item.name.as_str(), ComponentTypeRef::Func(ty));
        let func = builder.lower_func(None, func, []);
        lowered.push((item.name.as_str(), ExportKind::Func, func));
    }
    Ok(builder.core_instantiate_exports(None, lowered))
}

/// The instances that there are so far.
struct Instances {
    host: u32,
    tags: Option<u32>,
    of_modules: Vec<Vec<u32>>,
}

impl Instances {
    /// Each module that is imported from is met by any of its instances.
    fn instantiate(
        &self,
        u: &mut Unstructured<'_>,
        builder: &mut ComponentBuilder,
        index: u32,
        module: &[u8],
    ) -> Result<u32> {
        let from = imported_modules(module)?;
        let mut args = Vec::new();
        for name in &from {
            let instance = match name.strip_prefix('m') {
                Some(nth) => *u.choose(&self.of_modules[nth.parse::<usize>()?])?,
                None if name == "tags" => self.tags.unwrap_or(self.host),
                None => self.host,
            };
            args.push((name.as_str(), ModuleArg::Instance(instance)));
        }
        Ok(builder.core_instantiate(None, index, args))
    }
}

fn lift(builder: &mut ComponentBuilder, name: &str, instance: u32, export: &str, signature: &Signature) {
    let ty = func_type(builder, signature);
    let func = builder.core_alias_export(None, instance, export, ExportKind::Func);
    let func = builder.lift_func(None, func, ty, [] as [CanonicalOption; 0]);
    builder.export(name, ComponentExportKind::Func, func, None);
}

fn func_type(builder: &mut ComponentBuilder, signature: &Signature) -> u32 {
    let names: Vec<String> = (0..signature.params.len()).map(|n| format!("p{n}")).collect();
    let params = names.iter().zip(&signature.params).map(|(name, ty)| (name.as_str(), number(ty)));
    let (index, mut encoder) = builder.type_function(None);
    encoder.params(params.collect::<Vec<_>>());
    encoder.result(signature.results.first().map(number));
    index
}

fn number(ty: &ValType) -> ComponentValType {
    ComponentValType::Primitive(match ty {
        ValType::I32 => PrimitiveValType::U32,
        ValType::I64 => PrimitiveValType::U64,
        ValType::F32 => PrimitiveValType::F32,
        _ => PrimitiveValType::F64,
    })
}
