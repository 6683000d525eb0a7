//! The one place that throws dice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::store::StoreError;

/// Where random numbers come from: the system, or a seed that throws the same ones again.
///
/// Keys, epochs, incarnations and activation codes are made of them. Cloning gives another handle to
/// the same dice.
#[derive(Debug, Clone)]
pub struct Dice {
    hand: Hand,
}

#[derive(Debug, Clone)]
enum Hand {
    System,
    Foreseen(Arc<Seeded>),
}

#[derive(Debug)]
struct Seeded {
    seed: u64,
    thrown: AtomicU64,
}

impl Dice {
    /// The system's: nobody foresees them.
    #[must_use]
    pub const fn system() -> Self {
        Self { hand: Hand::System }
    }

    /// Those of a seed, for trials that can be run again: what is made of them is no secret. No command
    /// of the server asks for them.
    #[must_use]
    pub fn foreseen(seed: u64) -> Self {
        Self { hand: Hand::Foreseen(Arc::new(Seeded { seed, thrown: AtomicU64::new(0) })) }
    }

    /// Random bytes.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] where the system has none.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], StoreError> {
        let mut bytes = [0; N];
        match &self.hand {
            Hand::System => getrandom::fill(&mut bytes)
                .map_err(|error| StoreError::Io(std::io::Error::other(error)))?,
            Hand::Foreseen(seeded) => seeded.fill(&mut bytes),
        }
        Ok(bytes)
    }
}

impl Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let nth = self.thrown.fetch_add(1, Ordering::Relaxed);
            let mut hash = Sha256::new();
            hash.update(b"yidang dice");
            hash.update(self.seed.to_be_bytes());
            hash.update(nth.to_be_bytes());
            part.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_throws_the_same_again_and_never_twice_the_same() {
        let throw = |dice: &Dice| dice.bytes::<40>().unwrap();
        let (first, again, other) = (Dice::foreseen(7), Dice::foreseen(7), Dice::foreseen(8));
        let thrown = throw(&first);
        assert_eq!(thrown, throw(&again));
        assert_ne!(thrown, throw(&first));
        assert_ne!(thrown, throw(&other));
        assert_eq!(throw(&first.clone()), {
            throw(&again);
            throw(&again)
        });
    }
}
