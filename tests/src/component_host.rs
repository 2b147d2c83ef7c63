//! A guest that is a component. In: its bytes. Out: `host::Guest` over wasmtime's component API.
//! Not its job: the Canonical ABI, which wasmtime has.

use crate::engine::engine;
use crate::host::{Event, Function, Guest, Outcome, Owned, Serve, State};
use crate::value::{FuncType, Path, Resource, ResourceType, Type, Value};
use std::sync::Arc;
use wasmtime::component::types::{self, ComponentItem};
use wasmtime::component::{
    Component, Instance, Linker, LinkerInstance, ResourceAny, ResourceDynamic, ResourceType as HostType, Val,
};
use wasmtime::{AsContextMut, Error, Result, Store, bail};

/// What wasmtime lets a component have, so that it does not exhaust the host: handles in a store, and
/// bytes that one call takes out of it. The Canonical ABI has no such limits.
const MAX_HANDLES: usize = 100_000;
const MAX_BYTES: usize = 16 << 20;

fn store(serve: Serve) -> Store<State> {
    let mut store = Store::new(engine(), State::new(serve));
    store.set_max_component_handles(MAX_HANDLES);
    store.set_hostcall_fuel(MAX_BYTES);
    store
}

/// A component, linked to the host.
pub struct ComponentHost {
    component: Component,
    linker: Linker<State>,
    store: Store<State>,
    instance: Option<Instance>,
    owned: Owned<ResourceAny>,
    imports: Vec<Function>,
    exports: Vec<Function>,
}

impl ComponentHost {
    /// Compiles and links; `bytes` may be text. Errors where wasmtime refuses the component, and
    /// where it imports anything but functions, types and instances of them.
    pub fn new(bytes: &[u8], serve: Serve) -> anyhow::Result<ComponentHost> {
        Self::link(bytes, serve).map_err(|e| anyhow::anyhow!("{e:?}"))
    }

    fn link(bytes: &[u8], serve: Serve) -> Result<ComponentHost> {
        let component = Component::new(engine(), bytes)?;
        let ty = component.component_type();
        let mut linker = Linker::new(engine());
        let mut walk = Walk { resources: Vec::new(), imported: true, functions: Vec::new() };
        for (name, item) in ty.imports(engine()) {
            walk.link(&mut linker.root(), &[], name, item.ty)?;
        }
        let imports = std::mem::take(&mut walk.functions);
        walk.imported = false;
        for (name, item) in ty.exports(engine()) {
            walk.collect(&[], name, item.ty)?;
        }
        let exports = walk.functions;
        let store = store(serve);
        Ok(ComponentHost { component, linker, store, instance: None, owned: Owned::new(), imports, exports })
    }

    fn function(&mut self, path: &[&str]) -> wasmtime::component::Func {
        let instance = self.instance.expect("instantiate first");
        let mut index = None;
        for name in path {
            index = instance.get_export_index(&mut self.store, index.as_ref(), name);
            assert!(index.is_some(), "there is no export {path:?}");
        }
        index.and_then(|i| instance.get_func(&mut self.store, i)).expect("the export is a function")
    }
}

impl Guest for ComponentHost {
    fn renew(&mut self, serve: Serve) {
        self.store = store(serve);
        self.instance = None;
        self.owned = Owned::new();
    }

    fn instantiate(&mut self) -> Outcome {
        match self.linker.instantiate(&mut self.store, &self.component) {
            Ok(instance) => {
                self.instance = Some(instance);
                Outcome::Returned(None)
            }
            Err(error) => Outcome::trapped(&error),
        }
    }

    fn call(&mut self, path: &[&str], args: &[Value]) -> Outcome {
        let function = self.exports.iter().find(|f| f.path == path);
        let ty = function.unwrap_or_else(|| panic!("there is no export {path:?}")).ty.clone();
        ty.check_args(args);
        let func = self.function(path);
        let mut lower = Lower { owned: Some(&mut self.owned), lent: Vec::new() };
        let vals: Result<Vec<Val>> =
            ty.params.iter().zip(args).map(|((_, ty), arg)| lower.value(&mut self.store, ty, arg)).collect();
        let lent = lower.lent;
        let vals = vals.expect("arguments of a checked type");
        let mut results = vec![Val::Bool(false); usize::from(ty.result.is_some())];
        let called = func.call(&mut self.store, &vals, &mut results);
        for resource in lent {
            // After a trap there is nothing left to take back.
            let _ = resource.resource_drop(&mut self.store);
        }
        match (called, &ty.result, results.pop()) {
            (Err(error), ..) => Outcome::trapped(&error),
            (Ok(()), Some(ty), Some(val)) => {
                let value = lift(&mut self.store, Some(&mut self.owned), ty, val);
                Outcome::Returned(Some(value.expect("a result of the function's type")))
            }
            (Ok(()), ..) => Outcome::Returned(None),
        }
    }

    fn drop_resource(&mut self, guest: u32) -> Outcome {
        match self.owned.take(guest).1.resource_drop(&mut self.store) {
            Ok(()) => Outcome::Returned(None),
            Err(error) => Outcome::trapped(&error),
        }
    }

    fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.store.data_mut().events)
    }

    fn imports(&self) -> &[Function] {
        &self.imports
    }

    fn exports(&self) -> &[Function] {
        &self.exports
    }

    fn owned(&self) -> Vec<(u32, Arc<ResourceType>)> {
        self.owned.list()
    }
}

/// Walks a component's imports, then its exports.
struct Walk {
    resources: Vec<(HostType, Arc<ResourceType>)>,
    imported: bool,
    functions: Vec<Function>,
}

impl Walk {
    fn link(
        &mut self,
        linker: &mut LinkerInstance<'_, State>,
        within: &[String],
        name: &str,
        item: ComponentItem,
    ) -> Result<()> {
        let path: Path = within.iter().cloned().chain([name.to_string()]).collect();
        match item {
            ComponentItem::ComponentFunc(ty) => {
                let function = Arc::new(Function { path, ty: Arc::new(self.func(&ty)?) });
                self.functions.push(Function::clone(&function));
                linker.func_new(name, move |mut store, _, args, results| {
                    let types = function.ty.params.iter().map(|(_, ty)| ty);
                    let args: Result<Vec<Value>> =
                        types.zip(args).map(|(ty, arg)| lift(&mut store, None, ty, arg.clone())).collect();
                    let result = store.data_mut().serve(&function, args?)?;
                    if let (Some(ty), Some(value)) = (&function.ty.result, &result) {
                        let mut lower = Lower { owned: None, lent: Vec::new() };
                        results[0] = lower.value(&mut store, ty, value)?;
                    }
                    Ok(())
                })?;
            }
            ComponentItem::ComponentInstance(ty) => {
                let mut inner = linker.instance(name)?;
                for (name, item) in ty.exports(engine()) {
                    self.link(&mut inner, &path, name, item.ty)?;
                }
            }
            ComponentItem::Resource(ty) => {
                let ty = self.resource(ty, Some(&path))?;
                let host = HostType::host_dynamic(ty.index);
                linker.resource(name, host, move |mut store, rep| {
                    store.data_mut().drop(&ty, rep);
                    Ok(())
                })?;
            }
            ComponentItem::Type(_) => {}
            other => bail!("the tests' host cannot serve {name}: {other:?}"),
        }
        Ok(())
    }

    fn collect(&mut self, within: &[String], name: &str, item: ComponentItem) -> Result<()> {
        let path: Path = within.iter().cloned().chain([name.to_string()]).collect();
        match item {
            ComponentItem::ComponentFunc(ty) => {
                let ty = Arc::new(self.func(&ty)?);
                self.functions.push(Function { path, ty });
            }
            ComponentItem::ComponentInstance(ty) => {
                for (name, item) in ty.exports(engine()) {
                    self.collect(&path, name, item.ty)?;
                }
            }
            ComponentItem::Resource(ty) => {
                self.resource(ty, Some(&path))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn resource(&mut self, host: HostType, path: Option<&Path>) -> Result<Arc<ResourceType>> {
        if let Some((_, ty)) = self.resources.iter().find(|(other, _)| *other == host) {
            return Ok(ty.clone());
        }
        let Some(path) = path else { bail!("a resource type that nothing names") };
        let index = self.resources.len() as u32;
        let ty = Arc::new(ResourceType { imported: self.imported, path: path.clone(), index });
        self.resources.push((host, ty.clone()));
        Ok(ty)
    }

    fn func(&mut self, ty: &types::ComponentFunc) -> Result<FuncType> {
        let mut params = Vec::new();
        for (name, ty) in ty.params() {
            params.push((name.to_string(), self.ty(&ty)?));
        }
        let result = ty.results().next().map(|ty| self.ty(&ty)).transpose()?;
        Ok(FuncType { params, result })
    }

    fn ty(&mut self, ty: &types::Type) -> Result<Arc<Type>> {
        use types::Type as T;
        let labels = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_string).collect();
        Ok(Arc::new(match ty {
            T::Bool => Type::Bool,
            T::S8 => Type::S8,
            T::U8 => Type::U8,
            T::S16 => Type::S16,
            T::U16 => Type::U16,
            T::S32 => Type::S32,
            T::U32 => Type::U32,
            T::S64 => Type::S64,
            T::U64 => Type::U64,
            T::Float32 => Type::F32,
            T::Float64 => Type::F64,
            T::Char => Type::Char,
            T::String => Type::String,
            T::List(l) => Type::List(self.ty(&l.ty())?),
            T::FixedLengthList(l) => Type::FixedList(self.ty(&l.ty())?, l.len()),
            T::Map(m) => Type::Map(self.ty(&m.key())?, self.ty(&m.value())?),
            T::Record(r) => {
                let fields = r.fields().map(|f| Ok((f.name.to_string(), self.ty(&f.ty)?)));
                Type::Record(fields.collect::<Result<_>>()?)
            }
            T::Tuple(t) => Type::Tuple(t.types().map(|ty| self.ty(&ty)).collect::<Result<_>>()?),
            T::Flags(f) => Type::Flags(labels(&mut f.names())),
            T::Enum(e) => Type::Enum(labels(&mut e.names())),
            T::Variant(v) => {
                let cases = v.cases().map(|c| {
                    let ty = c.ty.as_ref().map(|ty| self.ty(ty)).transpose()?;
                    Ok((c.name.to_string(), ty))
                });
                Type::Variant(cases.collect::<Result<_>>()?)
            }
            T::Option(o) => Type::Option(self.ty(&o.ty())?),
            T::Result(r) => Type::Result {
                ok: r.ok().map(|ty| self.ty(&ty)).transpose()?,
                err: r.err().map(|ty| self.ty(&ty)).transpose()?,
            },
            T::Own(r) => Type::Own(self.resource(*r, None)?),
            T::Borrow(r) => Type::Borrow(self.resource(*r, None)?),
            other => bail!("the tests' host has no values of type {other:?}"),
        }))
    }
}

/// From the tests' values to wasmtime's.
struct Lower<'a> {
    /// Missing where nothing that the guest defines can occur: in an import's result.
    owned: Option<&'a mut Owned<ResourceAny>>,
    /// Owners in wasmtime's table behind borrows of what the host defines: to be dropped after the
    /// call.
    lent: Vec<ResourceAny>,
}

impl Lower<'_> {
    fn value(
        &mut self,
        store: &mut impl AsContextMut<Data = State>,
        ty: &Type,
        value: &Value,
    ) -> Result<Val> {
        let mut boxed = |value: &Option<Box<Value>>, ty: &Option<Arc<Type>>| match (value, ty) {
            (Some(value), Some(ty)) => Ok(Some(Box::new(self.value(store, ty, value)?))),
            _ => Ok::<_, Error>(None),
        };
        Ok(match (value, ty) {
            (Value::Bool(v), _) => Val::Bool(*v),
            (Value::S8(v), _) => Val::S8(*v),
            (Value::U8(v), _) => Val::U8(*v),
            (Value::S16(v), _) => Val::S16(*v),
            (Value::U16(v), _) => Val::U16(*v),
            (Value::S32(v), _) => Val::S32(*v),
            (Value::U32(v), _) => Val::U32(*v),
            (Value::S64(v), _) => Val::S64(*v),
            (Value::U64(v), _) => Val::U64(*v),
            (Value::F32(v), _) => Val::Float32(*v),
            (Value::F64(v), _) => Val::Float64(*v),
            (Value::Char(v), _) => Val::Char(*v),
            (Value::String(v), _) => Val::String(v.clone()),
            (Value::List(values), Type::List(ty)) => {
                Val::List(values.iter().map(|v| self.value(store, ty, v)).collect::<Result<_>>()?)
            }
            (Value::List(values), Type::FixedList(ty, _)) => {
                Val::FixedLengthList(values.iter().map(|v| self.value(store, ty, v)).collect::<Result<_>>()?)
            }
            (Value::Map(pairs), Type::Map(key, value)) => {
                let pairs =
                    pairs.iter().map(|(k, v)| Ok((self.value(store, key, k)?, self.value(store, value, v)?)));
                Val::Map(pairs.collect::<Result<_>>()?)
            }
            (Value::Record(fields), Type::Record(types)) => {
                let fields = fields.iter().zip(types);
                let fields = fields.map(|((n, v), (_, ty))| Ok((n.clone(), self.value(store, ty, v)?)));
                Val::Record(fields.collect::<Result<_>>()?)
            }
            (Value::Tuple(values), Type::Tuple(types)) => {
                let values = values.iter().zip(types).map(|(v, ty)| self.value(store, ty, v));
                Val::Tuple(values.collect::<Result<_>>()?)
            }
            (Value::Flags(set), _) => Val::Flags(set.clone()),
            (Value::Enum(label), _) => Val::Enum(label.clone()),
            (Value::Variant(label, value), Type::Variant(cases)) => {
                let ty = cases.iter().find(|(name, _)| name == label).and_then(|(_, ty)| ty.clone());
                Val::Variant(label.clone(), boxed(value, &ty)?)
            }
            (Value::Option(value), Type::Option(ty)) => Val::Option(boxed(value, &Some(ty.clone()))?),
            (Value::Result(Ok(value)), Type::Result { ok, .. }) => Val::Result(Ok(boxed(value, ok)?)),
            (Value::Result(Err(value)), Type::Result { err, .. }) => Val::Result(Err(boxed(value, err)?)),
            (Value::Own(Resource::Host(rep)), Type::Own(ty)) => {
                Val::Resource(ResourceDynamic::new_own(*rep, ty.index).try_into_resource_any(store)?)
            }
            (Value::Borrow(Resource::Host(rep)), Type::Borrow(ty)) => {
                let owner = ResourceDynamic::new_own(*rep, ty.index).try_into_resource_any(store)?;
                self.lent.push(owner);
                Val::Resource(owner)
            }
            (Value::Own(Resource::Guest(number)), _) => match &mut self.owned {
                Some(owned) => Val::Resource(owned.take(*number).1),
                None => bail!("a guest's resource in the result of an import"),
            },
            (Value::Borrow(Resource::Guest(number)), _) => match &mut self.owned {
                Some(owned) => Val::Resource(owned.get(*number)),
                None => bail!("a guest's resource in the result of an import"),
            },
            (value, ty) => bail!("{value} is not of type {ty:?}"),
        })
    }
}

/// From wasmtime's values to the tests'. `owned` takes what the guest defines.
fn lift(
    store: &mut impl AsContextMut<Data = State>,
    mut owned: Option<&mut Owned<ResourceAny>>,
    ty: &Type,
    val: Val,
) -> Result<Value> {
    let mut one = |ty: &Type, val: Val| lift(store, owned.as_deref_mut(), ty, val);
    let mut boxed = |ty: &Option<Arc<Type>>, val: Option<Box<Val>>| match (ty, val) {
        (Some(ty), Some(val)) => Ok(Some(Box::new(one(ty, *val)?))),
        _ => Ok::<_, Error>(None),
    };
    Ok(match (val, ty) {
        (Val::Bool(v), _) => Value::Bool(v),
        (Val::S8(v), _) => Value::S8(v),
        (Val::U8(v), _) => Value::U8(v),
        (Val::S16(v), _) => Value::S16(v),
        (Val::U16(v), _) => Value::U16(v),
        (Val::S32(v), _) => Value::S32(v),
        (Val::U32(v), _) => Value::U32(v),
        (Val::S64(v), _) => Value::S64(v),
        (Val::U64(v), _) => Value::U64(v),
        (Val::Float32(v), _) => Value::F32(v),
        (Val::Float64(v), _) => Value::F64(v),
        (Val::Char(v), _) => Value::Char(v),
        (Val::String(v), _) => Value::String(v),
        (Val::List(vals), Type::List(ty)) | (Val::FixedLengthList(vals), Type::FixedList(ty, _)) => {
            Value::List(vals.into_iter().map(|v| one(ty, v)).collect::<Result<_>>()?)
        }
        (Val::Map(pairs), Type::Map(key, value)) => {
            let pairs = pairs.into_iter().map(|(k, v)| Ok((one(key, k)?, one(value, v)?)));
            Value::Map(pairs.collect::<Result<_>>()?)
        }
        (Val::Record(fields), Type::Record(types)) => {
            let fields = fields.into_iter().zip(types).map(|((n, v), (_, ty))| Ok((n, one(ty, v)?)));
            Value::Record(fields.collect::<Result<_>>()?)
        }
        (Val::Tuple(vals), Type::Tuple(types)) => {
            Value::Tuple(vals.into_iter().zip(types).map(|(v, ty)| one(ty, v)).collect::<Result<_>>()?)
        }
        (Val::Flags(set), Type::Flags(labels)) => {
            Value::Flags(labels.iter().filter(|l| set.contains(l)).cloned().collect())
        }
        (Val::Enum(label), _) => Value::Enum(label),
        (Val::Variant(label, val), Type::Variant(cases)) => {
            let ty = cases.iter().find(|(name, _)| *name == label).and_then(|(_, ty)| ty.clone());
            Value::Variant(label, boxed(&ty, val)?)
        }
        (Val::Option(val), Type::Option(ty)) => Value::Option(boxed(&Some(ty.clone()), val)?),
        (Val::Result(Ok(val)), Type::Result { ok, .. }) => Value::Result(Ok(boxed(ok, val)?)),
        (Val::Result(Err(val)), Type::Result { err, .. }) => Value::Result(Err(boxed(err, val)?)),
        (Val::Resource(any), Type::Own(ty)) if ty.imported => {
            Value::Own(Resource::Host(any.try_into_resource_dynamic(store)?.rep()))
        }
        (Val::Resource(any), Type::Borrow(ty)) if ty.imported => {
            Value::Borrow(Resource::Host(any.try_into_resource_dynamic(store)?.rep()))
        }
        (Val::Resource(any), Type::Own(ty)) => match owned {
            Some(owned) => Value::Own(owned.add(ty.clone(), any)),
            None => bail!("a guest's resource in the arguments of an import"),
        },
        (val, ty) => bail!("{val:?} is not of type {ty:?}"),
    })
}
