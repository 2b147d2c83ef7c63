//! Keeps the fuser within time. In: a run, and how long it may last. Out: its result, or an error.
//! Not its job: what runs.
//!
//! The run has a thread of its own. When time is up, nobody waits for it any longer: the program says so and
//! ends, and the thread with it. So the fuser's code has no checks for interruption, which would take time in
//! every loop and every function.

use crate::arguments::HostArguments;
use crate::limits;
use meld_fuser::command::{Failure, Watch};
use meld_fuser::{Error, Progress};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Instant;

/// Where a run tells how it is getting on.
pub struct Reports<T>(Sender<Report<T>>);

enum Report<T> {
    Started,
    Progress(Progress),
    Done(Result<T, Failure>),
}

impl<T> Reports<T> {
    /// The time limit counts from here.
    pub fn started(&self) {
        // Fails when time is up, as nobody listens then.
        let _ = self.0.send(Report::Started);
    }

    pub fn progress(&self, progress: Progress) {
        let _ = self.0.send(Report::Progress(progress));
    }

    pub fn done(&self, result: Result<T, Failure>) {
        let _ = self.0.send(Report::Done(result));
    }
}

/// What `run` reports as its result, if it does so in time. `watch` gets its progress.
pub fn within<T: Send + 'static>(
    arguments: &HostArguments,
    watch: &mut Watch<'_>,
    run: impl FnOnce(&Reports<T>) + Send + 'static,
) -> Result<T, Failure> {
    // None: the run has not started, or its limit is past what the clock can count.
    let mut deadline: Option<Instant> = None;
    let (sender, receiver) = mpsc::channel();
    let thread = thread::Builder::new().spawn(move || run(&Reports(sender)));
    thread.map_err(|e| Error::internal(format!("a thread does not start: {e}")))?;
    loop {
        let report = match deadline {
            Some(deadline) => receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())),
            None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match report {
            Ok(Report::Started) => deadline = Instant::now().checked_add(arguments.timeout),
            Ok(Report::Progress(progress)) => watch(progress),
            Ok(Report::Done(result)) => return result,
            Err(RecvTimeoutError::Timeout) => return Err(limits::too_slow(arguments).into()),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::internal("the fuser's thread has ended without a result").into());
            }
        }
    }
}
