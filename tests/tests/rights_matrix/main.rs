//! The table of rights as bytes: every act by every role in every relation to the document and at every
//! stage, forged, signed and handed to a real server. What the table forbids is refused; what it allows
//! is taken; nobody reads what lies outside their posts; and whatever the app itself writes is taken.
//!
//! What is expected is said here anew (`people.rs`), out of `rights::may` and a short list of who stands
//! above what, and not by asking the server's own rules.

#[cfg(test)]
mod county;
#[cfg(test)]
mod people;
#[cfg(test)]
mod writing;

#[cfg(test)]
mod emitted;
#[cfg(test)]
mod forged;
#[cfg(test)]
mod reading;
