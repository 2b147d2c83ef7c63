//! Parameters and result of an async call. In: core values of one side. Out: those of the other. Not its job: values
//! of each type (`translate`).
//!
//! The two sides need not agree on what is flat: 4 parameters at most are for a lower with `async`, 16 for a lift;
//! no result is, but what "canon task.return" is given.

use crate::abi::side::{Domain, Side};
use crate::adapter::body::{Body, Local};
use crate::adapter::borrows;
use crate::adapter::module::{Global, Module};
use crate::adapter::operand::Operand;
use crate::adapter::range::{allocate_place, check_place};
use crate::adapter::route::shares_memory;
use crate::adapter::spec::Ends;
use crate::adapter::translate::Translator;
use crate::error::{Error, Result};
use crate::ids::TypeId;
use crate::runtime::SchedulerFunction;

/// The values of a call, as far as they are known.
pub struct Values<'m, 'a, 'c> {
    pub module: &'m mut Module<'a>,
    pub body: &'m mut Body,
    pub ends: Ends<'c>,
    pub task: Local,
    /// The caller's core arguments.
    pub params: Vec<Local>,
}

impl<'a> Values<'_, 'a, '_> {
    /// Calls a function of the scheduler that takes the task.
    pub fn scheduler(&mut self, function: SchedulerFunction) {
        let function = self.module.scheduler(function);
        self.body.get(self.task);
        self.body.call(function);
    }

    /// Lifts the parameters from the caller and lowers them to the callee: the callee's core arguments.
    pub fn lower_params(&mut self) -> Result<Vec<Local>> {
        let Ends { ty, caller: from, callee: to, outer, inner } = self.ends;
        let fields: Vec<TypeId> = ty.params.iter().map(|(_, param)| *param).collect();
        let from_flat = self.module.layouts(from.pointer()).flat_params(ty, outer)?;
        let to_flat = self.module.layouts(to.pointer()).flat_params(ty, inner)?;
        if to_flat.is_none() && shares_memory(from, to) {
            return Ok(vec![self.first()?]);
        }
        let params = self.params.clone();
        let src = match from_flat {
            Some(_) => Operand::Flat(&params),
            None => {
                let layout = self.module.layouts(from.pointer()).record(&fields)?.layout;
                let ptr = self.first()?;
                Operand::Memory(check_place(self.module, self.body, from, ptr, layout)?)
            }
        };
        let to = self.choose(to);
        let Some(to_flat) = to_flat else {
            let layout = self.module.layouts(to.pointer()).record(&fields)?.layout;
            let place = allocate_place(self.module, self.body, to, layout)?;
            self.translator(from, to, true).record(&fields, src, Operand::Memory(place))?;
            self.free_params(src);
            return Ok(vec![place.base]);
        };
        let values = self.body.locals(&to_flat);
        self.translator(from, to, true).record(&fields, src, Operand::Flat(&values))?;
        self.free_params(src);
        Ok(values)
    }

    /// What the host has lowered parameters to.
    fn free_params(&mut self, src: Operand) {
        if let Operand::Memory(place) = src {
            let Ends { caller, callee, .. } = self.ends;
            self.translator(caller, callee, false).free_lifted(place.base);
        }
    }

    /// Lifts the result from the callee, of whose core values it consists or which say where it is, and lowers it to
    /// the caller: the caller's core values; none where it has said where it wants the result.
    pub fn lower_result(&mut self, results: &[Local]) -> Result<Vec<Local>> {
        let Ends { ty, caller: to, callee: from, outer, inner } = self.ends;
        let Some(result) = ty.result else { return Ok(Vec::new()) };
        let from_flat = self.module.layouts(from.pointer()).flat_result(ty, inner)?;
        let to_flat = self.module.layouts(to.pointer()).flat_result(ty, outer)?;
        let first = || results.first().copied().ok_or_else(no_pointer);
        if from_flat.is_none() && to_flat.is_none() && shares_memory(from, to) {
            return Ok(vec![first()?]);
        }
        let src = match from_flat {
            Some(_) => Operand::Flat(results),
            None => {
                let layout = self.module.layouts(from.pointer()).layout(result)?;
                Operand::Memory(check_place(self.module, self.body, from, first()?, layout)?)
            }
        };
        if let Some(to_flat) = to_flat {
            let to = self.choose(to);
            let values = self.body.locals(&to_flat);
            self.translator(from, to, false).translate(result, src, Operand::Flat(&values))?;
            return Ok(values);
        }
        let to = self.choose(to);
        let layout = self.module.layouts(to.pointer()).layout(result)?;
        let Domain::Instance(_) = to.domain else {
            let place = allocate_place(self.module, self.body, to, layout)?;
            self.translator(from, to, false).translate(result, src, Operand::Memory(place))?;
            return Ok(vec![place.base]);
        };
        let ptr = self.params.last().copied().ok_or_else(no_pointer)?;
        let place = check_place(self.module, self.body, to, ptr, layout)?;
        self.translator(from, to, false).translate(result, src, Operand::Memory(place))?;
        Ok(Vec::new())
    }

    /// Where the caller's parameters lie, if they are in memory.
    fn first(&self) -> Result<Local> {
        self.params.first().copied().ok_or_else(no_pointer)
    }

    /// Chooses the side's `realloc` where it is one of many; the side for what comes after that.
    fn choose(&mut self, to: Side) -> Side {
        let (side, number) = to.chosen();
        if let Some(number) = number {
            let chosen = self.module.global(Global::Realloc);
            self.body.global_set_i32(chosen, number);
        }
        side
    }

    fn translator(&mut self, from: Side, to: Side, params: bool) -> Translator<'_, 'a> {
        let frame = params.then_some(borrows::Frame::Task(self.task));
        Translator { module: self.module, body: self.body, from, to, frame }
    }
}

fn no_pointer() -> Error {
    Error::internal("an async call through memory without an address")
}
