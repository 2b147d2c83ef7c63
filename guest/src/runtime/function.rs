//! The functions of the handle runtime. In: nothing, this is the list of them. Out: the export's name
//! and type. Not its job: what each does, which `handles.wat` says.

use wasm_encoder::ValType;

/// A function that the handle runtime exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuntimeFunction {
    /// `Table.add` where the free list is empty: `(descriptor) -> (handle)`.
    Extend,
    /// `lower_own`, `canon resource.new`: `(descriptor, meta, rep) -> (handle)`.
    New,
    /// `lower_borrow`: `(descriptor, meta, rep, scope) -> (handle)`.
    Borrow,
    /// `canon resource.rep`, or `lift_borrow` without a lender: `(descriptor, meta, handle) -> (rep)`.
    Rep,
    /// `lift_own`: `(descriptor, meta, handle) -> (rep)`.
    LiftOwn,
    /// `canon resource.drop`: `(descriptor, meta, handle) -> (2^32 + rep: i64)`, 0 if there is nothing
    /// to destroy.
    Drop,
    /// `Task.return_`: `(scope) -> ()`.
    TaskReturn,
    /// A new frame: `() -> (frame)`.
    CallEnter,
    /// `lift_borrow` with a lender in the newest frame: `(descriptor, meta, handle) -> (rep)`.
    LiftBorrow,
    /// `Subtask.deliver_resolve`: `(frame) -> ()`.
    CallExit,
    /// Traps because of a handle, for the first reason that there is: `(descriptor, meta, handle) -> ()`.
    Refuse,
    /// The newest block of the runtime's memory: `() -> (mark)`.
    Mark,
    /// Frees all blocks that are newer: `(mark) -> ()`.
    Release,
    /// The `realloc` of the runtime's memory.
    Realloc,
    /// The blocks that are newer than a mark, for longer than the call: `(mark) -> (chain)`. This and what follows
    /// there is with the scheduler only.
    Detach,
    /// The `realloc` for what the host lowers.
    HostRealloc,
    /// Gives back a block of that: `(address) -> ()`.
    Free,
}

impl RuntimeFunction {
    /// The name of the export.
    pub fn export(self) -> &'static str {
        match self {
            RuntimeFunction::Extend => "extend",
            RuntimeFunction::New => "new",
            RuntimeFunction::Borrow => "borrow",
            RuntimeFunction::Rep => "rep",
            RuntimeFunction::LiftOwn => "lift-own",
            RuntimeFunction::Drop => "drop",
            RuntimeFunction::TaskReturn => "task-return",
            RuntimeFunction::CallEnter => "call-enter",
            RuntimeFunction::LiftBorrow => "lift-borrow",
            RuntimeFunction::CallExit => "call-exit",
            RuntimeFunction::Refuse => "refuse",
            RuntimeFunction::Mark => "mark",
            RuntimeFunction::Release => "release",
            RuntimeFunction::Realloc => "realloc",
            RuntimeFunction::Detach => "detach",
            RuntimeFunction::HostRealloc => "host-realloc",
            RuntimeFunction::Free => "free",
        }
    }

    pub fn params(self) -> &'static [ValType] {
        match self {
            RuntimeFunction::CallEnter | RuntimeFunction::Mark => &[],
            RuntimeFunction::Extend
            | RuntimeFunction::TaskReturn
            | RuntimeFunction::CallExit
            | RuntimeFunction::Detach
            | RuntimeFunction::Free
            | RuntimeFunction::Release => &[ValType::I32],
            RuntimeFunction::New
            | RuntimeFunction::Rep
            | RuntimeFunction::LiftOwn
            | RuntimeFunction::Drop
            | RuntimeFunction::LiftBorrow
            | RuntimeFunction::Refuse => &[ValType::I32; 3],
            RuntimeFunction::Borrow | RuntimeFunction::Realloc | RuntimeFunction::HostRealloc => {
                &[ValType::I32; 4]
            }
        }
    }

    pub fn results(self) -> &'static [ValType] {
        match self {
            RuntimeFunction::TaskReturn
            | RuntimeFunction::CallExit
            | RuntimeFunction::Refuse
            | RuntimeFunction::Free
            | RuntimeFunction::Release => &[],
            RuntimeFunction::Drop => &[ValType::I64],
            _ => &[ValType::I32],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Module;
    use crate::runtime::{Scopes, handles};
    use wasmparser::ExternalKind;

    /// Every variant. A new one does not compile until it is in the list.
    fn all() -> Vec<RuntimeFunction> {
        use RuntimeFunction::*;
        let after = |function| match function {
            Extend => Some(New),
            New => Some(Borrow),
            Borrow => Some(Rep),
            Rep => Some(LiftOwn),
            LiftOwn => Some(Drop),
            Drop => Some(TaskReturn),
            TaskReturn => Some(CallEnter),
            CallEnter => Some(LiftBorrow),
            LiftBorrow => Some(CallExit),
            CallExit => Some(Refuse),
            Refuse => Some(Mark),
            Mark => Some(Release),
            Release => Some(Realloc),
            Realloc => Some(Detach),
            Detach => Some(HostRealloc),
            HostRealloc => Some(Free),
            Free => None,
        };
        std::iter::successors(Some(Extend), |function| after(*function)).collect()
    }

    #[test]
    fn each_is_an_export_of_its_type() {
        for scopes in [Scopes::Words, Scopes::Frames, Scopes::FramesAndCells] {
            let bytes = handles(1, scopes).unwrap();
            let module = Module::parse(&bytes, 0).unwrap();
            let scheduled = |f: &RuntimeFunction| {
                matches!(f, RuntimeFunction::Detach | RuntimeFunction::HostRealloc | RuntimeFunction::Free)
            };
            let there = |f: &RuntimeFunction| scopes == Scopes::FramesAndCells || !scheduled(f);
            for function in all().into_iter().filter(there) {
                let export = module.exports.iter().find(|export| export.name == function.export()).unwrap();
                assert_eq!(export.kind, ExternalKind::Func);
                let imported = module.imports.len();
                let ty = module.functions[export.index as usize - imported];
                let ty = module.types[ty as usize].types().next().unwrap().unwrap_func();
                let types = |types: &[ValType]| -> Vec<wasmparser::ValType> {
                    types
                        .iter()
                        .map(|ty| match ty {
                            ValType::I64 => wasmparser::ValType::I64,
                            _ => wasmparser::ValType::I32,
                        })
                        .collect()
                };
                assert_eq!(ty.params(), types(function.params()), "{function:?}");
                assert_eq!(ty.results(), types(function.results()), "{function:?}");
            }
        }
    }
}
