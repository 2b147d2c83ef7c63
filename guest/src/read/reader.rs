//! The walk over the input. In: the bytes of one component. Out: `Tree`, parsed and validated in
//! one walk. Not its job: what the definitions mean (`link`).

use super::bodies::Bodies;
use super::element_size::Sizes;
use super::extent::Extents;
use super::extern_names::NameScope;
use super::items::Items;
use super::limits;
use super::module::{BOUNDARY_SECTION, Module, invalid, malformed};
use super::nesting;
use super::package;
use super::renaming;
use super::strictness;
use super::tree::{Component, Definition, DefinitionKind, NameSection, Tree};
use crate::error::{Code, Error, Result};
use crate::ids::{ComponentId, IdVec, ModuleId};
use std::rc::Rc;
use wasmparser::types::Types;
use wasmparser::{
    Chunk, ComponentName, ComponentNameSectionReader, CustomSectionReader, Encoding, FromReader, KnownCustom,
    Parser, Payload, SectionLimited, ValidPayload, Validator, WasmFeatures,
};

/// How many bytes of the input one step goes through, unless a single section is longer.
const STEP: usize = 256 * 1024;

/// All that there is in wasmparser, but nested namespaces and packages: the specification has them
/// for a later version, and a component with such names is not valid yet.
const FEATURES: WasmFeatures = WasmFeatures::all().difference(WasmFeatures::CM_NESTED_NAMES);

/// Reads and validates in steps, so that a caller can show progress.
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    validator: Validator,
    waiting: Bodies<'a>,
    /// False: function bodies are parsed, and not validated.
    bodies: bool,
    sizes: Sizes,
    extents: Extents,
    /// What is being read, innermost last.
    open: Vec<Open<'a>>,
    components: IdVec<ComponentId, Component<'a>>,
    modules: IdVec<ModuleId, Rc<Module<'a>>>,
    /// The root's, once it has been read to its end.
    types: Option<Types>,
}

/// A component or a core module that is being read.
struct Open<'a> {
    parser: Parser,
    /// Where it ends, in bytes from the start of the input.
    end: usize,
    what: What<'a>,
    /// The names of a component's imports and exports.
    names: NameScope<'a>,
}

enum What<'a> {
    Component(ComponentId),
    Module { module: Box<Module<'a>>, step: String },
}

impl<'a> Open<'a> {
    fn new(parser: Parser, end: usize, what: What<'a>) -> Open<'a> {
        Open { parser, end, what, names: NameScope::default() }
    }
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        let mut components = IdVec::new();
        let root = components.push(component(0..bytes.len(), None, String::new()));
        let open = Open::new(Parser::new(0), bytes.len(), What::Component(root));
        Reader {
            bytes,
            position: 0,
            validator: Validator::new_with_features(FEATURES),
            waiting: Bodies::default(),
            bodies: true,
            sizes: Sizes::default(),
            extents: Extents::default(),
            open: vec![open],
            components,
            modules: IdVec::new(),
            types: None,
        }
    }

    /// The tree of a component whose function bodies are validated elsewhere.
    pub fn outline(bytes: &'a [u8]) -> Result<Tree<'a>> {
        let mut reader = Reader { bodies: false, ..Reader::new(bytes) };
        while reader.step()? {}
        reader.finish()
    }

    /// Does a bounded amount of work. True: call again. Errors: `Malformed` where the bytes do not
    /// parse, `Invalid` where the validator refuses them, `NotAComponent`, and `LimitExceeded` for
    /// components in components; each with the offset and the path.
    pub fn step(&mut self) -> Result<bool> {
        let goal = self.position.saturating_add(STEP);
        while self.position < goal {
            if self.open.is_empty() {
                return Ok(false);
            }
            let outcome = self.payload();
            if outcome.is_err() || self.position >= goal {
                // A fault in a body is told before one that comes after it.
                self.validate_waiting().map_err(|error| self.place(error))?;
            }
            outcome.map_err(|error| self.place(error))?;
        }
        Ok(true)
    }

    fn validate_waiting(&mut self) -> Result<()> {
        match self.open.last_mut() {
            Some(Open { what: What::Module { module, .. }, .. }) => {
                self.waiting.validate(&mut module.sites).map_err(invalid)
            }
            // Bodies are in core modules.
            _ => Ok(()),
        }
    }

    /// How far it has come, in bytes of the input.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The tree, once `step` has told that there is no more to do.
    pub fn finish(self) -> Result<Tree<'a>> {
        let Reader { bytes, components, modules, types, .. } = self;
        let types = types.ok_or_else(|| Error::internal("the reader has more steps to go"))?;
        package::check(components.values().next(), &types)?;
        Ok(Tree { bytes, components, modules, types })
    }

    /// Puts the path to what is being read before an error.
    fn place(&self, error: Error) -> Error {
        self.open.iter().rev().fold(error, |error, open| {
            let step = match &open.what {
                What::Component(id) => self.components[*id].step.clone(),
                What::Module { step, .. } => step.clone(),
            };
            if step.is_empty() { error } else { error.within(step) }
        })
    }

    fn payload(&mut self) -> Result<()> {
        let position = self.position;
        let outermost = self.open.len() == 1;
        let open = self.open.last_mut().ok_or_else(|| Error::internal("nothing is being read"))?;
        let rest = self.bytes.get(position..open.end).unwrap_or_default();
        if rest.is_empty() && self.bytes.is_empty() {
            return Err(Error::new(Code::Malformed, "the input is empty").at(0));
        }
        let parsed = open.parser.parse(rest, true);
        let (consumed, payload) =
            match parsed.map_err(|e| prerelease(rest, position).unwrap_or_else(|| malformed(e)))? {
                Chunk::Parsed { consumed, payload } => (consumed, payload),
                // Cannot be: the parser has been told that there is no more.
                Chunk::NeedMoreData(_) => return Err(unexpected_end(position)),
            };
        self.position = position.saturating_add(consumed);
        if !matches!(payload, Payload::CodeSectionEntry(_)) {
            self.validate_waiting()?;
        }
        if outermost && matches!(payload, Payload::Version { encoding: Encoding::Module, .. }) {
            return Err(not_a_component(self.bytes));
        }
        self.take(payload)
    }

    /// Parses what the payload holds, then validates it: so `Malformed` comes before `Invalid`.
    fn take(&mut self, payload: Payload<'a>) -> Result<()> {
        let mut fresh = None;
        match &mut self.open.last_mut().ok_or_else(|| Error::internal("nothing is being read"))?.what {
            What::Module { module, .. } => module.add(&payload).map_err(malformed)?,
            What::Component(id) => {
                fresh = Some((*id, self.components[*id].definitions.len()));
                let types = self.validator.types(0).map_or(0, |types| types.component_type_count());
                let before = nesting::Before { types, deepest: self.extents.deepest() };
                define(self.bytes, &mut self.components[*id], &payload, before)?;
            }
        }
        // Before validation, where the counts are still those before the section.
        let nested = self.nested(&payload)?;
        if let Some(types) = self.validator.types(0) {
            renaming::check(types, &payload)?;
        }
        self.validate(&payload, fresh)?;
        if let Some((component, first)) = fresh {
            self.check_names(component, first)?;
        }
        if let Some(open) = nested {
            self.open.push(open);
        }
        Ok(())
    }

    /// `fresh`: the component whose definitions from that one on are the payload's.
    fn validate(&mut self, payload: &Payload<'a>, fresh: Option<(ComponentId, usize)>) -> Result<()> {
        if let (Some(items), Some((component, first))) = (Items::of(payload), fresh) {
            return self.validate_items(&items, component, first);
        }
        match self.validated(payload)? {
            ValidPayload::Func(function, body) if self.bodies => {
                self.waiting.push(function, body);
                Ok(())
            }
            ValidPayload::End(types) => self.close(types),
            ValidPayload::Ok | ValidPayload::Func(..) | ValidPayload::Parser(_) => Ok(()),
        }
    }

    fn validated<'x>(&mut self, payload: &Payload<'x>) -> Result<ValidPayload<'x>> {
        self.validator.payload(payload).map_err(|error| {
            let types = self.validator.types(0);
            let explained = types.and_then(|types| strictness::explain(&error, types, payload));
            explained.unwrap_or_else(|| invalid(error))
        })
    }

    /// A section item by item, so that the types of each are checked with its offset at hand, and before the
    /// next one can refer to them. The items are the component's definitions from `first` on.
    fn validate_items(&mut self, items: &Items, component: ComponentId, first: usize) -> Result<()> {
        let mut buffer = Vec::new();
        for nth in first..self.components[component].definitions.len() {
            let offset = |nth: usize| self.components[component].definitions.get(nth).map(|d| d.offset);
            let (start, end) = (offset(nth), offset(nth.saturating_add(1)));
            let place = start.unwrap_or(items.end)..end.unwrap_or(items.end);
            self.validated(&items.one(self.bytes, place, &mut buffer)?)?;
            let Some(types) = self.validator.types(0) else { continue };
            let Some(definition) = self.components[component].definitions.get(nth) else { continue };
            let checked = match definition.kind {
                DefinitionKind::Type(_) => self.sizes.check(types),
                _ => Ok(()),
            };
            let checked = checked.and_then(|()| self.extents.definition(types, &definition.kind));
            checked.map_err(|error| error.at(definition.offset))?;
        }
        Ok(())
    }

    /// The names in the component's definitions from `first` on, unless it has just ended.
    fn check_names(&mut self, component: ComponentId, first: usize) -> Result<()> {
        match self.open.last_mut() {
            Some(Open { what: What::Component(id), names, .. }) if *id == component => {
                let mut fresh = self.components[component].definitions.iter().skip(first);
                fresh.try_for_each(|d| names.define(&d.kind).map_err(|error| error.at(d.offset)))
            }
            _ => Ok(()),
        }
    }

    /// What opens with this payload: a nested component or core module.
    fn nested(&mut self, payload: &Payload<'a>) -> Result<Option<Open<'a>>> {
        let types = self.validator.types(0);
        let count = |count: fn(&wasmparser::types::TypesRef<'_>) -> u32| types.as_ref().map_or(0, count);
        match payload {
            Payload::ModuleSection { parser, unchecked_range } => {
                let (start, end) = self.checked(unchecked_range)?;
                let step = format!("core module {}", count(|t| t.module_count()));
                let bytes = self.bytes.get(start..end).ok_or_else(|| unexpected_end(start))?;
                let module = Box::new(Module { bytes, offset: start, ..Module::default() });
                Ok(Some(Open::new(parser.clone(), end, What::Module { module, step })))
            }
            Payload::ComponentSection { parser, unchecked_range } => {
                let (start, end) = self.checked(unchecked_range)?;
                if self.open.len() > limits::COMPONENT_DEPTH {
                    let limit = limits::COMPONENT_DEPTH as u64;
                    return Err(Error::limit("depth of nested components", limit).at(start));
                }
                let step = format!("component {}", count(|t| t.component_count()));
                let parent = self.current()?;
                let id = self.components.push(component(start..end, Some(parent), step));
                let definition = Definition { offset: start, kind: DefinitionKind::Component(id) };
                self.components[parent].definitions.push(definition);
                Ok(Some(Open::new(parser.clone(), end, What::Component(id))))
            }
            _ => Ok(None),
        }
    }

    /// The component whose definitions are being read.
    fn current(&self) -> Result<ComponentId> {
        match self.open.last() {
            Some(Open { what: What::Component(id), .. }) => Ok(*id),
            _ => Err(Error::internal("a definition outside a component")),
        }
    }

    /// The parser does not compare a nested binary's range with the bytes that are there.
    fn checked(&self, range: &std::ops::Range<u64>) -> Result<(usize, usize)> {
        let limit = self.open.last().map_or(0, |open| open.end);
        match (usize::try_from(range.start), usize::try_from(range.end)) {
            (Ok(start), Ok(end)) if start <= end && end <= limit => Ok((start, end)),
            _ => Err(unexpected_end(limit)),
        }
    }

    /// What has been read to its end becomes a definition of what contains it.
    fn close(&mut self, types: Types) -> Result<()> {
        let open = self.open.pop().ok_or_else(|| Error::internal("an end without a start"))?;
        if let What::Module { module, .. } = open.what {
            let offset = module.offset;
            let id = self.modules.push(Rc::new(*module));
            let parent = self.current()?;
            let definition = Definition { offset, kind: DefinitionKind::CoreModule(id) };
            self.components[parent].definitions.push(definition);
        } else if self.open.is_empty() {
            self.types = Some(types);
        } else if let Some(types) = self.validator.types(0) {
            let last = types.component_count().checked_sub(1).map(|last| types.component_at(last));
            last.map_or(Ok(()), |last| self.extents.ty(types, last.into()))?;
        }
        Ok(())
    }
}

fn component<'a>(range: std::ops::Range<usize>, parent: Option<ComponentId>, step: String) -> Component<'a> {
    Component { range, parent, step, names: NameSection::default(), definitions: Vec::new() }
}

/// Adds the definitions of one section; not those of core types, which say nothing that the others do not.
fn define<'a>(
    bytes: &'a [u8],
    component: &mut Component<'a>,
    payload: &Payload<'a>,
    before: nesting::Before,
) -> Result<()> {
    use DefinitionKind as Kind;
    let to = &mut component.definitions;
    match payload {
        Payload::InstanceSection(s) => collect(to, s, Kind::CoreInstance),
        Payload::ComponentInstanceSection(s) => collect(to, s, Kind::Instance),
        Payload::ComponentAliasSection(s) => collect(to, s, Kind::Alias),
        Payload::ComponentTypeSection(s) => {
            let (start, end) = (s.range().start as usize, s.range().end as usize);
            nesting::check(bytes.get(start..end).unwrap_or_default(), start, before)?;
            collect(to, s, Kind::Type)
        }
        Payload::ComponentCanonicalSection(s) => collect(to, s, Kind::Canonical),
        Payload::ComponentStartSection { start, range } => {
            to.push(Definition { offset: range.start as usize, kind: Kind::Start(start.clone()) });
            Ok(())
        }
        Payload::ComponentImportSection(s) => collect(to, s, Kind::Import),
        Payload::ComponentExportSection(s) => collect(to, s, Kind::Export),
        Payload::CustomSection(s) => {
            names(&mut component.names, s);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn collect<'a, T: FromReader<'a>>(
    to: &mut Vec<Definition<'a>>,
    section: &SectionLimited<'a, T>,
    kind: fn(T) -> DefinitionKind<'a>,
) -> Result<()> {
    for item in section.clone().into_iter_with_offsets() {
        let (offset, item) = item.map_err(malformed)?;
        to.push(Definition { offset: offset as usize, kind: kind(item) });
    }
    Ok(())
}

/// A name section that does not parse is no error: the rest of it gives no names.
fn names<'a>(names: &mut NameSection<'a>, section: &CustomSectionReader<'a>) {
    if let KnownCustom::ComponentName(reader) = section.as_known() {
        let _ = read_names(names, reader);
    }
}

fn read_names<'a>(
    names: &mut NameSection<'a>,
    reader: ComponentNameSectionReader<'a>,
) -> wasmparser::Result<()> {
    for subsection in reader {
        let (to, map) = match subsection? {
            ComponentName::Instances(map) => (&mut names.instances, map),
            ComponentName::CoreInstances(map) => (&mut names.core_instances, map),
            _ => continue,
        };
        for naming in map {
            let naming = naming?;
            to.insert(naming.index, naming.name);
        }
    }
    Ok(())
}

/// Binaries of components before version 0xd (Binary.md, "Component Definitions") are of toolchains that
/// were not released, and each had another format.
fn prerelease(bytes: &[u8], offset: usize) -> Option<Error> {
    match bytes.get(..8)? {
        [0, b'a', b's', b'm', version @ 0xa..=0xc, 0, 1, 0] => {
            let message = format!("a component in the binary format of a pre-release, version {version:#x}");
            let hint = "build it again with a toolchain of today, which writes version 0xd";
            Some(Error::new(Code::Malformed, message).at(offset).hint(hint))
        }
        _ => None,
    }
}

fn unexpected_end(offset: usize) -> Error {
    Error::new(Code::Malformed, "unexpected end of the input").at(offset)
}

fn not_a_component(bytes: &[u8]) -> Error {
    let fused = |payload: wasmparser::Result<Payload<'_>>| matches!(payload, Ok(Payload::CustomSection(section)) if section.name() == BOUNDARY_SECTION);
    let hint = match Parser::new(0).parse_all(bytes).any(fused) {
        true => "meld made it: wrap it, or fuse its inputs again, as a component",
        false => "make a component of it with `wasm-tools component new`",
    };
    Error::new(Code::NotAComponent, "the input is a core module, not a component").at(0).hint(hint)
}
