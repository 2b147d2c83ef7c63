//! A progress bar on standard error. In: the session's progress. Out: a bar, once the work has lasted a while.
//! Not its job: deciding whether it is welcome.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use meld_fuser::{Phase, Progress};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(333);

pub struct Bar {
    bar: ProgressBar,
    /// Dropped with the bar, so that the waiting thread does not show it after all.
    _alive: Sender<()>,
}

impl Bar {
    pub fn new() -> Bar {
        let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::hidden());
        let template = "{spinner} {msg:<10} [{wide_bar}] {percent:>3}% {elapsed:>4}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message("preparing");
        let (alive, ended) = mpsc::channel::<()>();
        let shown = bar.clone();
        thread::spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                // So that it moves even during a long step.
                shown.enable_steady_tick(Duration::from_millis(100));
            }
        });
        Bar { bar, _alive: alive }
    }

    pub fn show(&self, progress: Progress) {
        if progress.phase == Phase::Done {
            // The full bar stays until it is dropped.
            return;
        }
        self.bar.set_message(match progress.phase {
            Phase::Compose => "composing",
            Phase::Read => "reading",
            Phase::Link => "linking",
            Phase::Merge => "merging",
            Phase::Wrap => "wrapping",
            Phase::Done => "done",
        });
        self.bar.set_length(progress.total);
        self.bar.set_position(progress.done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
