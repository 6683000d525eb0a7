//! The moments at which it matters that the application may end right there, by name.
//!
//! Whatever stands in this table is reached by a story in which the process ends at that very moment, with
//! and without the power (`tests/tests/power/boundaries.rs`): nothing that was promised may be missing
//! afterwards, and nothing may be there twice. A name that no story reaches fails there too.

use std::sync::Arc;

/// Hears of every boundary that is passed. Nobody listens except in trials.
pub type Witness = Arc<dyn Fn(Boundary) + Send + Sync>;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boundary {
    /// One step of the tables was taken; others may follow.
    Migrated,
    /// The key of an enrolment is kept; the code was not sent.
    KeyKept,
    /// The certificate came; neither the database nor the secrets know of it.
    Certified,
    /// The database counts this start; the secrets do not.
    StartCounted,
    /// Everything of a save is written; nothing is committed.
    SaveReady,
    /// A save is committed; nobody was told.
    Saved,
    /// A draft is committed; nobody was told.
    DraftKept,
    /// What waited is signed; nothing was sent.
    Signed,
    /// The answer came; nothing of it is kept.
    ReplyCame,
    /// The names of a page are kept; its documents are not.
    NamesKept,
    /// Documents of a page are kept; verdicts and cursor are not.
    PageKept,
    /// Verdicts and cursor are written; nothing is committed.
    VerdictsReady,
    /// Verdicts and cursor are committed; what was not taken is not settled.
    Absorbed,
    /// What was not taken left its document and the rest is written again; nothing is committed.
    SettleReady,
    /// All of that is committed.
    Settled,
    /// Some rows are made anew, others are not.
    Indexed,
    /// What the server lost is marked to be sent again; nothing was sent.
    Healed,
    /// What is left of a damaged document is written aside; nothing is committed.
    AsideReady,
}

impl Boundary {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Migrated,
        Self::KeyKept,
        Self::Certified,
        Self::StartCounted,
        Self::SaveReady,
        Self::Saved,
        Self::DraftKept,
        Self::Signed,
        Self::ReplyCame,
        Self::NamesKept,
        Self::PageKept,
        Self::VerdictsReady,
        Self::Absorbed,
        Self::SettleReady,
        Self::Settled,
        Self::Indexed,
        Self::Healed,
        Self::AsideReady,
    ];
}
