//! `handles.wat` against a model: random operations, with the traps.

use crate::check_features;
use crate::random::Random;
use meld_fuser::runtime::{BORROWS, Scopes, Trap, descriptor, handles};
use meld_tests::engine::bare;
use std::collections::BTreeMap;
use wasmtime::{Engine, Extern, Instance, Memory, Module, Store, WasmParams, WasmResults};

const TABLES: usize = 3;
const TYPES: u32 = 3;

/// The real thing.
struct Runtime {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
    recursive: bool,
}

/// Where the handle runtime keeps a table.
fn table(number: usize) -> u32 {
    descriptor(number as u32).unwrap()
}

/// What an entry is: the type, and 1 for an owner, 2 for a borrow, 3 for a borrow of the host's; 0
/// for functions that take any.
fn meta(ty: u32, kind: u32) -> u32 {
    4 * ty + kind
}

impl Runtime {
    fn new(tables: usize, recursive: bool) -> Runtime {
        let engine = Engine::new(&bare()).unwrap();
        let mut store = Store::new(&engine, ());
        let scopes = if recursive { Scopes::Frames } else { Scopes::Words };
        let bytes = handles(tables, scopes).unwrap();
        check_features(&bytes, false);
        let module = Module::new(&engine, &bytes).unwrap();
        let traps = module.imports().map(|import| crate::trap(&mut store, import.name()).into());
        let traps: Vec<Extern> = traps.collect();
        let instance = Instance::new(&mut store, &module, &traps).unwrap();
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        Runtime { store, instance, memory, recursive }
    }

    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, params: P) -> Result<R, Trap> {
        let function = self.instance.get_typed_func::<P, R>(&mut self.store, name).unwrap();
        function.call(&mut self.store, params).map_err(|error| crate::reason(&error))
    }

    fn bytes(&mut self, ptr: u32, size: usize) -> &mut [u8] {
        &mut self.memory.data_mut(&mut self.store)[ptr as usize..][..size]
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Own,
    Borrow,
    HostBorrow,
}

/// `ResourceHandle` of definitions.py; `scope` is an index into `Model::frames`.
#[derive(Clone, Copy)]
struct Handle {
    ty: u32,
    rep: u32,
    kind: Kind,
    scope: usize,
    lends: u32,
}

/// `Table` of definitions.py.
struct Table {
    array: Vec<Option<Handle>>,
    free: Vec<u32>,
}

#[derive(Default)]
struct Frame {
    num_borrows: u32,
    lenders: Vec<(usize, u32)>,
    /// In the stack.
    id: u32,
    scope: u32,
}

struct Model {
    tables: Vec<Table>,
    frames: Vec<Frame>,
}

impl Model {
    fn new() -> Model {
        let tables = (0..TABLES).map(|_| Table { array: vec![None], free: Vec::new() }).collect();
        Model { tables, frames: Vec::new() }
    }

    fn get(&mut self, table: usize, ty: u32, handle: u32) -> Result<&mut Handle, Trap> {
        let entry = self.tables[table].array.get_mut(handle as usize);
        let handle = entry.and_then(Option::as_mut).ok_or(Trap::UnknownHandle)?;
        if handle.ty == ty { Ok(handle) } else { Err(Trap::OtherResourceType) }
    }

    fn add(&mut self, table: usize, handle: Handle) -> u32 {
        if handle.kind != Kind::Own {
            self.frames[handle.scope].num_borrows += 1;
        }
        let Table { array, free } = &mut self.tables[table];
        let index = free.pop().unwrap_or_else(|| {
            array.push(None);
            array.len() as u32 - 1
        });
        array[index as usize] = Some(handle);
        index
    }

    fn remove(&mut self, table: usize, handle: u32) {
        self.tables[table].array[handle as usize] = None;
        self.tables[table].free.push(handle);
    }

    fn rep(&mut self, table: usize, ty: u32, handle: u32) -> Result<u32, Trap> {
        Ok(self.get(table, ty, handle)?.rep)
    }

    fn lift_own(&mut self, table: usize, ty: u32, handle: u32) -> Result<u32, Trap> {
        let h = *self.get(table, ty, handle)?;
        if h.lends != 0 {
            return Err(Trap::HandleIsLent);
        }
        if h.kind != Kind::Own {
            return Err(Trap::HandleIsBorrowed);
        }
        self.remove(table, handle);
        Ok(h.rep)
    }

    fn lift_borrow(&mut self, table: usize, ty: u32, handle: u32) -> Result<u32, Trap> {
        let h = self.get(table, ty, handle)?;
        h.lends += 1;
        let rep = h.rep;
        self.frames.last_mut().unwrap().lenders.push((table, handle));
        Ok(rep)
    }

    fn drop(&mut self, table: usize, ty: u32, handle: u32) -> Result<i64, Trap> {
        let h = *self.get(table, ty, handle)?;
        if h.lends != 0 {
            return Err(Trap::HandleIsLent);
        }
        if h.kind != Kind::Own {
            self.frames[h.scope].num_borrows -= 1;
        }
        self.remove(table, handle);
        Ok(if h.kind == Kind::Borrow { 0 } else { 1 << 32 | i64::from(h.rep) })
    }

    fn call_exit(&mut self) {
        let frame = self.frames.pop().unwrap();
        for (table, handle) in &frame.lenders {
            self.tables[*table].array[*handle as usize].as_mut().unwrap().lends -= 1;
        }
    }
}

/// An address and what was put there.
type Block = (u32, Vec<u8>);

/// Allocations of the boundary: one list for each mark.
struct Blocks {
    marks: Vec<(u32, Vec<Block>)>,
}

struct Test {
    runtime: Runtime,
    model: Model,
    blocks: Blocks,
    random: Random,
    traps: BTreeMap<Trap, u32>,
}

impl Test {
    fn compare<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: &str,
        real: Result<T, Trap>,
        model: Result<T, Trap>,
    ) {
        assert_eq!(real, model, "{what}");
        if let Err(trap) = model {
            *self.traps.entry(trap).or_default() += 1;
        }
    }

    /// A handle to use in `table`: mostly a live one.
    fn handle(&mut self, table: usize) -> u32 {
        let length = self.model.tables[table].array.len();
        match self.random.below(20) {
            0 => self.random.next() as u32,
            1 => length as u32,
            _ => self.random.below(length) as u32,
        }
    }

    /// The type of that handle, mostly.
    fn type_of(&mut self, table: usize, handle: u32) -> u32 {
        let entry = self.model.tables[table].array.get(handle as usize).copied().flatten();
        match entry {
            Some(h) if self.random.below(10) > 0 => h.ty,
            _ => self.random.below(TYPES as usize) as u32,
        }
    }

    fn add(&mut self, table: usize, kind: Kind) {
        let (ty, rep) = (self.random.below(TYPES as usize) as u32, self.random.next() as u32);
        if kind == Kind::Own {
            let real = self.runtime.call("new", (self::table(table), meta(ty, 1), rep));
            let model = self.model.add(table, Handle { ty, rep, kind, scope: 0, lends: 0 });
            return self.compare("new", real, Ok(model));
        }
        if self.model.frames.is_empty() {
            return;
        }
        let scope = self.random.below(self.model.frames.len());
        let what = meta(ty, if kind == Kind::Borrow { 2 } else { 3 });
        let real =
            self.runtime.call("borrow", (self::table(table), what, rep, self.model.frames[scope].scope));
        let model = self.model.add(table, Handle { ty, rep, kind, scope, lends: 0 });
        self.compare("borrow", real, Ok(model));
    }

    /// Where instances are not recursive, each has one call in progress at most.
    fn enter(&mut self) {
        if !self.runtime.recursive && self.model.frames.len() == TABLES {
            return;
        }
        let id = self.runtime.call("call-enter", ()).unwrap();
        let scope = if self.runtime.recursive { id } else { table(self.model.frames.len()) + BORROWS };
        self.model.frames.push(Frame { id, scope, ..Frame::default() });
    }

    /// Ends the innermost call, after dropping its borrow handles.
    fn exit(&mut self) {
        let Some(scope) = self.model.frames.len().checked_sub(1) else { return };
        let Frame { id, num_borrows, scope: cell, .. } = self.model.frames[scope];
        let real = self.runtime.call::<u32, ()>("task-return", cell);
        let model = if num_borrows == 0 { Ok(()) } else { Err(Trap::BorrowsRemain) };
        self.compare("task-return", real, model);
        for table in 0..TABLES {
            for handle in 0..self.model.tables[table].array.len() as u32 {
                let entry = self.model.tables[table].array[handle as usize];
                let Some(h) = entry.filter(|h| h.kind != Kind::Own && h.scope == scope) else { continue };
                let real = self.runtime.call("drop", (self::table(table), meta(h.ty, 0), handle));
                let model = self.model.drop(table, h.ty, handle);
                self.compare("drop", real, model);
            }
        }
        assert_eq!(self.model.frames[scope].num_borrows, 0);
        self.runtime.call::<u32, ()>("task-return", cell).expect("no borrow is left");
        self.runtime.call::<u32, ()>("call-exit", id).unwrap();
        self.model.call_exit();
    }

    /// A handle cannot be lent to the call that it was lent by.
    fn can_lend(&self, table: usize, handle: u32) -> bool {
        let Some(innermost) = self.model.frames.len().checked_sub(1) else { return false };
        let entry = self.model.tables[table].array.get(handle as usize).copied().flatten();
        entry.is_none_or(|h| h.kind == Kind::Own || h.scope != innermost)
    }

    fn allocate(&mut self) {
        let size = self.random.below(1 << (self.random.0 % 13));
        let fill = self.random.next() as u8;
        let (_, blocks) = self.blocks.marks.last_mut().unwrap();
        if blocks.is_empty() || self.random.below(3) > 0 {
            let ptr: u32 = self.runtime.call("alloc", size as u32).unwrap();
            blocks.push((ptr, vec![fill; size]));
        } else {
            let index = self.random.below(blocks.len());
            let (old, bytes) = &mut blocks[index];
            let align = 1u32 << self.random.below(5);
            let params = (*old, bytes.len() as u32, align, size as u32);
            *old = self.runtime.call("realloc", params).unwrap();
            let kept = size.min(bytes.len());
            assert_eq!(self.runtime.bytes(*old, kept), &bytes[..kept], "realloc keeps what is there");
            *bytes = vec![fill; size];
        }
        for (ptr, bytes) in blocks.iter() {
            assert!(*ptr != 0 && *ptr % 16 == 0);
            self.runtime.bytes(*ptr, bytes.len()).copy_from_slice(bytes);
        }
    }

    fn mark(&mut self) {
        let mark = self.runtime.call("mark", ()).unwrap();
        self.blocks.marks.push((mark, Vec::new()));
    }

    fn release(&mut self) {
        let (mark, blocks) = self.blocks.marks.pop().unwrap();
        for (ptr, bytes) in blocks {
            assert_eq!(self.runtime.bytes(ptr, bytes.len()), bytes, "nobody else wrote here");
        }
        self.runtime.call::<u32, ()>("release", mark).unwrap();
        if self.blocks.marks.is_empty() {
            assert_eq!(mark, 0);
            self.mark();
        }
    }

    fn step(&mut self) {
        let table = self.random.below(TABLES);
        let handle = self.handle(table);
        let ty = self.type_of(table, handle);
        let params = (self::table(table), meta(ty, 0), handle);
        match self.random.below(34) {
            0..7 => self.add(table, Kind::Own),
            7..10 => self.add(table, Kind::Borrow),
            10..12 => self.add(table, Kind::HostBorrow),
            12..16 => {
                let (real, model) = (self.runtime.call("rep", params), self.model.rep(table, ty, handle));
                self.compare("rep", real, model);
            }
            16..19 => {
                let params = (self::table(table), meta(ty, 1), handle);
                let real = self.runtime.call("lift-own", params);
                let model = self.model.lift_own(table, ty, handle);
                self.compare("lift-own", real, model);
            }
            19..22 => {
                if self.can_lend(table, handle) {
                    let real = self.runtime.call("lift-borrow", params);
                    let model = self.model.lift_borrow(table, ty, handle);
                    self.compare("lift-borrow", real, model);
                }
            }
            22..26 => {
                let (real, model) = (self.runtime.call("drop", params), self.model.drop(table, ty, handle));
                self.compare("drop", real, model);
            }
            26..28 => self.enter(),
            28..30 => self.exit(),
            30..32 => self.allocate(),
            32 => self.mark(),
            _ => self.release(),
        }
    }
}

#[test]
fn behaves_as_the_model() {
    let mut traps = BTreeMap::new();
    for seed in 0..40 {
        let mut test = Test {
            runtime: Runtime::new(TABLES, seed % 2 == 0),
            model: Model::new(),
            blocks: Blocks { marks: vec![(0, Vec::new())] },
            random: Random(seed),
            traps: BTreeMap::new(),
        };
        for _ in 0..4000 {
            test.step();
        }
        for (trap, count) in test.traps {
            *traps.entry(trap).or_default() += count;
        }
    }
    assert!(traps.values().sum::<u32>() > 2000, "traps were met: {traps:?}");
    assert_eq!(traps.len(), 5, "every reason that a handle can give: {traps:?}");
}

#[test]
fn indices_are_handed_out_as_specified() {
    let mut r = Runtime::new(1, false);
    let new = |r: &mut Runtime| r.call::<_, u32>("new", (table(0), meta(0, 1), 7)).unwrap();
    assert_eq!([new(&mut r), new(&mut r), new(&mut r)], [1, 2, 3]);
    for handle in [1, 3, 2] {
        assert_eq!(r.call("drop", (table(0), meta(0, 0), handle)), Ok((1i64 << 32) + 7));
    }
    assert_eq!([new(&mut r), new(&mut r), new(&mut r), new(&mut r)], [2, 3, 1, 4]);
}

#[test]
fn index_0_is_no_handle() {
    let mut r = Runtime::new(1, false);
    for _ in 0..2 {
        for (name, kind) in [("rep", 0), ("lift-own", 1), ("lift-borrow", 0)] {
            assert_eq!(r.call::<_, u32>(name, (table(0), meta(0, kind), 0)), Err(Trap::UnknownHandle));
        }
        assert_eq!(r.call::<_, i64>("drop", (table(0), meta(0, 0), 0)), Err(Trap::UnknownHandle));
        r.call::<_, u32>("new", (table(0), meta(0, 1), 0)).unwrap();
    }
}

#[test]
fn many_handles_frames_and_lenders() {
    let mut r = Runtime::new(2, true);
    for handle in 1..=20_000u32 {
        assert_eq!(r.call("new", (table(1), meta(0, 1), handle)), Ok(handle));
    }
    let frames: Vec<u32> = (0..50).map(|_| r.call("call-enter", ()).unwrap()).collect();
    for handle in 1..=20_000u32 {
        assert_eq!(r.call("lift-borrow", (table(1), meta(0, 0), handle)), Ok(handle));
    }
    assert_eq!(r.call::<_, u32>("lift-own", (table(1), meta(0, 1), 5)), Err(Trap::HandleIsLent));
    for frame in frames.iter().rev() {
        r.call::<u32, ()>("call-exit", *frame).unwrap();
    }
    for handle in 1..=20_000u32 {
        assert_eq!(r.call("lift-own", (table(1), meta(0, 1), handle)), Ok(handle));
    }
}

#[test]
fn many_tables() {
    let mut r = Runtime::new(5000, false);
    assert_eq!(r.call("new", (table(4999), meta(1, 1), 9)), Ok(1));
    assert_eq!(r.call("rep", (table(4999), meta(1, 0), 1)), Ok(9));
    assert_eq!(r.call::<_, u32>("rep", (table(4998), meta(1, 0), 1)), Err(Trap::UnknownHandle));
}

#[test]
fn allocator_edges() {
    let mut r = Runtime::new(0, false);
    let first: u32 = r.call("alloc", 0).unwrap();
    assert!(first != 0 && first.is_multiple_of(16));
    assert_eq!(r.call("realloc", (first, 0, 16, 0)), Ok(first));
    let large: u32 = r.call("realloc", (first, 0, 8, 1_000_000)).unwrap();
    assert!(large as usize + 1_000_000 <= r.memory.data_size(&r.store));
    assert_eq!(r.call::<_, u32>("realloc", (0, 0, 32, 1)), Err(Trap::RuntimeMisused), "no such alignment");
    for size in [u32::MAX, 0x8000_0000, 0x7fff_fff1] {
        assert_eq!(r.call::<_, u32>("alloc", size), Err(Trap::OutOfMemory));
    }
    r.call::<u32, ()>("release", 0).unwrap();
    assert_eq!(r.call("alloc", 0), Ok(first), "it is free again");
    assert_eq!(r.call::<u32, ()>("release", 12345), Err(Trap::RuntimeMisused), "no mark");
    // A steady state needs no more memory.
    let size = r.memory.data_size(&r.store);
    for _ in 0..100 {
        let mark: u32 = r.call("mark", ()).unwrap();
        r.call::<_, u32>("alloc", 1_000_000).unwrap();
        r.call::<u32, ()>("release", mark).unwrap();
    }
    assert_eq!(r.memory.data_size(&r.store), size);
}
