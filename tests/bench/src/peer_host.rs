//! A host for the core modules that the peer makes. They import the resource intrinsics, `[resource-new]R`
//! and the like, and leave it to the host to keep handles: here in a vector, in the host's own code. In: a
//! module. Out: an instance of it. Not its job: any other import; a module that has one is refused.

use wasmtime::{Caller, Engine, Func, Instance, Linker, Module, Result, Store, bail, format_err};

/// A handle's representation, and the import by which it was made.
type Handle = Option<(u32, String)>;

/// What a store holds: the handles, 0 being none, and the free places among them.
#[derive(Default)]
pub struct Handles {
    all: Vec<Handle>,
    free: Vec<usize>,
}

pub fn instantiate(engine: &Engine, module: &Module) -> Result<(Store<Handles>, Instance)> {
    let mut linker = Linker::<Handles>::new(engine);
    for import in module.imports() {
        let (from, name) = (import.module(), import.name());
        let owner = from.strip_prefix("[export]").unwrap_or(from);
        if let Some(resource) = name.strip_prefix("[resource-new]") {
            let dtor = format!("{owner}#[dtor]{resource}");
            linker.func_wrap(from, name, move |mut caller: Caller<'_, Handles>, rep: u32| {
                caller.data_mut().add(rep, dtor.clone())
            })?;
        } else if name.starts_with("[resource-rep]") {
            linker.func_wrap(from, name, |caller: Caller<'_, Handles>, handle: u32| {
                caller.data().rep(handle)
            })?;
        } else if name.starts_with("[resource-drop]") {
            linker.func_wrap(from, name, drop_handle)?;
        } else {
            bail!("an import that is no resource intrinsic: {from} {name}");
        }
    }
    let mut store = Store::new(engine, Handles { all: vec![None], free: Vec::new() });
    let instance = linker.instantiate(&mut store, module)?;
    Ok((store, instance))
}

fn drop_handle(mut caller: Caller<'_, Handles>, handle: u32) -> Result<()> {
    let (rep, dtor) = caller.data_mut().remove(handle)?;
    let dtor: Option<Func> = caller.get_export(&dtor).and_then(|export| export.into_func());
    dtor.map_or(Ok(()), |dtor| dtor.typed::<u32, ()>(&caller)?.call(&mut caller, rep))
}

impl Handles {
    fn add(&mut self, rep: u32, dtor: String) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.all.push(None);
            self.all.len() - 1
        });
        self.all[place] = Some((rep, dtor));
        place as u32
    }

    fn rep(&self, handle: u32) -> Result<u32> {
        let found = self.all.get(handle as usize).and_then(Option::as_ref);
        found.map(|(rep, _)| *rep).ok_or_else(|| format_err!("not a handle: {handle}"))
    }

    fn remove(&mut self, handle: u32) -> Result<(u32, String)> {
        let found = self.all.get_mut(handle as usize).and_then(Option::take);
        self.free.push(handle as usize);
        found.ok_or_else(|| format_err!("not a handle: {handle}"))
    }
}
