//! Keeps the fuser within time and memory. In: a run, and how long it may last. Out: its result, or an
//! error. Not its job: what runs.
//!
//! The run has a thread of its own. When time is up, nobody waits for it any longer: the program says so and
//! ends, and the thread with it. So the fuser's code has no checks for interruption, which would take time in
//! every loop and every function; and what cannot be interrupted at all, such as compiling, ends like the rest.

use crate::arguments::HostArguments;
use crate::limits::{self, Budget};
use meld_fuser::command::{Failure, Watch};
use meld_fuser::{Error, Progress};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// How often the memory in use is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// The bounds of all that one command has its fuser do, from the first run on.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// None: further away than what the clock can count.
    deadline: Option<Instant>,
    pub budget: Budget,
}

impl Bounds {
    /// Bounds that hold from now on.
    pub fn new(arguments: &HostArguments) -> Bounds {
        let deadline = Instant::now().checked_add(arguments.timeout);
        Bounds { deadline, budget: Budget::new(arguments) }
    }

    /// Why the run must not go on, if it must not.
    fn passed(&self, arguments: &HostArguments) -> Option<Error> {
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Some(limits::too_slow(arguments));
        }
        self.budget.left().is_none().then(|| limits::too_large(arguments))
    }

    /// How long to wait for a report before the bounds are looked at again.
    fn patience(&self) -> Duration {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        left.map_or(LOOK, |left| left.min(LOOK))
    }
}

/// Where a run tells how it is getting on.
pub struct Reports<T>(Sender<Report<T>>);

enum Report<T> {
    Progress(Progress),
    Done(Result<T, Failure>),
}

impl<T> Reports<T> {
    pub fn progress(&self, progress: Progress) {
        // Fails when a bound is passed, as nobody listens then.
        let _ = self.0.send(Report::Progress(progress));
    }

    pub fn done(&self, result: Result<T, Failure>) {
        let _ = self.0.send(Report::Done(result));
    }
}

/// What `run` reports as its result, if it stays within `bounds`. `watch` gets its progress.
pub fn within<T: Send + 'static>(
    bounds: Bounds,
    arguments: &HostArguments,
    watch: &mut Watch<'_>,
    run: impl FnOnce(&Reports<T>) + Send + 'static,
) -> Result<T, Failure> {
    let (sender, receiver) = mpsc::channel();
    let thread = thread::Builder::new().spawn(move || run(&Reports(sender)));
    thread.map_err(|e| Error::internal(format!("a thread does not start: {e}")))?;
    loop {
        let report = receiver.recv_timeout(bounds.patience());
        if let Some(error) = bounds.passed(arguments) {
            return Err(error.into());
        }
        match report {
            Ok(Report::Progress(progress)) => watch(progress),
            Ok(Report::Done(result)) => return result,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::internal("the fuser's thread has ended without a result").into());
            }
        }
    }
}
