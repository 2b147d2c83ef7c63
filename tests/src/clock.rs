//! Time that other work on the machine changes little. In: nothing. Out: how long this thread has been on a
//! processor. Not its job: judging it.

use std::time::Duration;

/// The time that this thread has been on a processor: what is done in one thread is timed by this, as other
/// work on the machine changes it less than the clock on the wall.
pub fn thread_time() -> Duration {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to what it should be.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    Duration::from_secs(now.tv_sec.unsigned_abs()) + Duration::from_nanos(now.tv_nsec.unsigned_abs())
}
