//! Time: of the wall, of one thread, of the whole process.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

fn of(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// What something took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Took {
    /// On the wall.
    pub wall: Duration,
    /// Of the processor, by the thread that asked.
    pub own: Duration,
    /// Of the processor, by all other threads: the server.
    pub others: Duration,
}

/// Does it and says what it took.
pub fn measure<T>(work: impl FnOnce() -> T) -> (T, Took) {
    let (wall, own, all) =
        (Instant::now(), of(ClockId::ThreadCPUTime), of(ClockId::ProcessCPUTime));
    let value = work();
    let own = of(ClockId::ThreadCPUTime).saturating_sub(own);
    let all = of(ClockId::ProcessCPUTime).saturating_sub(all);
    (value, Took { wall: wall.elapsed(), own, others: all.saturating_sub(own) })
}

/// Milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The value below which `share` of the times lie.
pub fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list of some thousand"
    )]
    let index = ((times.len() as f64 - 1.0) * share).round() as usize;
    times.get(index).copied().unwrap_or_default()
}
