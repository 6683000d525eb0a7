//! Numbers that look like chance and follow from a seed.

/// Dice of one seed.
#[derive(Debug, Clone)]
pub struct Dice(u64);

/// One step of SplitMix64: every bit of the number moves every bit of the next.
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

impl Dice {
    /// Those of a seed.
    pub const fn of(seed: u64) -> Self {
        Self(mixed(seed ^ 0x9E37_79B9_7F4A_7C15))
    }

    /// Dice for one purpose: what is thrown there moves nothing elsewhere, so that a fault that is
    /// switched off leaves the rest of a story as it was.
    pub fn apart(&self, purpose: &str, nth: u64) -> Self {
        let named = purpose.bytes().fold(self.0, |sum, byte| mixed(sum ^ u64::from(byte)));
        Self(mixed(named ^ mixed(nth.wrapping_add(1))))
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    /// A number smaller than `most`; zero where `most` is.
    pub const fn below(&mut self, most: u64) -> u64 {
        let thrown = self.next() >> 8;
        if most == 0 { 0 } else { thrown % most }
    }

    /// A place in a list of that length.
    pub fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// Whether it happens, so many times of a thousand.
    pub const fn permille(&mut self, chance: u64) -> bool {
        self.below(1_000) < chance
    }

    /// Fills `bytes`.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            part.iter_mut().zip(self.next().to_be_bytes()).for_each(|(to, from)| *to = from);
        }
    }

    /// Brings a list into another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.place(last + 1));
        }
    }
}
