//! Choices that fall the same way in every demo: nothing here asks the system for randomness.

use super::phone;

/// A small generator of numbers (splitmix64). Good enough to vary a demo, and for nothing else.
pub struct Dice(u64);

impl Dice {
    /// The dice of one thing: what is thrown for others does not change its numbers.
    pub fn of(thing: &str) -> Self {
        let seed = phone::short(thing);
        Self(seed.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; nought where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// A number between both, ends included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// True in so many of a hundred throws.
    pub fn chance(&mut self, of_a_hundred: usize) -> bool {
        self.below(100) < of_a_hundred
    }

    /// One of these words; the empty one where there are none.
    pub fn word<T: AsRef<str>>(&mut self, words: &[T]) -> String {
        words.get(self.below(words.len())).map_or_else(String::new, |word| word.as_ref().to_owned())
    }

    /// The place of one of these weights, each as often as it weighs.
    pub fn weighted(&mut self, weights: impl Iterator<Item = usize> + Clone) -> usize {
        let mut at = self.below(weights.clone().sum());
        for (place, weight) in weights.enumerate() {
            if at < weight {
                return place;
            }
            at -= weight;
        }
        0
    }
}
