//! A worker that does what kills processes, where the words of a change ask for it.

use std::hint::black_box;
use std::time::Duration;

use yidang_documents::guard::{self, GuardError};

/// Words that overflow the stack.
pub const OVERFLOW: &str = "撑破栈";
/// Words that ask for eight gigabytes.
pub const ALLOCATE: &str = "要八个吉";
/// Words that go round in circles.
pub const CIRCLE: &str = "转圈";
/// Words that the engine gives up on.
pub const PANIC: &str = "不干了";
/// Words that make the worker say what no worker of ours says.
pub const NONSENSE: &str = "说胡话";
/// Words that take a second, which is no fault.
pub const SLOW: &str = "慢慢看";

/// Looks as every worker does, and misbehaves first where it is asked to.
pub fn look(bytes: &[u8]) -> Result<(), GuardError> {
    let says = |words: &str| bytes.windows(words.len()).any(|part| part == words.as_bytes());
    if says(OVERFLOW) {
        black_box(dig(1));
    }
    if says(ALLOCATE) {
        black_box(vec![1_u8; black_box(8 << 30)]);
    }
    if says(CIRCLE) {
        loop {
            std::hint::spin_loop();
        }
    }
    assert!(!says(PANIC), "the engine gave up");
    if says(NONSENSE) {
        return Err(GuardError::Refused { code: "accepted", detail: String::new() });
    }
    if says(SLOW) {
        std::thread::sleep(Duration::from_secs(1));
    }
    guard::look(bytes)
}

/// Deeper than any stack.
fn dig(depth: u64) -> u64 {
    let room = black_box([depth; 64]);
    if black_box(depth) == u64::MAX { room[0] } else { dig(depth + 1).wrapping_add(room[1]) }
}
