//! A random composition: a chain of components, each of which imports the next one. In: a stream of
//! choices. Out: what there is and where, but no text (`text`, `glue`).
//!
//! The first component is the one that the host calls. A function goes down the chain, each component
//! lifting what it calls of the next one, to the component that ends it.

use super::types::{Types, any, chance};
use crate::boundary_host::layout::flat_count;
use crate::value::{ResourceType, Type};
use arbitrary::{Result, Unstructured};
use std::sync::Arc;

pub struct Program {
    pub components: Vec<Component>,
    pub resources: Vec<Resource>,
    pub functions: Vec<Function>,
    /// The chain is there twice: nothing may be shared by the two.
    pub twin: bool,
}

/// How one component is made.
pub struct Component {
    /// Its memories have 64-bit addresses.
    pub wide: bool,
    /// It is inside of another one, which passes everything on.
    pub wrapped: bool,
    /// Its core module calls what it imports through a table that is filled afterwards.
    pub shim: bool,
    pub realloc: Realloc,
    /// How many memories it has: 1 or 2.
    pub memories: usize,
    /// What its core modules with memories have of tables.
    pub table: Table,
    /// Its functions, `realloc` and post-return among them, note what they find in `context.get`, in a
    /// slot for each memory, and set it. Its destructors do not: wasmtime does not give them a task of
    /// their own where their own instance drops.
    pub context: bool,
    /// Each lift and each lower has a `realloc` of its own, which notes that it was this one.
    pub own_reallocs: bool,
}

/// A table, which is called through when the driver says so, at any index.
#[derive(Clone, Copy, PartialEq)]
pub enum Table {
    None,
    /// It keeps what it has at first.
    Fixed,
    /// It grows, and its elements change.
    Changing,
}

/// What `realloc` does with well-formed requests.
pub struct Realloc {
    /// From the end of a memory of one page down, otherwise up with growth.
    pub down: bool,
    /// Leaves some bytes out, so that nothing is aligned by chance.
    pub slack: bool,
    /// Fills what is new.
    pub fill: bool,
    /// Keeps the last allocation where it is, if it can.
    pub in_place: bool,
}

pub struct Resource {
    pub ty: Arc<ResourceType>,
    /// The component that defines it; `None` for the host.
    pub definer: Option<usize>,
    pub dtor: Dtor,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Dtor {
    None,
    /// Leaves a trace in its component.
    Notes,
    /// Calls the host, too.
    CallsHost,
}

pub struct Function {
    pub name: String,
    pub params: Vec<Arc<Type>>,
    pub result: Option<Arc<Type>>,
    pub end: End,
    /// The component that ends it.
    pub last: usize,
    /// In every component up to that one.
    pub at: Vec<Placement>,
}

/// What the last component does.
#[derive(Clone, Copy, PartialEq)]
pub enum End {
    /// Calls the host's function of the same type.
    Host,
    /// Returns the first argument.
    Echo,
    /// Returns a number; drops what it was given, where it can.
    Sink,
    /// Makes a resource (of this index) with the representation that it is given.
    New(usize),
    /// Returns the representation of a resource that it borrows.
    Rep(usize),
    /// Returns the representation of a resource that it is given, and drops it.
    Take(usize),
}

pub struct Placement {
    pub encoding: &'static str,
    pub post_return: bool,
    /// What is lowered is lifted again, with nothing in between.
    pub bare: bool,
    /// Of the component's memories.
    pub memory: usize,
    /// All canonical options, not only those that are needed.
    pub all_options: bool,
}

impl Program {
    pub fn new(u: &mut Unstructured<'_>) -> Result<Program> {
        let mut components =
            (0..u.int_in_range(2..=3)?).map(|_| Component::new(u)).collect::<Result<Vec<_>>>()?;
        // wasmtime's host lowers and lifts as if every memory were one of 32 bits.
        components[0].wide = false;
        let mut program =
            Program { resources: Vec::new(), functions: Vec::new(), twin: chance(u, 1, 8)?, components };
        let count = program.components.len();
        for definer in [Some(count - 1), Some(count - 2), None] {
            if chance(u, 1, 3)? {
                program.resource(u, definer)?;
            }
        }
        for _ in 0..u.int_in_range(1..=4)? {
            let function = program.function(u)?;
            program.functions.push(function);
        }
        for component in &mut program.components {
            component.context = chance(u, 1, 2)?;
        }
        for component in &mut program.components {
            component.own_reallocs = chance(u, 1, 3)?;
        }
        for component in &mut program.components {
            component.table = *u.choose(&[Table::None, Table::Fixed, Table::Changing])?;
        }
        Ok(program)
    }

    /// Adds a resource and, if a component defines it, what makes and unmakes it.
    fn resource(&mut self, u: &mut Unstructured<'_>, definer: Option<usize>) -> Result<()> {
        let index = self.resources.len();
        let name = format!("r{index}");
        let ty = ResourceType { imported: definer.is_none(), path: vec![name.clone()], index: index as u32 };
        let ty = Arc::new(ty);
        let dtor = *u.choose(&[Dtor::Notes, Dtor::CallsHost, Dtor::None])?;
        self.resources.push(Resource { ty: ty.clone(), definer, dtor });
        let Some(last) = definer else { return Ok(()) };
        let (rep, own, borrow) =
            (Arc::new(Type::U32), Arc::new(Type::Own(ty.clone())), Arc::new(Type::Borrow(ty)));
        for (name, param, result, end) in [
            (format!("new-{name}"), rep.clone(), own.clone(), End::New(index)),
            (format!("rep-{name}"), borrow, rep.clone(), End::Rep(index)),
            (format!("take-{name}"), own, rep, End::Take(index)),
        ] {
            let at = self.placements(u, last, false)?;
            self.functions.push(Function { name, params: vec![param], result: Some(result), end, last, at });
        }
        Ok(())
    }

    fn function(&self, u: &mut Unstructured<'_>) -> Result<Function> {
        let last = u.int_in_range(0..=self.components.len() - 1)?;
        let ends = [End::Echo, End::Sink, End::Host];
        let end = *u.choose(if self.components[last].wide { &ends[..2] } else { &ends })?;
        // The component that ends it must know them, and a host knows only its own.
        let known = |resource: &&Resource| match resource.definer {
            None => true,
            Some(definer) => end != End::Host && definer >= last,
        };
        let resources: Vec<_> = self.resources.iter().filter(known).map(|r| r.ty.clone()).collect();
        let mut types = Types { resources: &resources, budget: 24 };
        let mut params = Vec::new();
        for _ in 0..u.int_in_range(0..=3)? {
            params.push(types.value_type(u, 3)?);
        }
        if !resources.is_empty() && chance(u, 1, 3)? {
            params.push(Arc::new(Type::Borrow(u.choose(&resources)?.clone())));
        }
        // More than go flat.
        if chance(u, 1, 6)? {
            params.extend((0..17).map(|_| Arc::new(Type::U8)));
        }
        let result = match end {
            End::Host => chance(u, 3, 4)?.then(|| types.value_type(u, 3)).transpose()?,
            End::Echo => {
                let ty = types.value_type(u, 3)?;
                params.insert(0, ty.clone());
                // A variant is not stored from flat values here, so it has to come in memory.
                let flat: usize = params.iter().map(|ty| flat_count(ty)).sum();
                if flat <= 16 && flat_count(&ty) > 1 && any(&ty, &is_variant) {
                    params.extend((0..17 - flat).map(|_| Arc::new(Type::U8)));
                }
                Some(ty)
            }
            _ => Some(Arc::new(Type::U32)),
        };
        let lends = params.iter().any(|ty| matches!(**ty, Type::Borrow(_)));
        let few = result.as_ref().is_none_or(|ty| flat_count(ty) <= 1);
        let at = self.placements(u, last, few && !lends)?;
        Ok(Function { name: format!("f{}", self.functions.len()), params, result, end, last, at })
    }

    /// `may_be_bare`: lifted and lowered have the same core type, and nothing is to be done between.
    fn placements(&self, u: &mut Unstructured<'_>, last: usize, may_be_bare: bool) -> Result<Vec<Placement>> {
        let place = |k: usize, u: &mut Unstructured<'_>| {
            // wasmtime tags lengths in bit 31 where addresses have 64 bits, too.
            let encodings = ["utf8", "utf8", "utf16", "latin1+utf16"];
            let encodings = &encodings[..if self.components[k].wide { 3 } else { 4 }];
            Ok(Placement {
                encoding: u.choose(encodings)?,
                post_return: chance(u, 1, 3)?,
                bare: may_be_bare && k < last && chance(u, 1, 6)?,
                memory: u.int_in_range(0..=self.components[k].memories - 1)?,
                all_options: chance(u, 1, 3)?,
            })
        };
        (0..=last).map(|k| place(k, u)).collect()
    }

    /// The functions that component `k` exports.
    pub fn exported(&self, k: usize) -> impl Iterator<Item = &Function> {
        self.functions.iter().filter(move |function| function.last >= k)
    }

    /// The functions of the host, each called by the component that ends it.
    pub fn of_host(&self) -> impl Iterator<Item = &Function> {
        self.functions.iter().filter(|function| function.end == End::Host)
    }
}

impl Component {
    fn new(u: &mut Unstructured<'_>) -> Result<Component> {
        Ok(Component {
            wide: chance(u, 1, 6)?,
            wrapped: chance(u, 1, 5)?,
            shim: chance(u, 1, 4)?,
            realloc: Realloc {
                down: chance(u, 1, 4)?,
                slack: chance(u, 1, 2)?,
                fill: chance(u, 1, 2)?,
                in_place: chance(u, 1, 3)?,
            },
            memories: u.int_in_range(1..=2)?,
            table: Table::None,
            context: false,
            own_reallocs: false,
        })
    }
}

fn is_variant(ty: &Type) -> bool {
    matches!(ty, Type::Variant(_) | Type::Option(_) | Type::Result { .. })
}
