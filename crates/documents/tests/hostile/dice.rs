//! Chance that can be repeated: everything that is bent follows from one number.

/// A source of chance that follows from its seed alone, on every machine (splitmix64).
pub struct Dice {
    state: u64,
}

impl Dice {
    /// The dice of a seed. Seeds beside each other have nothing to do with each other.
    pub fn of(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x2545_f491_4f6c_dd1d) }
    }

    pub fn any(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `most`, which is not zero.
    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.any() % most as u64).unwrap()
    }

    pub fn one_in(&mut self, most: usize) -> bool {
        self.below(most) == 0
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    pub fn byte(&mut self) -> u8 {
        u8::try_from(self.any() & 0xff).unwrap()
    }

    /// A number as somebody would choose it who looks for a mistake: small, or beside a power of two.
    pub fn number(&mut self) -> u64 {
        match self.below(4) {
            0 | 1 => self.any() % 12,
            2 => self.any() >> self.below(64),
            _ => {
                let edge = 1_u64 << self.pick(&[7, 8, 14, 16, 21, 24, 31, 32, 53, 62, 63]);
                edge.wrapping_add(self.any() % 3).wrapping_sub(1)
            }
        }
    }

    /// The same with a sign.
    pub fn signed(&mut self) -> i64 {
        let number = self.number().cast_signed();
        if self.one_in(3) { number.wrapping_neg() } else { number }
    }
}
