//! Function bodies that are yet to be validated. In: bodies in order. Out: what the validator says of
//! the first that is not valid, and where the instructions with indices are. Not its job: one body
//! (`body`).
//!
//! Validating bodies is most of the work of reading, and each can be validated on its own: so where
//! there are threads they share it. The result does not depend on how many there are.

use super::body;
use super::sites::Sites;
use wasmparser::{FuncToValidate, FuncValidatorAllocations, FunctionBody, ValidatorResources};

type Waiting<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

#[derive(Default)]
pub(super) struct Bodies<'a> {
    waiting: Vec<Waiting<'a>>,
    /// Of all that wait.
    bytes: usize,
    /// One for each thread; the first is that of the caller.
    allocations: Vec<FuncValidatorAllocations>,
}

impl<'a> Bodies<'a> {
    pub fn push(&mut self, function: FuncToValidate<ValidatorResources>, body: FunctionBody<'a>) {
        self.bytes = self.bytes.saturating_add(body.as_bytes().len());
        self.waiting.push((function, body));
    }

    /// Validates all that wait, and adds them to `sites`.
    pub fn validate(&mut self, sites: &mut Sites) -> wasmparser::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let bytes = std::mem::take(&mut self.bytes);
        if self.allocations.is_empty() {
            self.allocations.resize_with(threads::count(), Default::default);
        }
        match self.allocations.as_mut_slice() {
            allocations if allocations.len() > 1 && bytes >= threads::WORTH => {
                threads::spread(waiting, bytes, allocations, sites)
            }
            [first, ..] => all(waiting, first, sites),
            [] => Ok(()),
        }
    }
}

fn all(
    waiting: Vec<Waiting<'_>>,
    allocations: &mut FuncValidatorAllocations,
    sites: &mut Sites,
) -> wasmparser::Result<()> {
    for (function, body) in waiting {
        let mut validator = function.into_validator(std::mem::take(allocations));
        body::validate(&mut validator, &body, sites)?;
        *allocations = validator.into_allocations();
    }
    Ok(())
}

#[cfg(not(target_family = "wasm"))]
mod threads {
    use super::{Sites, Waiting, all};
    use std::sync::{Mutex, PoisonError};
    use std::thread;
    use wasmparser::FuncValidatorAllocations;

    /// Fewer bytes than this are validated before a thread has started.
    pub const WORTH: usize = 64 * 1024;
    /// More threads than this would wait for what is not shared.
    const MOST: usize = 8;

    pub fn count() -> usize {
        thread::available_parallelism().map_or(1, |count| count.get().min(MOST))
    }

    /// The bodies for one thread, until it takes them.
    struct Share<'a, 'v> {
        waiting: Mutex<Option<Work<'a, 'v>>>,
    }

    type Work<'a, 'v> = (Vec<Waiting<'a>>, &'v mut FuncValidatorAllocations);
    type Outcome = Option<(Sites, wasmparser::Result<()>)>;

    impl Share<'_, '_> {
        fn run(&self) -> Outcome {
            let work = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
            let (waiting, allocations) = work?;
            let mut sites = Sites::default();
            let outcome = all(waiting, allocations, &mut sites);
            Some((sites, outcome))
        }
    }

    /// Gives each of the allocations a share of the bodies, and validates the shares at the same time.
    pub fn spread<'a>(
        mut waiting: Vec<Waiting<'a>>,
        bytes: usize,
        allocations: &mut [FuncValidatorAllocations],
        sites: &mut Sites,
    ) -> wasmparser::Result<()> {
        let size = bytes.div_ceil(allocations.len().max(1));
        let mut shares = Vec::new();
        for allocations in allocations {
            let rest = waiting.split_off(end(&waiting, size));
            let first = std::mem::replace(&mut waiting, rest);
            shares.push(Share { waiting: Mutex::new(Some((first, allocations))) });
        }
        // Rounding leaves nothing: a share ends with the body in which it has enough.
        thread::scope(|scope| {
            let mut running = Vec::new();
            for share in shares.iter().skip(1) {
                running.push(thread::Builder::new().spawn_scoped(scope, || share.run()).ok());
            }
            let first = shares.first().and_then(Share::run);
            let others = shares.iter().skip(1).zip(running).map(|(share, thread)| match thread {
                Some(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // No thread has started.
                None => share.run(),
            });
            let mut outcomes = std::iter::once(first).chain(others).flatten();
            outcomes.try_for_each(|(found, outcome)| {
                sites.append(found);
                outcome
            })
        })
    }

    /// How many bodies have `size` bytes together, or a bit more.
    fn end(waiting: &[Waiting<'_>], size: usize) -> usize {
        let mut bytes = 0usize;
        let enough = waiting.iter().position(|(_, body)| {
            bytes = bytes.saturating_add(body.as_bytes().len());
            bytes >= size
        });
        enough.map_or(waiting.len(), |last| last.saturating_add(1))
    }
}

#[cfg(target_family = "wasm")]
mod threads {
    use super::{Sites, Waiting, all};
    use wasmparser::FuncValidatorAllocations;

    pub const WORTH: usize = usize::MAX;

    pub fn count() -> usize {
        1
    }

    pub fn spread(
        waiting: Vec<Waiting<'_>>,
        _: usize,
        allocations: &mut [FuncValidatorAllocations],
        sites: &mut Sites,
    ) -> wasmparser::Result<()> {
        allocations.first_mut().map_or(Ok(()), |allocations| all(waiting, allocations, sites))
    }
}
