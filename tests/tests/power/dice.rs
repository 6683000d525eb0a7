//! Numbers nobody can foresee, which can be thrown again.

use std::time::{SystemTime, UNIX_EPOCH};

/// Dice.
pub struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    /// New ones; `YIDANG_DICE` throws those of an earlier run again.
    pub fn new() -> Self {
        let named = std::env::var("YIDANG_DICE").ok().and_then(|text| text.parse().ok());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seed = named.unwrap_or_else(|| u64::from(now.subsec_nanos()));
        println!("YIDANG_DICE={seed}");
        Self::of(seed)
    }

    /// Those of a seed.
    pub fn of(seed: u64) -> Self {
        Self { seed, state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 }
    }

    /// The seed.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state >> 16
    }

    /// A number smaller than `most`, which is not zero.
    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next()).unwrap_or(0) % most.max(1)
    }

    /// Whether it happens, so many times of a hundred.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }
}
