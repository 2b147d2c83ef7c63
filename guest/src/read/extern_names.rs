//! Names of imports and exports, as far as wasmparser 0.258 leaves them unchecked. In: definitions
//! that it has validated. Out: an error for a name that is none, or that clashes with another name
//! of its scope. Not its job: what wasmparser does check, such as the syntax of labels.
//!
//! Explainer.md, "Import and Export Definitions" and "Name Uniqueness"; Binary.md, "Import and
//! Export Definitions".

use super::tree::DefinitionKind;
use crate::error::{Code, Error, Result};
use semver::Version;
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use wasmparser::{
    ComponentExternName, ComponentInstance, ComponentType, ComponentTypeDeclaration, InstanceTypeDeclaration,
};

/// The names of one component, component type, instance or instance type so far.
#[derive(Default)]
pub(super) struct NameScope<'a> {
    imports: UniqueNames<'a>,
    exports: UniqueNames<'a>,
}

/// The names so far, which are strongly-unique: each under its canonical form.
#[derive(Default)]
struct UniqueNames<'a>(HashMap<Cow<'a, str>, &'a str>);

impl<'a> NameScope<'a> {
    /// Checks the names that a definition has in it, and remembers those that are in this scope.
    /// Errors: `Invalid`, without an offset.
    pub fn define(&mut self, definition: &DefinitionKind<'a>) -> Result<()> {
        match definition {
            DefinitionKind::Import(import) => self.imports.add("import", &import.name),
            DefinitionKind::Export(export) => self.exports.add("export", &export.name),
            DefinitionKind::Instance(ComponentInstance::FromExports(exports)) => {
                let mut scope = NameScope::default();
                exports.iter().try_for_each(|export| scope.exports.add("export", &export.name))
            }
            DefinitionKind::Type(ty) => check_type(ty),
            _ => Ok(()),
        }
    }
}

/// Recurses, as deep as types nest: `nesting` has refused what is deeper than `COMPONENT_DEPTH`.
fn check_type(ty: &ComponentType<'_>) -> Result<()> {
    let mut scope = NameScope::default();
    match ty {
        ComponentType::Component(declarations) => {
            declarations.iter().try_for_each(|declaration| match declaration {
                ComponentTypeDeclaration::Type(ty) => check_type(ty),
                ComponentTypeDeclaration::Import(import) => scope.imports.add("import", &import.name),
                ComponentTypeDeclaration::Export { name, .. } => scope.exports.add("export", name),
                _ => Ok(()),
            })
        }
        ComponentType::Instance(declarations) => {
            declarations.iter().try_for_each(|declaration| match declaration {
                InstanceTypeDeclaration::Type(ty) => check_type(ty),
                InstanceTypeDeclaration::Export { name, .. } => scope.exports.add("export", name),
                _ => Ok(()),
            })
        }
        _ => Ok(()),
    }
}

impl<'a> UniqueNames<'a> {
    fn add(&mut self, sort: &str, name: &ComponentExternName<'a>) -> Result<()> {
        // wasmparser still takes the names of earlier drafts (`url=<…>` and the like). They alone
        // have a `=`.
        if name.name.contains('=') {
            return Err(invalid(format!("{sort} name `{}` is not a valid extern name", name.name)));
        }
        check_version(name).map_err(|why| invalid(format!("{sort} name `{}` {why}", name.name)))?;
        match self.0.entry(canonical(name.name)) {
            Entry::Occupied(previous) => Err(invalid(format!(
                "{sort} name `{}` conflicts with previous name `{}`: the two are not strongly-unique",
                name.name,
                previous.get()
            ))),
            Entry::Vacant(vacant) => {
                vacant.insert(name.name);
                Ok(())
            }
        }
    }
}

/// The canonicalized name: two names are strongly-unique if these differ.
fn canonical(name: &str) -> Cow<'_, str> {
    let labels = name.strip_prefix("[method]").or_else(|| name.strip_prefix("[static]")).unwrap_or(name);
    let name = match labels.split_once('.') {
        Some((resource, function)) if resource.eq_ignore_ascii_case(function) => resource,
        _ => labels,
    };
    if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    // Acronyms are parts of labels: a version, where case tells pre-releases apart, has none.
    match name.split_once('@') {
        Some((labels, version)) => format!("{}@{version}", labels.to_ascii_lowercase()).into(),
        None => name.to_ascii_lowercase().into(),
    }
}

/// An `interfaceversion` is a valid semver or a `canonversion`, of the name or of what it
/// implements, and a `versionsuffix` makes a valid semver out of a `canonversion`. The error is a
/// clause.
fn check_version(name: &ComponentExternName<'_>) -> Result<(), String> {
    let interface = name.implements.unwrap_or(name.name);
    let version = interface.split_once('@').map(|(_, version)| version);
    match (version, name.version_suffix) {
        (None, None) => Ok(()),
        (Some(version), None) if is_canonversion(version) => Ok(()),
        (Some(version), None) => check_semver(version),
        (Some(version), Some(suffix)) if is_canonversion(version) => {
            check_semver(&format!("{version}{suffix}"))
        }
        (_, Some(_)) => {
            Err("has a `versionsuffix`, and no canonical interface version before it".to_string())
        }
    }
}

fn check_semver(version: &str) -> Result<(), String> {
    match Version::parse(version) {
        Ok(_) => Ok(()),
        Err(why) => Err(format!("has the invalid interface version `{version}`: {why}")),
    }
}

/// What of a version is in a canonical interface name: up to its first number that is not zero.
fn is_canonversion(version: &str) -> bool {
    let last = version.strip_prefix("0.0.").or_else(|| version.strip_prefix("0.")).unwrap_or(version);
    let number = last.bytes().all(|byte| byte.is_ascii_digit());
    version == "0.0.0" || (number && !last.is_empty() && !last.starts_with('0'))
}

fn invalid(message: String) -> Error {
    Error::new(Code::Invalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_canonical_form() {
        for (name, form) in [
            ("foo-BAR", "foo-bar"),
            ("[constructor]FOO", "[constructor]foo"),
            ("[method]foo.BAR", "foo.bar"),
            ("[static]foo.bar", "foo.bar"),
            ("[static]foo-BAR.FOO-bar", "foo-bar"),
            ("foo:bar/BAZ", "foo:bar/baz"),
            ("foo:bar/BAZ@1.0.0-RC.1", "foo:bar/baz@1.0.0-RC.1"),
            ("foo:bar/baz@1.0.0-RC.1", "foo:bar/baz@1.0.0-RC.1"),
        ] {
            assert_eq!(canonical(name), form);
        }
        assert!(matches!(canonical("[method]foo.bar"), Cow::Borrowed("foo.bar")));
    }

    #[test]
    fn canonical_versions() {
        for version in ["1", "10", "123", "0.1", "0.20", "0.0.1", "0.0.30", "0.0.0"] {
            assert!(is_canonversion(version), "{version}");
        }
        for version in
            ["", "0", "01", "0.0", "0.01", "0.0.01", "0.0.0.1", "1.0", "1.2.3", "0.1.0", "1a", "-1", "0."]
        {
            assert!(!is_canonversion(version), "{version}");
        }
    }
}
