//! `meld:provenance`, read. In: a core module, binary. Out: what it says of where it came from, as far as it still
//! holds. Not its job: showing it (`report`).
//!
//! The section is input like any other: what it says is what somebody wrote. It is about one code section, known by
//! its SHA-256: where something has changed that, an optimiser for example, nothing is told of functions.

use super::document::{Provenance, VERSION};
use super::{SECTION, numbers};
use crate::read::limits;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use wasmparser::{BinaryReader, Encoding, Name, NameSectionReader, Parser, Payload, TypeRef};

/// How long an instance's name may be, in bytes.
const NAME: usize = 4096;

/// What a module says.
#[derive(Debug)]
pub struct Found {
    pub provenance: Provenance,
    /// For each function that the module defines, what it was.
    pub functions: Result<Vec<Function>, Untold>,
}

/// A function of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    pub origin: Origin,
    /// Of its body.
    pub bytes: u64,
}

/// What a function was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// That of this index in the module of this instance.
    Instance { instance: u32, index: u32 },
    /// Generated: index into `Functions::generated`.
    Generated(u32),
}

/// Why nothing can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untold {
    /// The section cannot be read, and why.
    Unreadable(String),
    /// The code is not that which the section is about.
    Changed,
}

/// What `module` says of where it came from. None: nothing.
pub fn find(module: &[u8]) -> Option<Result<Found, Untold>> {
    let code = Code::read(module)?;
    let section = code.provenance?;
    Some(provenance(section).map(|provenance| {
        let functions = functions(&provenance, &code);
        Found { provenance, functions }
    }))
}

fn provenance(section: &[u8]) -> Result<Provenance, Untold> {
    let unreadable = |why: String| Untold::Unreadable(why);
    // Read, it can take several times its size.
    if section.len() > limits::WRAPPING_BYTES {
        return Err(unreadable(format!("it has more than {} bytes", limits::WRAPPING_BYTES)));
    }
    // The version first: another one may have other members.
    #[derive(serde::Deserialize)]
    struct Version {
        version: u32,
    }
    let version: Version = serde_json::from_slice(section).map_err(|e| unreadable(e.to_string()))?;
    if version.version != VERSION {
        return Err(unreadable(format!("it is of version {}", version.version)));
    }
    let provenance: Provenance = serde_json::from_slice(section).map_err(|e| unreadable(e.to_string()))?;
    // What is written here has less of both, and one name can be told of each memory.
    if provenance.memories.len() > limits::MEMORIES {
        return Err(unreadable(format!("it has more than {} memories", limits::MEMORIES)));
    }
    if provenance.instances.iter().any(|instance| instance.name.len() > NAME) {
        return Err(unreadable(format!("an instance has a name of more than {NAME} bytes")));
    }
    Ok(provenance)
}

fn functions(provenance: &Provenance, code: &Code<'_>) -> Result<Vec<Function>, Untold> {
    let told = &provenance.functions;
    if told.code_sha256 != code.sha256 || told.count != code.count {
        return Err(Untold::Changed);
    }
    let unreadable = || Untold::Unreadable("its functions do not fit the module".to_string());
    let mut numbers = numbers::read(&told.origins);
    let mut next = || numbers.next().flatten();
    let mut source = 0i64;
    let mut last: HashMap<i64, i64> = HashMap::new();
    let mut functions = Vec::new();
    for bytes in &code.bodies {
        source = next().and_then(|delta| source.checked_add(delta)).ok_or_else(unreadable)?;
        let index = last.entry(source).or_default();
        *index = next().and_then(|delta| index.checked_add(delta)).ok_or_else(unreadable)?;
        let index = u32::try_from(*index).map_err(|_| unreadable())?;
        let origin = match u32::try_from(source).map_err(|_| unreadable())?.checked_sub(1) {
            None if told.generated.get(index as usize).is_some() => Origin::Generated(index),
            Some(instance) if provenance.instances.get(instance as usize).is_some() => {
                Origin::Instance { instance, index }
            }
            _ => return Err(unreadable()),
        };
        functions.push(Function { origin, bytes: *bytes });
    }
    match next() {
        None => Ok(functions),
        Some(_) => Err(unreadable()),
    }
}

/// What is looked at of a core module.
pub(super) struct Code<'m> {
    /// Functions that it imports.
    pub imported: u32,
    /// Functions that it defines.
    pub count: u32,
    /// Bytes of each one's body.
    bodies: Vec<u64>,
    /// Of the contents of the code section, in hexadecimal digits.
    pub sha256: String,
    /// The contents of the name section.
    names: &'m [u8],
    provenance: Option<&'m [u8]>,
}

impl<'m> Code<'m> {
    /// None: this is no core module, or one that is not well-formed.
    pub fn read(module: &'m [u8]) -> Option<Code<'m>> {
        let mut code = Code {
            imported: 0,
            count: 0,
            bodies: Vec::new(),
            sha256: format!("{:x}", Sha256::digest([])),
            names: &[],
            provenance: None,
        };
        for payload in Parser::new(0).parse_all(module) {
            match payload.ok()? {
                Payload::Version { encoding: Encoding::Component, .. } => return None,
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let function = matches!(import.ok()?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
                        code.imported = code.imported.saturating_add(u32::from(function));
                    }
                }
                Payload::CodeSectionStart { count, range, .. } => {
                    code.count = count;
                    let contents = module.get(range.start as usize..range.end as usize)?;
                    code.sha256 = format!("{:x}", Sha256::digest(contents));
                }
                Payload::CodeSectionEntry(body) => code.bodies.push(body.as_bytes().len() as u64),
                Payload::CustomSection(section) if section.name() == SECTION => {
                    code.provenance.get_or_insert(section.data());
                }
                Payload::CustomSection(section) if section.name() == "name" => code.names = section.data(),
                _ => {}
            }
        }
        Some(code)
    }

    /// The names of functions, by index, as far as the section parses.
    pub fn names(&self) -> HashMap<u32, &'m str> {
        let sections = NameSectionReader::new(BinaryReader::new(self.names, 0));
        let functions = sections.map_while(|names| names.ok()).filter_map(|names| match names {
            Name::Function(map) => Some(map),
            _ => None,
        });
        let names = functions.flat_map(|map| map.into_iter().map_while(|naming| naming.ok()));
        names.map(|naming| (naming.index, naming.name)).collect()
    }
}
