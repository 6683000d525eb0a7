//! What a disk holds after the power was cut: everything flushed, and of the rest whatever the dice
//! say, whole, torn or not at all, in any order.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::disk::{Event, What};

/// A disk writes this much at once or not at all.
const SECTOR: usize = 512;

/// A file as the disk knows it.
#[derive(Default, Clone)]
struct Held {
    /// What is flushed; none before the file was.
    flushed: Option<Vec<u8>>,
    /// What was written since, as places in the events.
    pending: Vec<usize>,
}

/// The files after a power cut.
pub struct Image {
    files: BTreeMap<Arc<str>, Vec<u8>>,
    /// Writes that were not flushed and are gone.
    pub lost: u32,
    /// Writes of which only some sectors are there.
    pub torn: u32,
}

impl Image {
    /// Puts the files below `part` into a folder.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn restore(&self, part: &str, to: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(to)?;
        for (name, bytes) in &self.files {
            if let Some(name) = name.strip_prefix(part).and_then(|name| name.strip_prefix('/')) {
                std::fs::write(to.join(name), bytes)?;
            }
        }
        Ok(())
    }

    /// The names of files that hold `words`.
    pub fn holding(&self, words: &str) -> Vec<&str> {
        let holds = |bytes: &[u8]| bytes.windows(words.len()).any(|part| part == words.as_bytes());
        self.files.iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| &**name).collect()
    }
}

/// Everything that was recorded, played forward to one moment.
pub struct Tape<'a> {
    events: &'a [Event],
    at: usize,
    files: BTreeMap<Arc<str>, Held>,
    /// From here on the disk says that it flushed and did not.
    lies_from: usize,
}

impl<'a> Tape<'a> {
    /// At the beginning of `events`.
    pub fn of(events: &'a [Event]) -> Self {
        Self { events, at: 0, files: BTreeMap::new(), lies_from: usize::MAX }
    }

    /// With a file that was there before.
    #[must_use]
    pub fn onto(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.files.insert(name.into(), Held { flushed: Some(bytes), pending: Vec::new() });
        self
    }

    /// With a disk that lies from some event on.
    pub fn lying_from(self, event: usize) -> Self {
        Self { lies_from: event, ..self }
    }

    /// Plays forward until `moment` events have happened.
    pub fn forward(&mut self, moment: usize) {
        for index in self.at..moment.min(self.events.len()) {
            let event = &self.events[index];
            let held = self.files.entry(Arc::clone(&event.file)).or_default();
            match event.what {
                What::Flushed if index >= self.lies_from => {}
                What::Flushed => {
                    for pending in std::mem::take(&mut held.pending) {
                        apply(&mut held.flushed, &self.events[pending].what);
                    }
                    held.flushed.get_or_insert_default();
                }
                What::Removed(true) if index < self.lies_from => *held = Held::default(),
                _ => held.pending.push(index),
            }
        }
        self.at = self.at.max(moment);
    }

    /// Whether the last event left something unflushed in a file of `part`.
    pub fn is_open(&self, part: &str) -> bool {
        self.files.iter().any(|(name, held)| name.starts_with(part) && !held.pending.is_empty())
    }

    /// Ends the process here: the power stays, so whatever was written is there.
    pub fn killed(&self) -> Image {
        let mut image = Image { files: BTreeMap::new(), lost: 0, torn: 0 };
        for (name, held) in &self.files {
            let mut bytes = held.flushed.clone();
            for index in &held.pending {
                apply(&mut bytes, &self.events[*index].what);
            }
            image.files.extend(bytes.map(|bytes| (Arc::clone(name), bytes)));
        }
        image
    }

    /// Cuts the power here. `below` throws a number smaller than the one that it is given.
    pub fn cut(&self, below: &mut impl FnMut(usize) -> usize) -> Image {
        let mut image = Image { files: BTreeMap::new(), lost: 0, torn: 0 };
        for (name, held) in &self.files {
            let mut bytes = held.flushed.clone();
            let chance = [0, 25, 50, 75, 100][below(5)];
            let mut sectors: Vec<(usize, &[u8])> = Vec::new();
            for index in &held.pending {
                let is_kept = below(100) < chance;
                match &self.events[*index].what {
                    What::Written(at, written) => {
                        let pieces = sectors_of(*at, written);
                        let count = pieces.len();
                        let is_torn = count > 1 && below(100) < 20;
                        let kept = pieces
                            .into_iter()
                            .filter(|_| if is_torn { below(100) < 50 } else { is_kept });
                        let before = sectors.len();
                        sectors.extend(kept);
                        match sectors.len() - before {
                            0 => image.lost += 1,
                            some if some < count => image.torn += 1,
                            _ => {}
                        }
                    }
                    // Lengths and names are kept by the file system, in order.
                    other if is_kept => {
                        scatter(&mut bytes, &mut sectors, below);
                        apply(&mut bytes, other);
                    }
                    _ => {}
                }
            }
            scatter(&mut bytes, &mut sectors, below);
            // A file of which nothing was flushed may be there by name, or not.
            if bytes.is_none() && !held.pending.is_empty() && below(100) < 50 {
                bytes = Some(Vec::new());
            }
            image.files.extend(bytes.map(|bytes| (Arc::clone(name), bytes)));
        }
        image
    }
}

/// Writes sectors in any order.
fn scatter(
    bytes: &mut Option<Vec<u8>>,
    sectors: &mut Vec<(usize, &[u8])>,
    below: &mut impl FnMut(usize) -> usize,
) {
    while !sectors.is_empty() {
        let (at, part) = sectors.swap_remove(below(sectors.len()));
        put(bytes.get_or_insert_default(), at, part);
    }
}

/// The sectors that a write touches, each with its part of it.
fn sectors_of(at: usize, bytes: &[u8]) -> Vec<(usize, &[u8])> {
    let mut pieces = Vec::new();
    let (mut at, mut rest) = (at, bytes);
    while !rest.is_empty() {
        let (piece, more) = rest.split_at((SECTOR - at % SECTOR).min(rest.len()));
        pieces.push((at, piece));
        at += piece.len();
        rest = more;
    }
    pieces
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if file.len() < at + bytes.len() {
        file.resize(at + bytes.len(), 0);
    }
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

fn apply(file: &mut Option<Vec<u8>>, what: &What) {
    match what {
        What::Written(at, bytes) => put(file.get_or_insert_default(), *at, bytes),
        What::Cut(size) => file.get_or_insert_default().resize(*size, 0),
        What::Removed(_) => *file = None,
        What::Flushed => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look like chance.
    fn dice() -> impl FnMut(usize) -> usize {
        let mut state = 0x9E37_79B9_u64 | 1;
        move |most| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 16).unwrap() % most
        }
    }

    #[test]
    fn what_was_flushed_is_kept_and_the_rest_is_kept_dropped_or_torn() {
        let file: Arc<str> = "a/db".into();
        let event = |what| Event { file: Arc::clone(&file), what };
        let events = [
            event(What::Written(0, vec![1; 2_048])),
            event(What::Flushed),
            event(What::Written(1_024, vec![2; 2_048])),
        ];
        let mut tape = Tape::of(&events);
        tape.forward(2);
        assert!(!tape.is_open("a"));
        tape.forward(3);
        assert!(tape.is_open("a"));
        let mut dice = dice();
        let (mut lost, mut torn, mut whole) = (0, 0, 0);
        for _ in 0..200 {
            let image = tape.cut(&mut dice);
            let bytes = &image.files["a/db"];
            assert!(bytes.len() >= 2_048 && bytes[..1_024].iter().all(|byte| *byte == 1));
            lost += image.lost;
            torn += image.torn;
            whole +=
                u32::from(bytes.len() == 3_072 && bytes[1_024..].iter().all(|byte| *byte == 2));
        }
        assert!(lost > 20 && torn > 20 && whole > 20, "{lost} {torn} {whole}");
        let mut liar = Tape::of(&events).lying_from(0);
        liar.forward(3);
        let gone = (0..200).filter(|_| liar.cut(&mut dice).lost == 2).count();
        assert!(gone > 10, "a disk that lies loses what it said was flushed");
    }
}
