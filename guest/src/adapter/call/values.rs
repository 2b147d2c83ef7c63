//! Parameters and result on their way through a call. In: the caller's core arguments, the callee's
//! core results. Out: the callee's core arguments, the caller's core results. Not its job: values of
//! each type (`translate`).

use super::{CallWriter, inner_context};
use crate::abi::layout::Context;
use crate::abi::side::{Domain, Side};
use crate::adapter::body::Local;
use crate::adapter::borrows::Frame;
use crate::adapter::module::Global;
use crate::adapter::operand::Operand;
use crate::adapter::range::{allocate_place, check_place};
use crate::adapter::route::Route;
use crate::adapter::spec::Call;
use crate::adapter::translate::Translator;
use crate::error::{Error, Result};
use crate::ids::TypeId;

impl<'a> CallWriter<'_, 'a, '_> {
    /// Lifts the parameters from the caller and lowers them to the callee: the callee's core
    /// arguments (`lift_flat_values`, `lower_flat_values`).
    pub(super) fn lower_params(&mut self) -> Result<Vec<Local>> {
        let Call { ty, callee, .. } = self.call;
        let fields: Vec<TypeId> = ty.params.iter().map(|(_, param)| *param).collect();
        let flat = self.module.layouts(callee.pointer()).flat_params(ty, Context::Lower)?.is_some();
        let mut args = match (flat, self.route) {
            (true, _) => self.lower_flat_params(&fields)?,
            (false, Route::ByAddress) => vec![self.params_pointer()?],
            (false, _) => vec![self.lower_params_in_memory(&fields)?],
        };
        if !self.flat_result && inner_context(*callee) == Context::Lower {
            args.push(self.return_area()?);
        }
        Ok(args)
    }

    fn lower_flat_params(&mut self, fields: &[TypeId]) -> Result<Vec<Local>> {
        let mut args = self.params.clone();
        for (from, to) in self.forward() {
            let values = self.module.layouts(to.pointer()).flat_all(fields)?.ok_or_else(not_flat)?;
            let values = self.body.locals(&values);
            let (src, dst) = (Operand::Flat(&args), Operand::Flat(&values));
            let to = self.choose(to);
            self.translate_params((from, to), fields, src, dst)?;
            args = values;
        }
        Ok(args)
    }

    fn lower_params_in_memory(&mut self, fields: &[TypeId]) -> Result<Local> {
        let caller = self.call.caller;
        let layout = self.module.layouts(caller.pointer()).record(fields)?.layout;
        let ptr = self.params_pointer()?;
        let mut src = check_place(self.module, &mut self.body, caller, ptr, layout)?;
        for (from, to) in self.forward() {
            let layout = self.module.layouts(to.pointer()).record(fields)?.layout;
            let to = self.choose(to);
            let dst = allocate_place(self.module, &mut self.body, to, layout)?;
            self.translate_params((from, to), fields, Operand::Memory(src), Operand::Memory(dst))?;
            src = dst;
        }
        Ok(src.base)
    }

    /// The parameters on one leg of their way: as one value where many calls have that translation.
    fn translate_params(
        &mut self,
        (from, to): (Side, Side),
        fields: &[TypeId],
        src: Operand,
        dst: Operand,
    ) -> Result<()> {
        let Call { ty, caller, callee, .. } = self.call;
        let shared = self.module.shared_params(ty, *caller, *callee);
        let mut translator = self.translator(from, to, self.borrows.frame);
        match shared {
            Some(tuple) => translator.translate(tuple, src, dst),
            None => translator.record(fields, src, dst),
        }
    }

    /// Chooses the side's `realloc` where it is one of many; the side for what comes after that.
    fn choose(&mut self, to: Side) -> Side {
        let (side, number) = to.chosen();
        if let Some(number) = number.filter(|_| self.route != Route::ByAddress) {
            let chosen = self.module.global(Global::Realloc);
            self.body.global_set_i32(chosen, number);
        }
        side
    }

    /// Where a host function shall write its result.
    fn return_area(&mut self) -> Result<Local> {
        let Call { ty, caller, callee, .. } = self.call;
        if self.route == Route::ByAddress && caller.domain != Domain::Host {
            return self.return_pointer();
        }
        let result = ty.result.ok_or_else(|| Error::internal("a return pointer without a result"))?;
        let layout = self.module.layouts(callee.pointer()).layout(result)?;
        Ok(allocate_place(self.module, &mut self.body, *callee, layout)?.base)
    }

    /// Where the caller's parameters lie, if they are in memory.
    fn params_pointer(&self) -> Result<Local> {
        self.params.first().copied().ok_or_else(no_pointer)
    }

    /// Where the caller wants a result that is in memory: its last core parameter.
    fn return_pointer(&self) -> Result<Local> {
        self.params.last().copied().ok_or_else(no_pointer)
    }

    /// Lifts the result from the callee and lowers it to the caller: the caller's core results. `args`
    /// and `results` are the callee's.
    pub(super) fn lower_result(&mut self, args: &[Local], results: &[Local]) -> Result<Vec<Local>> {
        let Some(result) = self.call.ty.result else { return Ok(Vec::new()) };
        if self.flat_result {
            return self.lower_flat_result(result, results);
        }
        // A host function has written it where we said, a guest's says where it is.
        let mut ptr = *results.first().or(args.last()).ok_or_else(no_pointer)?;
        if self.route != Route::ByAddress {
            ptr = self.lower_result_in_memory(result, ptr)?;
        }
        Ok(if self.call.caller.domain == Domain::Host { vec![ptr] } else { Vec::new() })
    }

    fn lower_flat_result(&mut self, result: TypeId, results: &[Local]) -> Result<Vec<Local>> {
        let mut results = results.to_vec();
        for (from, to) in self.backward() {
            let values = self.module.layouts(to.pointer()).flat(result)?.ok_or_else(not_flat)?;
            let values = self.body.locals(&values);
            let (src, dst) = (Operand::Flat(&results), Operand::Flat(&values));
            let to = self.choose(to);
            self.translator(from, to, None).translate(result, src, dst)?;
            results = values;
        }
        Ok(results)
    }

    /// Where the result lies in the caller's memory.
    fn lower_result_in_memory(&mut self, result: TypeId, ptr: Local) -> Result<Local> {
        let callee = self.call.callee;
        let layout = self.module.layouts(callee.pointer()).layout(result)?;
        let mut src = check_place(self.module, &mut self.body, callee, ptr, layout)?;
        for (from, to) in self.backward() {
            let layout = self.module.layouts(to.pointer()).layout(result)?;
            let to = self.choose(to);
            let dst = match to.domain {
                Domain::Instance(_) => {
                    let ptr = self.return_pointer()?;
                    check_place(self.module, &mut self.body, to, ptr, layout)?
                }
                Domain::Host | Domain::Transit => allocate_place(self.module, &mut self.body, to, layout)?,
            };
            self.translator(from, to, None).translate(result, Operand::Memory(src), Operand::Memory(dst))?;
            src = dst;
        }
        Ok(src.base)
    }

    /// The way of the parameters.
    fn forward(&self) -> Vec<(Side, Side)> {
        self.route.legs(self.call.caller, self.call.callee)
    }

    /// The way of the result. There are no borrows on it.
    fn backward(&self) -> Vec<(Side, Side)> {
        self.route.legs(self.call.callee, self.call.caller)
    }

    fn translator(&mut self, from: Side, to: Side, frame: Option<Frame>) -> Translator<'_, 'a> {
        Translator { module: self.module, body: &mut self.body, from, to, frame }
    }
}

fn not_flat() -> Error {
    Error::internal("two sides do not agree on what is flat")
}

fn no_pointer() -> Error {
    Error::internal("a call through memory without an address")
}
