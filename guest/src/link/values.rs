//! What a definition evaluates to. In: nothing, these are the types. Out: the values that index
//! spaces hold; each is small and copied freely, and what is large is referred to by an id. Not
//! its job: making them.

use super::plan::{CoreDef, Func};
use crate::error::Error;
use crate::ids::{ComponentId, CoreInstanceId, ExportsId, InlineId, ModuleId, ResourceId, ScopeId, TypeId};
use crate::read::CoreSort;
use indexmap::IndexMap;
use std::collections::HashMap;
use std::rc::Rc;
use wasmparser::InstanceTypeDeclaration;

/// A value of a sort that components import and export.
#[derive(Debug, Clone)]
pub enum Value<'t> {
    Func(Func),
    Type(TypeValue<'t>),
    Instance(ExportsId),
    Component(Closure),
    Module(ModuleId),
}

/// A component as a value: a definition, and the scope that its outer aliases count from.
#[derive(Debug, Clone, Copy)]
pub struct Closure {
    pub component: ComponentId,
    /// None for the root.
    pub outer: Option<ScopeId>,
}

/// A type as a value.
#[derive(Debug, Clone)]
pub enum TypeValue<'t> {
    Defined(TypeId),
    Resource(ResourceId),
    /// Index into the evaluator's function types.
    Func(usize),
    /// Not evaluated before a root import asks for it: its declarations, and the scope that they
    /// stand in.
    Instance {
        declarations: &'t [InstanceTypeDeclaration<'t>],
        outer: ScopeId,
    },
    /// Never looked into: the root cannot import a component.
    Component,
    /// A type outside the supported set. It is an error only where something is made of it.
    Unsupported(Rc<Error>),
}

/// The exports of a component instance, by name and in order.
pub type Exports<'t> = IndexMap<&'t str, Exported<'t>>;

#[derive(Debug, Clone)]
pub struct Exported<'t> {
    pub value: Value<'t>,
    /// Where the export stands, in bytes from the start of the input.
    pub offset: usize,
}

/// A core instance.
#[derive(Debug, Clone, Copy)]
pub enum CoreInstanceValue {
    /// Made by `instantiate`: its exports are those of its module.
    Module(CoreInstanceId),
    /// Made of exports.
    Inline(InlineId),
}

/// The exports of an inline core instance.
pub type InlineExports<'t> = HashMap<&'t str, (CoreSort, CoreDef)>;
