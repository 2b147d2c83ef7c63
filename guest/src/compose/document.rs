//! A composition in the WAC language. In: the document and the inputs. Out: wac's graph. Not its
//! job: the language, which is wac-parser's; what this file decides is which input is the package
//! that a document names.

use super::budget;
use super::composition::Composition;
use super::matching::package_name;
use super::shape::Shape;
use super::stubs::{Imports, StubExports};
use super::track::track;
use super::wording::{SETTLE, chain, file_name};
use crate::error::{Code, Error, Result};
use crate::interface::{Input, WacSource};
use indexmap::IndexMap;
use miette::{Diagnostic, SourceSpan};
use std::collections::{HashMap, HashSet};
use wac_graph::types::{BorrowedPackageKey, ItemKind, Package};
use wac_graph::{CompositionGraph, NodeId};
use wac_parser::{
    Document, Expr, ExternType, ImportType, InstantiationArgument, InterfaceItem, PrimaryExpr, Statement,
    TypeStatement, UsePath, WorldItem, WorldItemPath, WorldRef,
};

/// How deep a document may nest: wac-parser recurses for each bracket.
const DEPTH: usize = 200;

type Key<'d> = BorrowedPackageKey<'d>;

/// The graph that the document describes, with the inputs as its packages, and stubs for what it leaves
/// to the host and the host lacks. Errors, with the document's name: `InvalidWac` where it does not parse
/// or resolve, or a package could be no input or several; `InvalidOption` for an input that is no package;
/// `LimitExceeded` where it nests too deep. Without: those of `Imports::stubs`.
pub fn resolve(
    inputs: Vec<Input>,
    shapes: Vec<Shape>,
    wac: &WacSource,
    stub: &[String],
) -> Result<Composition> {
    // Some editors put a byte order mark in front, which is no character of the language.
    let text = wac.text.strip_prefix('\u{feff}').unwrap_or(&wac.text);
    let before = (wac.text.len() - text.len()) as u64;
    let mut composition = graph(inputs, shapes, text).map_err(|mut error| {
        error.offset = error.offset.map(|offset| offset.saturating_add(before));
        error.in_input(&wac.name)
    })?;
    if !stub.is_empty() {
        composition.stub(stub)?;
    }
    Ok(composition)
}

impl Composition {
    fn stub(&mut self, patterns: &[String]) -> Result<()> {
        let instances = self.instantiations();
        let left = instances.iter().flat_map(|node| self.left_to_the_host(*node));
        budget::names(&left.collect())?;
        let mut imports = Imports::default();
        for node in &instances {
            for (name, kind) in self.open(*node) {
                imports = imports.add(self.graph.types(), &name, kind)?;
            }
        }
        let stubs = imports.stubs(patterns)?;
        let (input, shape) = stubs.input()?;
        let index = self.shapes.len();
        let unusable = |e: &dyn std::error::Error| Error::internal(chain(e));
        let name = package_name(index);
        let package = Package::from_bytes(&name, None, input.bytes, self.graph.types_mut())
            .map_err(|e| unusable(e.as_ref()))?;
        let package = self.graph.register_package(package).map_err(|e| unusable(&e))?;
        self.packages.insert(name, index);
        self.shapes.push(shape);
        self.stubs = Some(index);
        let provider = self.graph.instantiate(package);
        let exports = stubs.exports();
        for node in instances {
            for (name, follows) in self.stubbed(node, &exports) {
                let (export, ty) = follows;
                let alias = |graph: &mut CompositionGraph, from, name: &str| {
                    graph.alias_instance_export(from, name).map_err(|e| unusable(&e))
                };
                let mut argument = alias(&mut self.graph, provider, &export)?;
                if let Some(ty) = ty {
                    argument = alias(&mut self.graph, argument, &ty)?;
                }
                self.graph
                    .set_instantiation_argument(node, &name, argument)
                    .map_err(|e| Error::new(Code::IncompatibleTypes, chain(&e)))?;
            }
        }
        Ok(())
    }

    /// The imports of an instance that the document leaves to the host, but those that follow another.
    fn open(&self, node: NodeId) -> Vec<(String, ItemKind)> {
        let Some(package) = self.graph[node].package() else { return Vec::new() };
        let imports = &self.graph.types()[self.graph[package].ty()].imports;
        let follows = self.shape_of(node).map(|(_, shape)| &shape.follows);
        let open = self.left_to_the_host(node).into_iter();
        let open = open.filter(|name| !follows.is_some_and(|follows| follows.contains_key(*name)));
        open.filter_map(|name| Some((name.to_string(), *imports.get(name)?))).collect()
    }

    /// Those of the instance's imports that a stub meets: the export, and the type in it for one that
    /// follows.
    fn stubbed(&self, node: NodeId, stubs: &StubExports<'_>) -> Vec<(String, (String, Option<String>))> {
        let left = self.left_to_the_host(node);
        let follows = self.shape_of(node).map(|(_, shape)| &shape.follows);
        let all: HashSet<&str> = left.iter().copied().collect();
        let export = |name: &str| stubs.get(&track(name)).map(|export| export.to_string());
        let stubbed =
            left.into_iter().filter_map(|name| match follows.and_then(|follows| follows.get(name)) {
                Some((instance, ty)) if all.contains(&**instance) => {
                    Some((name.to_string(), (export(instance)?, Some(ty.to_string()))))
                }
                Some(_) => None,
                None => Some((name.to_string(), (export(name)?, None))),
            });
        stubbed.collect()
    }
}

fn graph(inputs: Vec<Input>, shapes: Vec<Shape>, text: &str) -> Result<Composition> {
    shallow(text)?;
    let document = Document::parse(text).map_err(|e| invalid(&e))?;
    let mut packages =
        Packages { this: document.directive.package.name, found: IndexMap::new(), instances: Vec::new() };
    packages.document(&document)?;
    let chosen = choose(&packages.found, &inputs)?;
    let numbers: HashMap<&Key<'_>, usize> = chosen.iter().map(|(key, index)| (key, *index)).collect();
    let shape = |key: &Key<'_>| shapes.get(*numbers.get(key)?);
    budget::spread(packages.instances.iter().filter_map(shape), &shapes)?;
    let mut registered = HashMap::new();
    let mut bytes = IndexMap::new();
    let mut inputs: Vec<_> = inputs.into_iter().map(Some).collect();
    for (key, index) in chosen {
        let input = inputs.get_mut(index).and_then(Option::take);
        let input = input.ok_or_else(|| Error::internal("an input is gone"))?;
        registered.insert(key.to_string(), index);
        bytes.insert(key, input.bytes);
    }
    if let Some(unused) = inputs.iter().flatten().next() {
        let message = format!("the input `{}` is none of the packages of the document", unused.name);
        let hint = match packages.found.is_empty() {
            true => "the document uses no package: leave the input out".to_string(),
            false => format!("leave it out, or say which package it is; {}", listed(&packages.found)),
        };
        return Err(Error::new(Code::InvalidOption, message).hint(hint));
    }
    let resolution = document.resolve(bytes).map_err(|e| invalid(&e))?;
    Ok(Composition { graph: resolution.into_graph(), packages: registered, shapes, stubs: None })
}

/// A wac error with the place that it points at.
fn invalid<E: Diagnostic>(error: &E) -> Error {
    let mut labels = error.labels().into_iter().flatten();
    let primary = labels.next().map(|label| label.offset());
    let invalid = Error::new(Code::InvalidWac, chain_of(error));
    match primary {
        Some(offset) => invalid.at(offset),
        None => invalid,
    }
}

fn chain_of<E: Diagnostic>(error: &E) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

/// Refuses a document that would exhaust the parser's stack. Counts every bracket, in comments
/// too, and does not need them to match.
fn shallow(text: &str) -> Result<()> {
    let mut depth = 0usize;
    for (offset, c) in text.char_indices() {
        match c {
            '(' | '{' | '<' => depth = depth.saturating_add(1),
            ')' | '}' | '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH {
            return Err(Error::limit("nested brackets in a WAC document", DEPTH as u64).at(offset));
        }
    }
    Ok(())
}

/// Which input each package is.
fn choose<'d>(found: &IndexMap<Key<'d>, SourceSpan>, inputs: &[Input]) -> Result<Vec<(Key<'d>, usize)>> {
    let mut chosen: Vec<(Key<'d>, usize)> = Vec::new();
    for (key, span) in found {
        let index = the_input(key, inputs).map_err(|e| e.at(span.offset()))?;
        if let Some((other, _)) = chosen.iter().find(|(_, taken)| *taken == index) {
            let name = inputs.get(index).map_or("", |input| input.name.as_str());
            return Err(Error::new(
                Code::InvalidWac,
                format!("the input `{name}` could be both `{other}` and `{key}`"),
            )
            .at(span.offset())
            .hint("give each package an input of its own, and say of each which package it is"));
        }
        chosen.push((*key, index));
    }
    Ok(chosen)
}

/// The one input that is the package: one of which the caller has said so, else one whose file's
/// name says so.
fn the_input(key: &Key<'_>, inputs: &[Input]) -> Result<usize> {
    let given = |input: &Input| input.package.as_deref().is_some_and(|package| same(package, key));
    let named = |input: &Input| input.package.is_none() && stem_is(&input.name, key);
    for fits in [&given as &dyn Fn(&Input) -> bool, &named] {
        let candidates: Vec<_> = inputs.iter().enumerate().filter(|(_, input)| fits(input)).collect();
        match candidates.as_slice() {
            [] => {}
            [(index, _)] => return Ok(*index),
            several => {
                let names: Vec<_> = several.iter().map(|(_, input)| format!("`{}`", input.name)).collect();
                let message = format!("the package `{key}` could be any of {}", names.join(", "));
                return Err(Error::new(Code::InvalidWac, message)
                    .hint("say of one which package it is, or leave the others out"));
            }
        }
    }
    let names: Vec<_> = inputs.iter().map(|input| format!("`{}`", input.name)).collect();
    let message = match names.is_empty() {
        true => format!("there is no input for the package `{key}`"),
        false => format!("none of the inputs is the package `{key}`: {}", names.join(", ")),
    };
    Err(Error::new(Code::InvalidWac, message).hint("say of its input which package it is"))
}

/// `package` is `ns:name` or `ns:name@version`; without a version it is every version.
fn same(package: &str, key: &Key<'_>) -> bool {
    match package.split_once('@') {
        Some((name, version)) => name == key.name && fits_version(version, key),
        None => package == key.name,
    }
}

/// A file is a package by its name without directory and extension: `name`, `ns:name`, `ns-name` or
/// `ns_name`, with or without `@version`; `_` counts as `-`.
fn stem_is(file: &str, key: &Key<'_>) -> bool {
    let base = file_name(file);
    let stem = ["wasm", "wat", "wit"]
        .iter()
        .find_map(|extension| base.strip_suffix(extension)?.strip_suffix('.'))
        .unwrap_or(base);
    let (stem, version) = match stem.split_once('@') {
        Some((stem, version)) => (stem, Some(version)),
        None => (stem, None),
    };
    if version.is_some_and(|version| !fits_version(version, key)) {
        return false;
    }
    let stem = stem.replace(['_', ':'], "-");
    let full = key.name.replace(':', "-");
    let name = key.name.rsplit(':').next().unwrap_or(key.name);
    stem == full || stem == name
}

fn fits_version(version: &str, key: &Key<'_>) -> bool {
    key.version.is_none_or(|wanted| wanted.to_string() == version)
}

fn listed(found: &IndexMap<Key<'_>, SourceSpan>) -> String {
    let names: Vec<_> = found.keys().map(|key| format!("`{key}`")).collect();
    format!("the document's packages are {}", names.join(", "))
}

/// Collects the packages that a document refers to, with the first place of each.
struct Packages<'d> {
    /// The document's own package.
    this: &'d str,
    found: IndexMap<Key<'d>, SourceSpan>,
    /// What is instantiated, as often as it is.
    instances: Vec<Key<'d>>,
}

impl<'d> Packages<'d> {
    fn add(&mut self, name: &'d str, version: Option<&'d semver::Version>, span: SourceSpan) {
        if name != self.this {
            self.found.entry(Key::from_name_and_version(name, version)).or_insert(span);
        }
    }

    fn path(&mut self, path: &'d wac_parser::PackagePath<'d>) {
        self.add(path.name, path.version.as_ref(), path.package_name_span());
    }

    fn document(&mut self, document: &'d Document<'d>) -> Result<()> {
        if let Some(world) = &document.directive.targets {
            self.path(world);
        }
        for statement in &document.statements {
            match statement {
                Statement::Import(import) => match &import.ty {
                    ImportType::Package(path) => self.path(path),
                    ImportType::Interface(inline) => self.interface(&inline.items),
                    ImportType::Func(_) | ImportType::Ident(_) => {}
                },
                Statement::Type(TypeStatement::Interface(interface)) => self.interface(&interface.items),
                Statement::Type(TypeStatement::World(world)) => self.world(&world.items),
                Statement::Type(TypeStatement::Type(_)) => {}
                Statement::Let(binding) => self.expr(&binding.expr)?,
                Statement::Export(export) => self.expr(&export.expr)?,
            }
        }
        Ok(())
    }

    fn interface(&mut self, items: &'d [InterfaceItem<'d>]) {
        for item in items {
            if let InterfaceItem::Use(used) = item {
                self.used(&used.path);
            }
        }
    }

    fn used(&mut self, path: &'d UsePath<'d>) {
        if let UsePath::Package(path) = path {
            self.path(path);
        }
    }

    fn world(&mut self, items: &'d [WorldItem<'d>]) {
        for item in items {
            match item {
                WorldItem::Use(used) => self.used(&used.path),
                WorldItem::Type(_) => {}
                WorldItem::Import(import) => self.world_path(&import.path),
                WorldItem::Export(export) => self.world_path(&export.path),
                WorldItem::Include(include) => {
                    if let WorldRef::Package(path) = &include.world {
                        self.path(path);
                    }
                }
            }
        }
    }

    fn world_path(&mut self, path: &'d WorldItemPath<'d>) {
        match path {
            WorldItemPath::Named(named) => {
                if let ExternType::Interface(inline) = &named.ty {
                    self.interface(&inline.items);
                }
            }
            WorldItemPath::Package(path) => self.path(path),
            WorldItemPath::Ident(_) => {}
        }
    }

    fn expr(&mut self, expr: &'d Expr<'d>) -> Result<()> {
        match &expr.primary {
            PrimaryExpr::New(new) => {
                if new.package.name == self.this {
                    return Err(Error::new(
                        Code::InvalidWac,
                        "the document's own package cannot be instantiated",
                    )
                    .at(new.package.span.offset())
                    .hint(SETTLE));
                }
                let version = new.package.version.as_ref();
                self.add(new.package.name, version, new.package.span);
                self.instances.push(Key::from_name_and_version(new.package.name, version));
                new.arguments.iter().try_for_each(|argument| match argument {
                    InstantiationArgument::Named(named) => self.expr(&named.expr),
                    _ => Ok(()),
                })
            }
            PrimaryExpr::Nested(nested) => self.expr(&nested.inner),
            PrimaryExpr::Ident(_) => Ok(()),
        }
    }
}
