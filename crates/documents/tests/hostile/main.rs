//! What somebody may send who writes their own bytes: every case that was seen to kill or to poison the
//! engine, and everything that comes near it.
//!
//! Each test takes a change that the app wrote, bends one thing and repairs the checksum, so that the
//! guard meets exactly that one thing. Whatever is refused leaves the document as it was; whatever is
//! taken can be saved, loaded and read. `trial` bends them by the thousand.

#[cfg(test)]
mod build;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod scene;

#[cfg(test)]
mod anything;
#[cfg(test)]
mod chunks;
#[cfg(test)]
mod columns;
#[cfg(test)]
mod grammar;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod mutate;
#[cfg(test)]
mod table;
#[cfg(test)]
mod trial;
