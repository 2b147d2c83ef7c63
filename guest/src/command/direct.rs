//! The component's backend. In and out: what the library takes and gives. Not its job: anything but calling
//! it.

use super::{Backend, Failure, Inspected, Watch};
use crate::interface::{Composing, Fused, Input, Options, Phase, Wiring};
use crate::session::Session;

pub struct Direct;

impl Backend for Direct {
    fn fuse(
        &mut self,
        inputs: Vec<Input>,
        options: Options,
        watch: &mut Watch<'_>,
    ) -> Result<Fused, Failure> {
        let mut session = Session::new(options);
        for input in inputs {
            session.add(input)?;
        }
        loop {
            let progress = session.step()?;
            watch(progress);
            if progress.phase == Phase::Done {
                return Ok(session.finish()?);
            }
        }
    }

    fn inspect(&mut self, input: Input) -> Result<Inspected, Failure> {
        let inspection = crate::inspect(&input)?;
        let features = inspection.features.iter().map(ToString::to_string).collect();
        Ok(Inspected { text: inspection.text(), json: inspection.json(), features })
    }

    fn compose(&mut self, inputs: Vec<Input>, composing: Composing) -> Result<Vec<u8>, Failure> {
        Ok(crate::compose(inputs, composing)?)
    }

    fn wrap(&mut self, module: Input) -> Result<Vec<u8>, Failure> {
        Ok(crate::wrap(module)?)
    }

    fn verify(&mut self, inputs: Vec<Input>, fused: Input) -> Result<(), Failure> {
        Ok(crate::verify(inputs, fused)?)
    }

    fn wire(&mut self, inputs: Vec<Input>, composing: Composing) -> Result<Wiring, Failure> {
        Ok(crate::wire(inputs, composing)?)
    }

    fn version(&mut self) -> Result<String, Failure> {
        Ok(format!("meld {}", crate::VERSION))
    }
}
