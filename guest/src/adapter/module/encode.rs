//! The finished module. In: the module in the making, with all functions written. Out: its bytes. Not
//! its job: indices of calls and globals inside bodies (`body`).

use super::globals::{self, Global};
use super::{Defined, Module};
use crate::abi::layout::Signature;
use crate::abi::side::MemoryRef;
use crate::adapter::Refused;
use crate::adapter::spec::Ref;
use crate::error::{Error, Result};
use crate::ids::InstanceId;
use indexmap::IndexSet;
use std::borrow::Cow;
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, FunctionSection, NameMap, NameSection, TypeSection,
};

/// The generated module.
pub struct AdapterModule {
    pub bytes: Vec<u8>,
    /// What each import of the module is, in order; each `Ref` once, and never `Ref::Adapter`.
    pub imports: Vec<Ref>,
    /// The instances whose `may_leave` transcoders among `imports` need, and the name of the export
    /// of this module that each of these globals is.
    pub may_leave: Vec<(InstanceId, String)>,
    /// The memories whose bases this module uses, and the name of the export that each of these globals is.
    pub bases: Vec<(MemoryRef, String)>,
}

impl Module<'_> {
    /// The module's bytes. The exported functions are called `names`, a helper by its number. `Error::limit`
    /// if a function is longer than engines accept.
    pub fn finish(self, names: &[String]) -> Result<AdapterModule, Refused> {
        let (imported_functions, imported_globals) = (self.imports.functions, self.imports.globals);
        let mut functions = FunctionSection::new();
        let mut exports = ExportSection::new();
        let mut code = CodeSection::new();
        let mut name_map = NameMap::new();
        for (n, defined) in (0..).zip(self.defined) {
            let missing = || Refused::whole(Error::internal("an adapter was never written"));
            let Defined { ty, body, at } = defined.ok_or_else(missing)?;
            functions.function(ty);
            if n < self.exported {
                exports.export(&n.to_string(), ExportKind::Func, imported_functions.saturating_add(n));
            }
            let name = names.get(n as usize).filter(|_| n < self.exported);
            let name = name.map_or_else(|| format!("translation {n}").into(), Cow::from);
            name_map.append(imported_functions.saturating_add(n), &name);
            let body = body.finish(&self.imports);
            code.function(&body.map_err(|error| Refused { function: Some(at), error: Box::new(error) })?);
        }
        let (mut may_leave, mut bases) = (Vec::new(), Vec::new());
        for (n, global) in self.globals.iter().enumerate() {
            let name = match global {
                Global::MayLeave(instance) if self.may_leave.contains(instance) => {
                    let name = format!("may-leave {n}");
                    may_leave.push((*instance, name.clone()));
                    name
                }
                Global::Base(memory) => {
                    let name = format!("base {n}");
                    bases.push((*memory, name.clone()));
                    name
                }
                _ => continue,
            };
            exports.export(&name, ExportKind::Global, imported_globals.saturating_add(n as u32));
        }
        let mut name_section = NameSection::new();
        name_section.module("adapters");
        name_section.functions(&name_map);

        let mut module = wasm_encoder::Module::new();
        module
            .section(&type_section(&self.signatures))
            .section(&self.imports.section())
            .section(&functions)
            .section(&globals::section(&self.globals))
            .section(&exports)
            .section(&code)
            .section(&name_section);
        let imports = self.imports.references();
        Ok(AdapterModule { bytes: module.finish(), imports, may_leave, bases })
    }
}

fn type_section(signatures: &IndexSet<Signature>) -> TypeSection {
    let mut section = TypeSection::new();
    for Signature { params, results } in signatures {
        section.ty().function(params.iter().copied(), results.iter().copied());
    }
    section
}
