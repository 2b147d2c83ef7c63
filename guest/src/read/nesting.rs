//! How deep types nest in a type section. In: the section, and how deep the types before it are. Out: an
//! error where they nest deeper than `limits::COMPONENT_DEPTH` as they are written, or deeper than
//! `limits::TYPE_NESTING` with what they refer to. wasmparser reads nested types by recursion, so that a
//! few kilobytes of input could exhaust the stack, and asserts that no type is 128 deep; this walk goes
//! first and does not recurse. Not its job: anything else about types.

use super::limits;
use super::module::malformed;
use crate::error::{Error, Result};
use wasmparser::{
    BinaryReader, ComponentAlias, ComponentDefinedType, ComponentExternName, ComponentExternalKind,
    ComponentImport, ComponentOuterAliasKind, ComponentType, ComponentTypeRef, ComponentValType, CoreType,
    TypeBounds,
};

const COMPONENT_TYPE: u8 = 0x41;
const INSTANCE_TYPE: u8 = 0x42;

/// What there is before the section.
#[derive(Clone, Copy, Default)]
pub(super) struct Before {
    /// The component's types.
    pub types: u32,
    /// How deep any type nests that there is, the surrounding components' too.
    pub deepest: usize,
}

/// `section` is the contents of a component's type section (Binary.md, "Type Definitions"), which
/// starts at `offset` of the input.
pub(super) fn check(section: &[u8], offset: usize, before: Before) -> Result<()> {
    let section_level = Level { left: 0, first: before.types, ..Level::default() };
    let mut walk = NestingWalk { section, offset, position: 0, before, levels: vec![section_level] };
    let count = walk.count()?;
    for _ in 0..count {
        walk.ty()?;
        while let [_, .., open] = walk.levels.as_mut_slice() {
            match open.left.checked_sub(1) {
                Some(left) => {
                    open.left = left;
                    walk.declaration()?;
                }
                None => walk.close()?,
            }
        }
    }
    Ok(())
}

struct NestingWalk<'a> {
    section: &'a [u8],
    offset: usize,
    position: usize,
    before: Before,
    /// The section, and each component or instance type that is open.
    levels: Vec<Level>,
}

/// What is declared in one place. Depths are those that wasmparser counts, or greater.
#[derive(Default)]
struct Level {
    /// How many declarations are left.
    left: u32,
    /// The index of the first type.
    first: u32,
    /// How deep each type is.
    types: Vec<usize>,
    /// How deep each instance's type is.
    instances: Vec<usize>,
    /// How deep the imports and exports are.
    items: usize,
}

impl<'a> NestingWalk<'a> {
    /// Reads with wasmparser, from the current position on.
    fn read<T>(&mut self, read: impl FnOnce(&mut BinaryReader<'a>) -> wasmparser::Result<T>) -> Result<T> {
        let rest = self.section.get(self.position..).unwrap_or_default();
        let mut reader = BinaryReader::new(rest, self.place() as u64);
        let value = read(&mut reader).map_err(malformed)?;
        self.position = self.position.saturating_add(reader.current_position());
        Ok(value)
    }

    /// Where the walk is, in bytes of the input.
    fn place(&self) -> usize {
        self.offset.saturating_add(self.position)
    }

    fn count(&mut self) -> Result<u32> {
        self.read(|r| r.read_var_u32())
    }

    fn ty(&mut self) -> Result<()> {
        match self.section.get(self.position) {
            Some(&(COMPONENT_TYPE | INSTANCE_TYPE)) => {
                self.position = self.position.saturating_add(1);
                let left = self.count()?;
                if self.levels.len() > limits::COMPONENT_DEPTH {
                    let limit = limits::COMPONENT_DEPTH as u64;
                    return Err(Error::limit("depth of nested component types", limit).at(self.place()));
                }
                self.levels.push(Level { left, ..Level::default() });
                Ok(())
            }
            _ => {
                let ty = self.read(|r| r.read::<ComponentType<'a>>())?;
                let depth = match &ty {
                    // wasmparser itself refuses those that are deeper.
                    ComponentType::Defined(ty) => self.defined(ty).min(limits::TYPE_DEPTH.saturating_add(1)),
                    ComponentType::Func(ty) => {
                        self.values(ty.params.iter().map(|(_, ty)| ty).chain(&ty.result))
                    }
                    // Those of components and of instances are opened above.
                    ComponentType::Resource { .. }
                    | ComponentType::Component(_)
                    | ComponentType::Instance(_) => 1,
                };
                self.define(depth)
            }
        }
    }

    /// The innermost component or instance type has come to its end: it is a type of what is around it.
    fn close(&mut self) -> Result<()> {
        let items = self.levels.pop().map_or(0, |level| level.items);
        self.define(items.saturating_add(1))
    }

    /// A type that is so deep.
    fn define(&mut self, depth: usize) -> Result<()> {
        if depth > limits::TYPE_NESTING {
            let limit = limits::TYPE_NESTING as u64;
            return Err(Error::limit("depth of types in each other", limit).at(self.place()));
        }
        self.innermost(|level| level.types.push(depth));
        Ok(())
    }

    fn innermost(&mut self, change: impl FnOnce(&mut Level)) {
        if let Some(level) = self.levels.last_mut() {
            change(level);
        }
    }

    fn declaration(&mut self) -> Result<()> {
        match self.read(|r| r.read_u8())? {
            0x00 => self.read(|r| r.read::<CoreType<'a>>()).map(drop),
            0x01 => self.ty(),
            0x02 => {
                let alias = self.read(|r| r.read::<ComponentAlias<'a>>())?;
                self.alias(&alias)
            }
            0x03 => {
                let import = self.read(|r| r.read::<ComponentImport<'a>>())?;
                self.item(import.ty)
            }
            // An export; any other byte is for wasmparser to refuse.
            _ => {
                self.read(|r| r.read::<ComponentExternName<'a>>())?;
                let ty = self.read(|r| r.read::<ComponentTypeRef>())?;
                self.item(ty)
            }
        }
    }

    /// An import or an export, which its type is around.
    fn item(&mut self, ty: ComponentTypeRef) -> Result<()> {
        let depth = match ty {
            ComponentTypeRef::Module(_) | ComponentTypeRef::Type(TypeBounds::SubResource) => 1,
            ComponentTypeRef::Value(ty) => self.value(&ty),
            ComponentTypeRef::Func(index)
            | ComponentTypeRef::Instance(index)
            | ComponentTypeRef::Component(index)
            | ComponentTypeRef::Type(TypeBounds::Eq(index)) => self.depth(0, index),
        };
        self.innermost(|level| level.items = level.items.max(depth));
        match ty {
            ComponentTypeRef::Type(_) => self.define(depth)?,
            ComponentTypeRef::Instance(_) => self.innermost(|level| level.instances.push(depth)),
            _ => {}
        }
        Ok(())
    }

    fn alias(&mut self, alias: &ComponentAlias<'_>) -> Result<()> {
        match alias {
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::Type, count, index } => {
                self.define(self.depth(*count as usize, *index))
            }
            // No deeper than the instance's type.
            ComponentAlias::InstanceExport { kind, instance_index, .. } => {
                let instances = self.levels.last().map(|level| &level.instances);
                let depth = instances.and_then(|i| i.get(*instance_index as usize)).copied().unwrap_or(1);
                match kind {
                    ComponentExternalKind::Type => self.define(depth)?,
                    ComponentExternalKind::Instance => self.innermost(|level| level.instances.push(depth)),
                    _ => {}
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// How deep a type is that is so many levels out. One that is not there is for wasmparser to refuse.
    fn depth(&self, out: usize, index: u32) -> usize {
        let level = self.levels.len().checked_sub(out.saturating_add(1)).and_then(|at| self.levels.get(at));
        match level.map(|level| (level, index.checked_sub(level.first))) {
            Some((level, Some(index))) => level.types.get(index as usize).copied().unwrap_or(1),
            Some((_, None)) | None => self.before.deepest,
        }
    }

    fn value(&self, ty: &ComponentValType) -> usize {
        match ty {
            ComponentValType::Primitive(_) => 1,
            ComponentValType::Type(index) => self.depth(0, *index),
        }
    }

    fn values<'v>(&self, values: impl IntoIterator<Item = &'v ComponentValType>) -> usize {
        values.into_iter().map(|ty| self.value(ty)).max().unwrap_or(0).saturating_add(1)
    }

    fn defined(&self, ty: &ComponentDefinedType<'_>) -> usize {
        use ComponentDefinedType as D;
        match ty {
            D::Primitive(_) | D::Flags(_) | D::Enum(_) | D::Own(_) | D::Borrow(_) => 1,
            D::Record(fields) => self.values(fields.iter().map(|(_, ty)| ty)),
            D::Variant(cases) => self.values(cases.iter().filter_map(|case| case.ty.as_ref())),
            D::List(ty) | D::FixedLengthList(ty, _) | D::Option(ty) => self.values([ty]),
            D::Map(key, value) => self.values([key, value]),
            D::Tuple(types) => self.values(types.iter()),
            D::Result { ok, err } => self.values(ok.iter().chain(err)),
            D::Future(ty) | D::Stream(ty) => self.values(ty),
        }
    }
}
