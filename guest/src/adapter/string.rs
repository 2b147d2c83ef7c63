//! Strings. In: operands. Out: a call of the transcoder, which checks, allocates and copies. Not its
//! job: transcoding (`runtime`).

use super::operand::Operand;
use super::route::shares_memory;
use super::spec::Transcoder;
use super::translate::Translator;
use crate::abi::side::{Domain, Side, Strings};
use crate::error::{Error, Result};
use crate::runtime::Manner;

impl Translator<'_, '_> {
    /// `load_string` and `store_string`, or their flat forms.
    pub fn string(&mut self, src: Operand, dst: Operand) -> Result<()> {
        if shares_memory(self.from, self.to) {
            return self.pass_pair(src, dst);
        }
        let (src_ptr, src_length, src_scalar) = self.src_pair(src)?;
        let (dst_ptr, dst_length, dst_scalar) = self.dst_pair(dst)?;
        let realloc = self.to.realloc;
        let realloc = realloc.ok_or_else(|| Error::internal("a string goes to a side without a realloc"))?;
        let (from, to, manner) = (strings(self.from)?, strings(self.to)?, manner(self.from, self.to));
        let transcoder = Transcoder { from, to, realloc, manner };
        let (function, length) = self.module.transcoder(transcoder);

        let code_units = src_length.read(self.body, src_scalar)?;
        dst_ptr.begin_store(self.body);
        src_ptr.load(self.body, src_scalar)?;
        self.body.get(*code_units);
        self.body.call(function);
        dst_ptr.finish_store(self.body, dst_scalar)?;
        dst_length.begin_store(self.body);
        match length {
            Some(length) => self.body.global_get(length),
            None => {
                self.body.get(*code_units);
                self.body.coerce(src_scalar.flat, dst_scalar.flat)?;
            }
        }
        self.body.release([code_units]);
        dst_length.finish_store(self.body, dst_scalar)?;
        if self.frees_lifted() {
            let ptr = src_ptr.read(self.body, src_scalar)?;
            self.free_lifted(*ptr);
            self.body.release([ptr]);
        }
        Ok(())
    }
}

/// Between the host and a guest a string goes through the runtime's memory in the guest's encoding, and is
/// lifted or lowered in full on the host's side of that.
fn manner(from: Side, to: Side) -> Manner {
    match (from.domain, to.domain) {
        (Domain::Host, _) => Manner::Replay,
        (_, Domain::Host | Domain::Transit) => Manner::Keep,
        _ => Manner::Store,
    }
}

fn strings(side: Side) -> Result<Strings> {
    let memory = side.memory.ok_or_else(|| Error::internal("a string on a side without a memory"))?;
    Ok(Strings { memory, encoding: side.encoding })
}
