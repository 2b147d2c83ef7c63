//! How many items a component defines: what docs/LIMITS.md counts memory by. In: bytes. Out: the entries of
//! all sections, those of nested components and core modules too, and what these entries are lists of:
//! arguments, declarations, elements. Not its job: whether any of it is valid.

use wasmparser::{
    ComponentInstance, ComponentType, ComponentTypeDeclaration, CoreType, ElementItems, Instance,
    InstanceTypeDeclaration, Parser, Payload, RecGroup, Result, SectionLimited,
};

/// wasmparser reads types in types by recursion, and some that are hostile nest deep.
const STACK: usize = 256 << 20;

/// Counts up to where the bytes stop making sense.
pub fn items(bytes: &[u8]) -> usize {
    let count = || {
        let payloads = Parser::new(0).parse_all(bytes);
        payloads.map_while(Result::ok).map(|payload| of_payload(&payload).unwrap_or(0)).sum()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, count);
        thread.expect("a thread").join().expect("counting does not panic")
    })
}

fn of_payload(payload: &Payload<'_>) -> Result<usize> {
    Ok(match payload {
        Payload::TypeSection(section) => sum(section, |group: RecGroup| group.types().len())?,
        Payload::ImportSection(section) => section.count() as usize,
        Payload::FunctionSection(section) => section.count() as usize,
        Payload::TableSection(section) => section.count() as usize,
        Payload::MemorySection(section) => section.count() as usize,
        Payload::TagSection(section) => section.count() as usize,
        Payload::GlobalSection(section) => section.count() as usize,
        Payload::ExportSection(section) => section.count() as usize,
        Payload::DataSection(section) => section.count() as usize,
        Payload::ElementSection(section) => sum(section, |element| {
            1 + match element.items {
                ElementItems::Functions(functions) => functions.count() as usize,
                ElementItems::Expressions(_, expressions) => expressions.count() as usize,
            }
        })?,
        Payload::InstanceSection(section) => sum(section, |instance| {
            1 + match instance {
                Instance::Instantiate { args, .. } => args.len(),
                Instance::FromExports(exports) => exports.len(),
            }
        })?,
        Payload::CoreTypeSection(section) => sum(section, of_core_type)?,
        Payload::ComponentInstanceSection(section) => sum(section, |instance| {
            1 + match instance {
                ComponentInstance::Instantiate { args, .. } => args.len(),
                ComponentInstance::FromExports(exports) => exports.len(),
            }
        })?,
        Payload::ComponentAliasSection(section) => section.count() as usize,
        Payload::ComponentTypeSection(section) => sum(section, |ty| of_type(&ty))?,
        Payload::ComponentCanonicalSection(section) => section.count() as usize,
        Payload::ComponentImportSection(section) => section.count() as usize,
        Payload::ComponentExportSection(section) => section.count() as usize,
        // A section, or the body of a function.
        _ => 1,
    })
}

fn sum<'a, T: wasmparser::FromReader<'a>>(
    section: &SectionLimited<'a, T>,
    count: impl Fn(T) -> usize,
) -> Result<usize> {
    section.clone().into_iter().map(|item| item.map(&count)).sum()
}

fn of_core_type(ty: CoreType<'_>) -> usize {
    match ty {
        CoreType::Rec(group) => group.types().len(),
        CoreType::Module(declarations) => 1 + declarations.len(),
    }
}

fn of_type(ty: &ComponentType<'_>) -> usize {
    1 + match ty {
        ComponentType::Component(declarations) => declared(declarations.iter().map(|one| match one {
            ComponentTypeDeclaration::Type(ty) => Some(ty),
            _ => None,
        })),
        ComponentType::Instance(declarations) => declared(declarations.iter().map(|one| match one {
            InstanceTypeDeclaration::Type(ty) => Some(ty),
            _ => None,
        })),
        _ => 0,
    }
}

/// Declarations, of which some are types.
fn declared<'t>(declarations: impl Iterator<Item = Option<&'t ComponentType<'t>>>) -> usize {
    declarations.map(|ty| ty.map_or(1, of_type)).sum()
}
