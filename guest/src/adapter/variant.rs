//! Variants, and what despecializes to them: enums, options, results. In: operands. Out: a check of
//! the discriminant and one arm for each type of payload. Not its job: the payloads.

use super::body::{Local, TempLocal};
use super::cost::distinct;
use super::operand::{Operand, Scalar};
use super::translate::Translator;
use crate::abi::layout::VariantLayout;
use crate::error::Result;
use crate::ids::TypeId;
use crate::runtime::Trap;
use wasm_encoder::{Instruction, ValType};

/// A variant's payload in the source and in the destination.
#[derive(Clone, Copy)]
struct Payload<'l> {
    src: Operand<'l>,
    dst: Operand<'l>,
}

impl Translator<'_, '_> {
    /// `load_variant` and `store_variant`, or their flat forms.
    pub fn variant(&mut self, cases: &[Option<TypeId>], src: Operand, dst: Operand) -> Result<()> {
        let from = self.src_layouts().variant(cases)?;
        let to = self.dst_layouts().variant(cases)?;
        let case = self.discriminant(cases.len(), from, src, dst)?;
        let payload = Payload { src: src.part(1, from.payload)?, dst: dst.part(1, to.payload)? };
        // Cases with the same payload have the same code: one arm for all of them.
        let arms = distinct(cases);
        match arms.as_slice() {
            [arm] => self.arm(*arm, payload)?,
            [first, second] if cases.len() == 2 => {
                self.body.get(*case);
                self.body.if_();
                self.arm(*second, payload)?;
                self.body.emit(Instruction::Else);
                self.arm(*first, payload)?;
                self.body.end();
            }
            _ => self.arms(cases, &arms, *case, payload)?,
        }
        self.body.release([case]);
        Ok(())
    }

    /// The same for an enum. Its labels are not looked at: there can be many, in many places.
    pub fn enumeration(&mut self, labels: usize, src: Operand, dst: Operand) -> Result<()> {
        let layout = VariantLayout::of_enum(labels);
        let case = self.discriminant(labels, layout, src, dst)?;
        self.arm(None, Payload { src: src.part(1, layout.payload)?, dst: dst.part(1, layout.payload)? })?;
        self.body.release([case]);
        Ok(())
    }

    /// Reads the discriminant, checks it and stores it: the discriminant.
    fn discriminant(
        &mut self,
        cases: usize,
        layout: VariantLayout,
        src: Operand,
        dst: Operand,
    ) -> Result<TempLocal> {
        let scalar = Scalar { flat: ValType::I32, width: layout.discriminant };
        let case = src.read(self.body, scalar)?;
        self.body.get(*case);
        self.body.i32(u32::try_from(cases).unwrap_or(u32::MAX));
        self.body.emit(Instruction::I32GeU);
        self.body.trap_if(Trap::InvalidDiscriminant);
        dst.write(self.body, scalar, *case)?;
        Ok(case)
    }

    /// A jump to the case's arm:
    ///
    /// ```text
    /// block
    ///   block
    ///     block
    ///       br_table ..
    ///     end
    ///     arm 0, br 1
    ///   end
    ///   arm 1, br 0
    /// end
    /// ```
    fn arms(
        &mut self,
        cases: &[Option<TypeId>],
        arms: &[Option<TypeId>],
        case: Local,
        payload: Payload,
    ) -> Result<()> {
        let targets: Vec<u32> =
            cases.iter().map(|case| arms.iter().position(|arm| arm == case).unwrap_or(0) as u32).collect();
        for _ in 0..=arms.len() {
            self.body.block();
        }
        self.body.get(case);
        self.body.emit(Instruction::BrTable(targets.into(), 0));
        self.body.end();
        for (outer, arm) in (0..arms.len() as u32).rev().zip(arms) {
            self.arm(*arm, payload)?;
            self.body.emit(Instruction::Br(outer));
            self.body.end();
        }
        Ok(())
    }

    /// Translates the payload of a case. The rest of the destination's flat values become 0.
    fn arm(&mut self, ty: Option<TypeId>, payload: Payload) -> Result<()> {
        let mut used = 0;
        if let Some(ty) = ty {
            if payload.dst.is_flat() {
                used = self.dst_flat(ty)?.len();
            }
            self.translate(ty, payload.src, payload.dst)?;
        }
        if let Operand::Flat(slots) = payload.dst {
            for slot in slots.iter().skip(used) {
                self.body.zero(slot.ty);
                self.body.set(*slot);
            }
        }
        Ok(())
    }
}
